//! Why somebody got nothing: the look-up by person, code or link.

use app::types::{
    ReferralLine,
    admin::{
        MemberRow, StoryStep, WhyClicks, WhyCode, WhyFound, WhyPage, WhyPerson, WhyRemedy,
        referral_path,
    },
};
use domain::{
    credit::Program,
    referral::{ReferralCode, code_in, code_in_link, code_standing, codes_in, near_codes},
};
use server_core::{dates, zone::Zone};
use services::{
    attach::{self, By},
    referral_clicks,
    rights::{See, Sell, TenantStaff},
    why::{self, Why},
};
use store::{
    MemberId, Timestamp, audit_log,
    entities::{referral, user},
    referrals, users,
};

use super::{
    remedies::Ways,
    steps::{Step, bought, came, linked, step},
};
use crate::ports::{
    Services,
    admin::members::{list, name, row},
    referrals::{admins_line, pending_reasons, reached_words},
};

/// The most referrals of one code that are shown, the newest.
const BROUGHT: u64 = 10;
/// The most changes by hand that are read of one referral.
const CHANGES: u64 = 100;

/// The answer about what was asked, or about this member; `None` without the permission.
///
/// # Errors
/// If the database fails, or a row cannot be read.
pub async fn page(
    services: &Services,
    asked: &str,
    member: Option<i64>,
) -> anyhow::Result<Option<WhyPage>> {
    let Some(staff) = services.context.tenant_staff::<See>() else {
        return Ok(None);
    };
    let look_up = LookUp {
        services,
        staff: &staff,
    };
    let asked = asked.trim();
    let found = match member {
        Some(id) => look_up.member(MemberId::new(id)).await?,
        None if asked.is_empty() => WhyFound::Nothing,
        None => look_up.text(asked).await?,
    };
    Ok(Some(WhyPage {
        program: Program::Tenant,
        asked: asked.to_owned(),
        found,
    }))
}

/// One look-up by one of the staff.
struct LookUp<'a> {
    services: &'a Services,
    staff: &'a TenantStaff<See>,
}

impl LookUp<'_> {
    async fn member(&self, id: MemberId) -> anyhow::Result<WhyFound> {
        let db = self.services.state.db.reader();
        let member = users::by_id(db, self.staff.site.id(), id).await?;
        Ok(match member {
            Some(member) => self.person(&member).await?,
            None => WhyFound::Nobody,
        })
    }

    /// A link is a code. Another text may be a name that looks like a code: then whoever is there counts.
    async fn text(&self, asked: &str) -> anyhow::Result<WhyFound> {
        let db = self.services.state.db.reader();
        if let Some(code) = code_in_link(asked) {
            return self.code(asked, code).await;
        }
        let codes = codes_in(asked);
        let owner = users::only_one_with(db, self.staff.site.id(), &codes).await?;
        let known = owner.and_then(|owner| owner.referral_code);
        if let Some(code) = known.as_deref().and_then(ReferralCode::parse) {
            return self.code(asked, code).await;
        }
        let code = code_in(asked);
        let Some(mut found) = list::found(self.services, asked, None).await? else {
            return Ok(WhyFound::Nobody);
        };
        let more = found.last.is_some() || found.too_many;
        Ok(match (found.members.pop(), code) {
            (Some(member), _) if found.members.is_empty() && !more => self.person(&member).await?,
            (Some(last), _) => {
                found.members.push(last);
                let zone = self.services.zone();
                let members = found.members.iter().map(|member| row(member, zone));
                WhyFound::Several {
                    members: members.collect(),
                    more,
                }
            }
            (None, Some(code)) => self.code(asked, code).await?,
            (None, None) => match self.near(asked).await? {
                near if near.is_empty() => WhyFound::Nobody,
                near => WhyFound::Code(Box::new(WhyCode {
                    code: asked.to_owned(),
                    owner: None,
                    standing: code_standing(None, true).sentence(),
                    clicks: None,
                    near,
                    brought: Vec::new(),
                })),
            },
        })
    }

    async fn code(&self, asked: &str, code: ReferralCode) -> anyhow::Result<WhyFound> {
        let (db, site_id) = (self.services.state.db.reader(), self.staff.site.id());
        let owners = users::with_codes(db, site_id, std::slice::from_ref(&code)).await?;
        let near = match owners.is_empty() {
            true => self.near(asked).await?,
            false => Vec::new(),
        };
        let known = self.known(code.as_str(), owners.first()).await?;
        Ok(WhyFound::Code(Box::new(WhyCode { near, ..known })))
    }

    /// What is known of a code and its owner.
    async fn known(&self, code: &str, owner: Option<&user::Model>) -> anyhow::Result<WhyCode> {
        let is_on = self.staff.site.tenant_credit().is_positive();
        let is_blocked = owner.map(|owner| owner.blocked_at.is_some());
        Ok(WhyCode {
            code: code.to_owned(),
            owner: owner.map(|owner| row(owner, self.services.zone())),
            standing: code_standing(is_blocked, is_on).sentence(),
            clicks: match owner {
                Some(owner) => Some(self.clicks(owner).await?),
                None => None,
            },
            near: Vec::new(),
            brought: match owner {
                Some(owner) => self.brought(owner).await?,
                None => Vec::new(),
            },
        })
    }

    /// The clicks on the member's link, as far as they are written.
    async fn clicks(&self, owner: &user::Model) -> anyhow::Result<WhyClicks> {
        let (db, site_id) = (self.services.state.db.reader(), self.staff.site.id());
        let reached = referral_clicks::of_referrer(db, site_id, owner.id).await?;
        let (total, channels) = reached_words(&reached);
        let days = referral_clicks::days(db, site_id, owner.id).await?;
        Ok(WhyClicks {
            total,
            days: days.map(days_words),
            channels,
        })
    }

    /// The members whose codes are nearly what was asked.
    async fn near(&self, asked: &str) -> anyhow::Result<Vec<(String, MemberRow)>> {
        let (db, zone) = (self.services.state.db.reader(), self.services.zone());
        let owners = users::with_codes(db, self.staff.site.id(), &near_codes(asked)).await?;
        let near = owners.iter().filter_map(|owner| {
            let code = owner.referral_code.clone()?;
            Some((code, row(owner, zone)))
        });
        Ok(near.collect())
    }

    async fn brought(&self, owner: &user::Model) -> anyhow::Result<Vec<ReferralLine>> {
        let (state, site) = (&self.services.state, &self.staff.site);
        let db = state.db.reader();
        let rows = referrals::of_referrer(db, site.id(), owner.id, None, BROUGHT).await?;
        let pending = pending_reasons(db, site, &rows, state.now()).await?;
        let zone = self.services.zone();
        let lines = rows.iter().map(|row| admins_line(row, &pending, zone));
        Ok(lines.collect())
    }

    async fn person(&self, member: &user::Model) -> anyhow::Result<WhyFound> {
        let (state, zone) = (&self.services.state, self.services.zone());
        let why = why::of_member(state, &self.staff.site, member).await?;
        let referral_id = why.referral.as_ref().map(|referral| referral.id.get());
        let referrer = why.referrer.as_ref();
        let code = match &member.referral_code {
            Some(code) => Some(self.known(code, Some(member)).await?),
            None => None,
        };
        Ok(WhyFound::Person(Box::new(WhyPerson {
            member: row(member, zone),
            referrer: referrer.map(|referrer| (name(referrer), referrer.id.get())),
            verdict: why.verdict.sentence(),
            remedies: self.remedies(member, &why).await?,
            steps: self.steps(member, &why).await?,
            more: why.purchases.len() as u64 == why::MOST,
            referral_path: referral_id.map(|id| referral_path(Program::Tenant, id)),
            code,
        })))
    }

    /// What can be done, with the ways that the viewer's role allows.
    async fn remedies(&self, member: &user::Model, why: &Why) -> anyhow::Result<Vec<WhyRemedy>> {
        let may_attach = self.may_attach(member).await?;
        let ways = Ways {
            program: Program::Tenant,
            referral: why.referral.as_ref().map(|referral| referral.id.get()),
            referrer: why.referrer.as_ref().map(|referrer| referrer.id.get()),
            attach: may_attach.then(|| format!("/admin/members/{}#attach-title", member.id)),
            enable: None,
        };
        Ok(ways.to(why.remedies, self.services.context.rights()))
    }

    async fn may_attach(&self, member: &user::Model) -> anyhow::Result<bool> {
        let Some(staff) = self.services.context.tenant_staff::<Sell>() else {
            return Ok(false);
        };
        let state = &self.services.state;
        let may = attach::may_attach(state, &staff.site, member, By::Staff(&staff)).await?;
        Ok(may.is_ok())
    }

    /// Click, registration and purchases.
    async fn steps(&self, member: &user::Model, why: &Why) -> anyhow::Result<Vec<StoryStep>> {
        let named = match &why.referral {
            Some(referral) => self.named(referral).await?,
            None => Vec::new(),
        };
        let mut steps = Vec::new();
        if named.is_empty() {
            steps.push(clicked(member, why.referral.as_ref()));
        }
        let typed = match &member.referred_by_words {
            Some(words) => format!("They typed: {words}"),
            None => "They typed no code and no name.".to_owned(),
        };
        let referral = why.referral.as_ref();
        let typed = match referral.and_then(|referral| referral.via.as_deref()) {
            Some(via) => format!("Channel: {}. {typed}", via.label()),
            None => typed,
        };
        steps.push(step("Registered", typed, Some(member.created_at)));
        steps.extend(named);
        let purchases = why.purchases.iter();
        steps.extend(purchases.map(|(purchase, how)| bought(purchase, *how)));
        let zone = self.services.zone();
        Ok(steps.into_iter().map(|step| step.shown(zone)).collect())
    }

    /// That the referrer was named afterwards, if so.
    async fn named(&self, referral: &referral::Model) -> anyhow::Result<Vec<Step>> {
        let db = self.services.state.db.reader();
        let site_id = Some(self.staff.site.id());
        let id = referral.id.get();
        let changes = audit_log::of_referral(db, site_id, id, CHANGES).await?;
        let named = changes
            .into_iter()
            .filter(|change| change.field == audit_log::REFERRED_BY);
        Ok(named.map(linked).collect())
    }
}

/// The click, as far as it is known: it is in the visitor's session until they register, and then with the referral.
fn clicked(member: &user::Model, referral: Option<&referral::Model>) -> Step {
    match referral {
        Some(referral) => {
            let via = referral.via.as_deref().copied();
            came(referral.clicked_at, via, Some(member.created_at))
        }
        None => step(
            "Clicked a link",
            "Not recorded: clicks are counted as sums, without names. One is kept only where it linked somebody.",
            None,
        ),
    }
}

/// The days on which clicks were counted, which end at midnight in UTC.
fn days_words((first, last): (Timestamp, Timestamp)) -> String {
    let day = |at: Timestamp| dates::day(at, &Zone::utc());
    match first == last {
        true => format!("On {} (UTC)", day(first)),
        false => format!("From {}, last on {} (UTC)", day(first), day(last)),
    }
}
