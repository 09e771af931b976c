//! Registering, signing in and out.

use app::{
    ports::{Accounts, Answer},
    types::{Outcome, SiteKind, local},
};
use async_trait::async_trait;
use domain::{
    Attribution, Email, FieldError, Ignored, NewMember, ReferralCode, Refusal, RegistrationForm,
    attribute, validate_registration,
};

use super::{Services, broken};
use crate::{
    db::{entities::user, notifications, referrals, sites::Site, users},
    middleware::{self, ReferralClick, Refused},
    state::AppState,
};

const TAKEN: &str = "This e-mail address already has an account. Sign in instead.";
const NOT_HERE: &str = "Nobody registers here. Choose a plan on the pricing page instead.";
const WRONG: &str = "The e-mail address or the password is not right.";

/// What became of a registration.
pub enum Registered {
    /// There is a new member.
    Member {
        /// The member.
        user: Box<user::Model>,
        /// The code that came was passed over.
        ignored: Option<Ignored>,
    },
    /// Everything that is wrong with the form.
    Refused(Vec<FieldError>),
    /// The site has no members.
    NotHere,
}

/// Registers a person on `site` who came through the link `click`: the one way in, for the web and
/// for the mobile app.
///
/// # Errors
/// If something breaks on our side.
pub async fn register(
    state: &AppState,
    site: &Site,
    form: &RegistrationForm,
    click: Option<&ReferralClick>,
) -> anyhow::Result<Registered> {
    match site.kind() {
        SiteKind::Tenant => enrol(state, site, form, click).await,
        SiteKind::Platform => Ok(Registered::NotHere),
    }
}

/// The same, on a site of either kind: a platform admin whom an operator makes may sign in at a
/// brand.
///
/// # Errors
/// If something breaks on our side.
pub async fn enrol(
    state: &AppState,
    site: &Site,
    form: &RegistrationForm,
    click: Option<&ReferralClick>,
) -> anyhow::Result<Registered> {
    let member = match validate(state, site, form).await? {
        Ok(member) => member,
        Err(errors) => return Ok(Registered::Refused(errors)),
    };
    let code = click.map(|click| click.code.as_str());
    let clicked_at = click.and_then(|click| click.clicked_at);
    let attribution = attribution(state, site, &member, code).await?;
    let password_hash = state.passwords.hash(&member.password).await?;
    Ok(
        match write(
            state,
            site,
            &member,
            password_hash,
            &attribution,
            clicked_at,
        )
        .await?
        {
            Some(user) => {
                let ignored = match attribution {
                    Attribution::Ignored(ignored) => Some(ignored),
                    Attribution::None | Attribution::Linked { .. } => None,
                };
                Registered::Member {
                    user: Box::new(user),
                    ignored,
                }
            }
            None => Registered::Refused(vec![taken()]),
        },
    )
}

/// All complaints at once, the one about a taken e-mail among them.
async fn validate(
    state: &AppState,
    site: &Site,
    form: &RegistrationForm,
) -> anyhow::Result<Result<NewMember, Vec<FieldError>>> {
    let validated = validate_registration(form, state.clock.now().date());
    let is_taken = match Email::parse(&form.email) {
        Some(email) => users::by_email(state.db.conn(), site.id(), &email)
            .await?
            .is_some(),
        None => false,
    };
    Ok(match validated {
        Ok(_) if is_taken => Err(vec![taken()]),
        Err(mut errors) if is_taken => {
            errors.push(taken());
            Err(errors)
        }
        other => other,
    })
}

fn taken() -> FieldError {
    FieldError::new("email", TAKEN)
}

async fn attribution(
    state: &AppState,
    site: &Site,
    member: &NewMember,
    code: Option<&str>,
) -> anyhow::Result<Attribution> {
    let code = code.map(str::trim).filter(|code| !code.is_empty());
    let owner = match code.and_then(ReferralCode::parse) {
        Some(code) => users::by_referral_code(state.db.conn(), site.id(), &code).await?,
        None => None,
    };
    let owner = owner.and_then(|owner| owner.as_referrer());
    Ok(attribute(code.is_some(), owner.as_ref(), &member.email))
}

/// Member and referral come into being together, or not at all; `None` if the e-mail was taken
/// meanwhile.
async fn write(
    state: &AppState,
    site: &Site,
    member: &NewMember,
    password_hash: String,
    attribution: &Attribution,
    clicked_at: Option<i64>,
) -> anyhow::Result<Option<user::Model>> {
    let referrer = match attribution {
        Attribution::Linked { referrer_id } => Some(*referrer_id),
        Attribution::None | Attribution::Ignored(_) => None,
    };
    let now = state.clock.now_ms();
    let transaction = state.db.begin().await?;
    let inserted = users::insert(
        &transaction,
        site.id(),
        member,
        password_hash,
        referrer,
        now,
    )
    .await?;
    let Some(user) = inserted else {
        return Ok(None);
    };
    if let Some(referrer) = referrer {
        let (tx, site) = (&transaction, site.id());
        referrals::insert_pending(tx, site, referrer, user.id, clicked_at, now).await?;
    }
    transaction.commit().await?;
    Ok(Some(user))
}

impl Services {
    async fn register_here(&self, form: &RegistrationForm, next: &str) -> anyhow::Result<Outcome> {
        let Self { state, visit } = self;
        if let Err(refused) = state.guard.try_from_address(visit.address) {
            return Ok(too_many(refused));
        }
        let click = middleware::remembered_click(state, visit).await?;
        match register(state, &visit.site, form, click.as_ref()).await? {
            Registered::NotHere => Ok(Outcome::Refused(Refusal::message(NOT_HERE))),
            Registered::Refused(errors) => Ok(Outcome::Refused(Refusal::fields(errors))),
            Registered::Member { user, ignored } => {
                middleware::forget_code(visit).await?;
                middleware::sign_in(&visit.session, user.id).await?;
                if let Some(ignored) = ignored {
                    self.tell(user.id, ignored.sentence()).await?;
                }
                Ok(self.go(next))
            }
        }
    }

    async fn tell(&self, user_id: i64, text: &str) -> anyhow::Result<()> {
        let (db, now) = (self.state.db.conn(), self.state.clock.now_ms());
        notifications::insert(db, self.visit.site.id(), user_id, None, text, now).await?;
        Ok(())
    }

    async fn sign_in_here(
        &self,
        email: &str,
        password: &str,
        next: &str,
    ) -> anyhow::Result<Outcome> {
        let Self { state, visit } = self;
        let site = visit.site.id();
        let email_parsed = Email::parse(email);
        let account = email_parsed
            .as_ref()
            .map_or_else(|| email.to_lowercase(), Email::account);
        let tries = state.guard.try_from_address(visit.address);
        if let Err(refused) = tries.and_then(|()| state.guard.try_account(site, &account)) {
            return Ok(too_many(refused));
        }
        let user = match &email_parsed {
            Some(email) => users::by_email(state.db.conn(), site, email).await?,
            None => None,
        };
        let hash = user.as_ref().map(|user| user.password_hash.as_str());
        let right = state.passwords.verify(password, hash).await?;
        let Some(user) = user.filter(|_| right) else {
            return Ok(Outcome::Refused(Refusal::message(WRONG)));
        };
        state.guard.was_right(site, &account);
        middleware::sign_in(&visit.session, user.id).await?;
        Ok(self.go(next))
    }

    /// Where to after signing in: a path of this site, whatever was sent.
    fn go(&self, next: &str) -> Outcome {
        let kind = SiteKind::parse(&self.visit.site.row.kind).unwrap_or(SiteKind::Tenant);
        Outcome::Go(local::path(next).unwrap_or(kind.home()).to_owned())
    }
}

fn too_many(refused: Refused) -> Outcome {
    Outcome::Refused(Refusal::message(refused.sentence()))
}

#[async_trait]
impl Accounts for Services {
    async fn register(&self, form: RegistrationForm, next: &str) -> Answer<Outcome> {
        self.register_here(&form, next).await.map_err(broken)
    }

    async fn sign_in(&self, email: &str, password: &str, next: &str) -> Answer<Outcome> {
        self.sign_in_here(email, password, next)
            .await
            .map_err(broken)
    }

    async fn sign_out(&self) -> Answer<Outcome> {
        middleware::sign_out(&self.visit.session)
            .await
            .map_err(broken)?;
        Ok(Outcome::Go("/".to_owned()))
    }
}
