//! Registration of members, for the web and the mobile app.

use domain::{
    account::{PasswordOwner, SiteKind},
    forms::{
        FieldError, FieldErrorCode, NewMember, RegistrationForm, read_date, validate_registration,
    },
    referral::{Attribution, attribute, codes_in, referrer_words},
};
use store::{MemberId, Scope, Timestamp, entities::user, sites::Site, users};

use super::{
    links,
    new_password::{of_site, refused_password},
};
use crate::{
    Engine,
    new_referral::{self, NewReferral},
    referrals::{self, ReferralClick},
};

/// The message for an e-mail address that already has an account.
pub const TAKEN: &str = "This email address already has an account. Sign in instead.";
/// The message on a site that has no members.
pub const NOT_HERE: &str = "You cannot register here. Choose a plan on the pricing page instead.";

/// The result of a registration.
pub enum Registered {
    Member {
        user: Box<user::Model>,
        /// Whose referral the registration is.
        attribution: Attribution<MemberId>,
    },
    /// All errors in the form.
    Refused(Vec<FieldError>),
    /// The e-mail address already has an account here, and nothing else is wrong.
    Taken,
    /// The site is a platform brand, which has no members.
    NotHere,
}

/// How a new member proves that the address is theirs.
#[derive(Clone, Copy)]
pub enum Proof {
    /// By a link in a mail to it.
    Mail,
    /// An operator vouches for it.
    Operator,
}

/// Who referred a new member, as far as they say.
#[derive(Clone, Copy, Debug, Default)]
pub struct ReferredBy<'a> {
    /// The link that they clicked, or the code that they typed.
    pub click: Option<&'a ReferralClick>,
    /// What they typed where a code or a name is asked for. Kept if nobody is linked (`docs/rules.md` 182).
    pub words: &'a str,
}

/// Registers a person on `site`. The web and the mobile app both call this.
pub async fn register(
    engine: &Engine,
    site: &Site,
    form: &RegistrationForm,
    referred_by: ReferredBy<'_>,
) -> anyhow::Result<Registered> {
    match site.kind() {
        SiteKind::Tenant => enrol(engine, site, form, referred_by, Proof::Mail).await,
        SiteKind::Platform => Ok(Registered::NotHere),
    }
}

/// Like [`register`], on a site of either kind: a platform admin whom an operator creates may sign
/// in at a brand.
pub async fn enrol(
    engine: &Engine,
    site: &Site,
    form: &RegistrationForm,
    referred_by: ReferredBy<'_>,
    proof: Proof,
) -> anyhow::Result<Registered> {
    let member = match validate(engine, site, form).await? {
        Ok(member) => member,
        Err(refused) => return Ok(refused),
    };
    let code = referred_by.click.map(|click| click.code.as_str());
    let attribution = attribution(engine, site, &member, code).await?;
    let password_hash = engine.passwords.hash(&member.password).await?;
    let referral = (&attribution, referred_by);
    let written = write(engine, site, &member, password_hash, referral, proof);
    Ok(match written.await? {
        Some(user) => Registered::Member {
            user: Box::new(user),
            attribution,
        },
        None => Registered::Taken,
    })
}

/// The member whom an earlier call of the same registration created before it was cut short, with
/// the attribution of the registration. The member must have been created at or after `since`, with
/// the password of this call.
pub async fn registered_since(
    engine: &Engine,
    site: &Site,
    form: &RegistrationForm,
    click: Option<&ReferralClick>,
    since: Timestamp,
) -> anyhow::Result<Option<(user::Model, Attribution<MemberId>)>> {
    let (today, age) = (engine.clock.now().date(), site.settings.minimum_age);
    let Ok(member) = validate_registration(form, today, age) else {
        return Ok(None);
    };
    let db = engine.db.reader();
    let user = users::by_email(db, site.id(), &member.email).await?;
    let Some(user) = user.filter(|user| user.created_at >= since) else {
        return Ok(None);
    };
    let hash = Some(user.password_hash.as_str());
    if !engine
        .passwords
        .verify(&form.password, hash)
        .await?
        .is_right()
    {
        return Ok(None);
    }
    let attribution = match user.referred_by_user_id {
        Some(referrer_id) => Attribution::Linked { referrer_id },
        None => {
            attribution(
                engine,
                site,
                &member,
                click.map(|click| click.code.as_str()),
            )
            .await?
        }
    };
    Ok(Some((user, attribution)))
}

/// Returns all errors at once. A taken e-mail address is told only if nothing else is wrong: otherwise
/// a stranger could ask which addresses have an account, and leave no trace (`docs/rules.md` 68).
async fn validate(
    engine: &Engine,
    site: &Site,
    form: &RegistrationForm,
) -> anyhow::Result<Result<NewMember, Registered>> {
    let (today, age) = (engine.clock.now().date(), site.settings.minimum_age);
    let validated = validate_registration(form, today, age);
    let owner = PasswordOwner {
        first_name: &form.first_name,
        last_name: &form.last_name,
        email: &form.email,
        date_of_birth: read_date(&form.date_of_birth),
        ..of_site(site)
    };
    let refused = refused_password(engine, &owner, &form.password).await?;
    let member = match validated {
        Ok(member) if refused.is_none() => member,
        validated => {
            let mut errors = validated.err().unwrap_or_default();
            // Its length is told already.
            if errors.iter().all(|error| error.field != "password") {
                errors.extend(refused);
            }
            return Ok(Err(Registered::Refused(errors)));
        }
    };
    let is_taken = users::is_held(engine.db.reader(), site.id(), &member.email, None).await?;
    Ok(match is_taken {
        true => Err(Registered::Taken),
        false => Ok(member),
    })
}

/// The form error for an e-mail address that already has an account.
pub fn taken() -> FieldError {
    FieldError::coded(FieldErrorCode::Taken, "email", TAKEN)
}

async fn attribution(
    engine: &Engine,
    site: &Site,
    member: &NewMember,
    code: Option<&str>,
) -> anyhow::Result<Attribution<MemberId>> {
    let code = code.map(str::trim).filter(|code| !code.is_empty());
    let codes = code.map(codes_in).unwrap_or_default();
    let owner = referrals::owner_of(engine.db.reader(), site.id(), &codes).await?;
    let owner = owner.and_then(|owner| owner.as_referrer());
    Ok(attribute(code.is_some(), owner.as_ref(), &member.email))
}

/// Writes the member and the referral in one transaction; `None` if the e-mail address was taken
/// meanwhile.
async fn write(
    engine: &Engine,
    site: &Site,
    member: &NewMember,
    password_hash: String,
    (attribution, referred_by): (&Attribution<MemberId>, ReferredBy<'_>),
    proof: Proof,
) -> anyhow::Result<Option<user::Model>> {
    let referrer = match attribution {
        Attribution::Linked { referrer_id } => Some(*referrer_id),
        Attribution::None | Attribution::Ignored(_) => None,
    };
    let now = engine.now();
    let transaction = engine.db.begin().await?;
    let inserted = users::insert(
        &transaction,
        site.id(),
        engine.random.token(),
        member,
        password_hash,
        referrer,
        now,
    )
    .await?;
    let Some(user) = inserted else {
        return Ok(None);
    };
    if referrer.is_none()
        && let Some(words) = referrer_words(referred_by.words)
    {
        users::set_referred_by_words(&transaction, &user, &words).await?;
    }
    if let Some(referrer_id) = referrer {
        let new = NewReferral {
            friend: &user,
            referrer_id,
            clicked_at: referred_by.click.and_then(|click| click.clicked_at),
            came_with_it: true,
            via: referred_by.click.and_then(|click| click.via),
        };
        new_referral::write(engine, &transaction, site, &new).await?;
    }
    match proof {
        Proof::Mail => {
            links::mail_link(engine, &transaction, site, &user, &user.email).await?;
        }
        Proof::Operator => users::set_confirmed(&transaction, site.id(), user.id, now).await?,
    }
    transaction.commit().await?;
    engine.queue.wake_workers();
    if let Some(referrer) = referrer {
        engine.console_changed(Scope::Site(site.id()));
        engine.live.member_changed(&engine.db, referrer).await;
    }
    Ok(Some(user))
}
