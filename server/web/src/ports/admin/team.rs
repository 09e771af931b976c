//! The staff: an owner invites, changes and removes; whoever is invited accepts.

use app::{
    ports::{Answer, Teams},
    types::{
        Outcome,
        admin::{Invitation, InvitationOffer, InvitationReader, Team, TeamMember, TeamPage},
    },
};
use async_trait::async_trait;
use domain::{
    account::{Permission, Role, team::program_of},
    credit::Program,
    forms::{Refusal, RegistrationForm},
};
use server_core::dates;
use services::{
    accounts::Client,
    team::{self, Accepted, By, Invited, NotChanged, Offer},
};
use store::{InvitationId, MemberId, entities::user, invitations, second_factors, sites};

use super::{not_yours, refused};
use crate::{
    middleware,
    ports::{Services, internal_error},
};

const ENDED: &str = "This invitation no longer works.";
const HAS_ROLE: &str = "You have a role here already. An owner can change it on the page Team.";

#[async_trait]
impl Teams for Services {
    async fn page(&self) -> Answer<TeamPage> {
        self.team_page().await.map_err(internal_error)
    }

    async fn invite(&self, email: &str, role: &str) -> Answer<Outcome> {
        self.with_recent_password(self.invite_here(email, Role::parse(role)))
            .await
    }

    async fn withdraw(&self, id: i64) -> Answer<Outcome> {
        let withdrawn = self
            .as_owner(async |by| {
                let withdrawn = team::withdraw(&self.state, by, InvitationId::new(id)).await?;
                Ok(match withdrawn {
                    Some(email) => {
                        Outcome::Done(format!("The invitation of {email} was withdrawn."))
                    }
                    None => refused("There is no such invitation anymore."),
                })
            })
            .await;
        withdrawn.map_err(internal_error)
    }

    async fn change_role(&self, program: Program, member_id: i64, role: &str) -> Answer<Outcome> {
        let role = match role {
            "" => None,
            code => match Role::parse(code) {
                Some(role) => Some(role),
                None => return Ok(refused("Choose a role.")),
            },
        };
        self.with_recent_password(self.change_role_here(program, MemberId::new(member_id), role))
            .await
    }

    async fn end_sessions(&self, program: Program, member_id: i64) -> Answer<Outcome> {
        let ended = self
            .as_owner(async |by| {
                let member = MemberId::new(member_id);
                let ended = team::end_sessions(&self.state, by, program, member).await?;
                Ok(match ended {
                    Ok(member) => {
                        Outcome::Done(format!("{} was signed out everywhere.", name(&member)))
                    }
                    Err(why) => not_changed(why),
                })
            })
            .await;
        ended.map_err(internal_error)
    }

    async fn offer(&self, token: &str) -> Answer<Option<InvitationOffer>> {
        let offer = team::offer(&self.state, &self.context.site, token).await;
        let reader = self.context.user.as_deref();
        Ok(offer
            .map_err(internal_error)?
            .map(|offer| shown(offer, reader)))
    }

    async fn accept(&self, token: &str) -> Answer<Outcome> {
        self.accept_here(token).await.map_err(internal_error)
    }

    async fn enrol(&self, token: &str, form: RegistrationForm) -> Answer<Outcome> {
        self.enrol_here(token, &form).await.map_err(internal_error)
    }
}

impl Services {
    /// Calls `change` for somebody who may change a team.
    async fn as_owner(
        &self,
        change: impl AsyncFnOnce(By<'_>) -> anyhow::Result<Outcome>,
    ) -> anyhow::Result<Outcome> {
        let Self { context, .. } = self;
        let rights = context.rights();
        let Some(actor) = context.user.as_deref() else {
            return Ok(not_yours());
        };
        if !rights.may_anywhere(Permission::ManageTeam) {
            return Ok(not_yours());
        }
        let browser = context.browser();
        change(By {
            site: &context.site,
            actor,
            rights,
            client: context.client(&browser),
        })
        .await
    }

    async fn invite_here(&self, email: &str, role: Option<Role>) -> anyhow::Result<Outcome> {
        self.as_owner(async |by| {
            let invited = team::invite(&self.state, by, (email, role)).await?;
            Ok(match invited {
                Invited::Mailed(email) => Outcome::Done(format!("{email} was invited by email.")),
                Invited::Refused(refusal) => Outcome::Refused(refusal),
            })
        })
        .await
    }

    async fn change_role_here(
        &self,
        program: Program,
        member: MemberId,
        role: Option<Role>,
    ) -> anyhow::Result<Outcome> {
        self.as_owner(async |by| {
            let changed = team::change_role(&self.state, by, program, (member, role)).await?;
            Ok(match (changed, role) {
                (Ok(member), Some(role)) => Outcome::Done(format!(
                    "{} has the role {} now.",
                    name(&member),
                    role.label()
                )),
                (Ok(member), None) => Outcome::Done(format!("{} has no role now.", name(&member))),
                (Err(why), _) => not_changed(why),
            })
        })
        .await
    }

    async fn team_page(&self) -> anyhow::Result<TeamPage> {
        let Self { state, context } = self;
        let (db, site) = (state.db.reader(), &context.site);
        let rights = context.rights();
        let mut teams = Vec::new();
        for program in [Program::Tenant, Program::Platform] {
            if rights.may(program, Permission::ManageTeam) {
                let found = team::members(db, site.id(), program).await?;
                let mut members = Vec::new();
                for member in found {
                    members.extend(self.team_member(program, member).await?);
                }
                teams.push(Team { program, members });
            }
        }
        let open = invitations::of(db, site.id(), state.now()).await?;
        let open = open.into_iter();
        let open = open.filter(|one| rights.may(program_of(*one.role), Permission::ManageTeam));
        let invitations = open.map(|one| Invitation {
            id: one.id.get(),
            role: *one.role,
            until: dates::day(one.expires_at, self.zone()),
            email: one.email,
        });
        Ok(TeamPage {
            teams,
            invitations: invitations.collect(),
        })
    }

    async fn team_member(
        &self,
        program: Program,
        member: user::Model,
    ) -> anyhow::Result<Option<TeamMember>> {
        let (db, here) = (self.state.db.reader(), self.context.site.id());
        let mut roles = member.rights().roles();
        let Some(role) = roles.find(|role| program_of(*role) == program) else {
            return Ok(None);
        };
        let site = match member.site_id == here {
            true => None,
            false => sites::by_id(db, member.site_id).await?,
        };
        let viewer = self.context.user.as_ref();
        Ok(Some(TeamMember {
            id: member.id.get(),
            name: name(&member),
            role,
            site: site.map(|site| site.row.name),
            has_second_factor: second_factors::is_on(db, member.id).await?,
            is_viewer: viewer.is_some_and(|viewer| viewer.id == member.id),
            email: member.email,
        }))
    }

    async fn accept_here(&self, token: &str) -> anyhow::Result<Outcome> {
        let Self { state, context } = self;
        let Some(member) = &context.user else {
            return Ok(Outcome::Go("/sign-in".to_owned()));
        };
        if let Err(refused) = state.rate_limiter.check_sign_in(context.address) {
            return Ok(Outcome::Refused(Refusal::message(refused.sentence())));
        }
        let (browser, site) = (context.browser(), &context.site);
        let client: Client<'_> = context.client(&browser);
        let accepted = team::accept(state, site, member, token, client).await?;
        self.enter_console(accepted).await
    }

    async fn enrol_here(&self, token: &str, form: &RegistrationForm) -> anyhow::Result<Outcome> {
        let Self { state, context } = self;
        if let Err(refused) = state.rate_limiter.check_sign_in(context.address) {
            return Ok(Outcome::Refused(Refusal::message(refused.sentence())));
        }
        let (browser, site) = (context.browser(), &context.site);
        let client = context.client(&browser);
        let accepted = team::enrol(state, site, form, token, client).await?;
        self.enter_console(accepted).await
    }

    /// Signs whoever accepted in, and leads them to the console.
    async fn enter_console(&self, accepted: Accepted) -> anyhow::Result<Outcome> {
        let Self { state, context } = self;
        Ok(match accepted {
            Accepted::Member(member) => {
                middleware::sign_in(state, context, &member, false).await?;
                Outcome::Go("/admin".to_owned())
            }
            Accepted::Ended => refused(ENDED),
            Accepted::NotTheirs => refused("The invitation is for another email address."),
            Accepted::HasRole => refused(HAS_ROLE),
            Accepted::Refused(errors) => Outcome::Refused(Refusal::fields(errors)),
        })
    }
}

fn shown(offer: Offer, reader: Option<&user::Model>) -> InvitationOffer {
    let reader = match (reader, &offer.member) {
        (Some(reader), Some(member)) if reader.id == member.id => InvitationReader::Invited,
        (Some(reader), _) => InvitationReader::SomebodyElse(reader.email.clone()),
        (None, Some(_)) => InvitationReader::Visitor,
        (None, None) => InvitationReader::Newcomer,
    };
    InvitationOffer {
        email: offer.email,
        inviter: offer.inviter,
        role: offer.role,
        reader,
    }
}

fn not_changed(why: NotChanged) -> Outcome {
    refused(match why {
        NotChanged::Unknown => "Nobody of the team has this account anymore.",
        NotChanged::Because(why) => why.sentence(),
    })
}

fn name(member: &user::Model) -> String {
    format!("{} {}", member.first_name, member.last_name)
}
