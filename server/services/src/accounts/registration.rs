//! Registering: one way in for the web and for the mobile app.

use domain::{
    account::{Email, SiteKind},
    forms::{
        FieldError, NewMember, PASSWORD_MAX, PASSWORD_MIN, RegistrationForm, password_complaint,
        validate_registration,
    },
    referral::{Attribution, ReferralCode, attribute},
};
use store::MemberId;
use store::Timestamp;
use store::{entities::user, referrals, sites::Site, users};

use crate::{Engine, referrals::ReferralClick};

/// What is said of an e-mail address that has an account.
pub const TAKEN: &str = "This e-mail address already has an account. Sign in instead.";
const GUESSED: &str = "Somebody who guesses passwords would soon come to this one. Use a longer one, \
    or one that is not made of common words, your name or your address.";
/// What is said where a site has no members.
pub const NOT_HERE: &str = "Nobody registers here. Choose a plan on the pricing page instead.";

/// What became of a registration.
pub enum Registered {
    /// There is a new member.
    Member {
        /// The member.
        user: Box<user::Model>,
        /// What became of the code.
        attribution: Attribution<MemberId>,
    },
    /// Everything that is wrong with the form.
    Refused(Vec<FieldError>),
    /// The e-mail address has an account here, and nothing else is wrong.
    Taken,
    /// The site has no members.
    NotHere,
}

/// Registers a person on `site` who came through the link `click`: the one way in, for the web and
/// for the mobile app.
///
/// # Errors
/// If something breaks on our side.
pub async fn register(
    state: &Engine,
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
    state: &Engine,
    site: &Site,
    form: &RegistrationForm,
    click: Option<&ReferralClick>,
) -> anyhow::Result<Registered> {
    let member = match validate(state, site, form).await? {
        Ok(member) => member,
        Err(refused) => return Ok(refused),
    };
    let code = click.map(|click| click.code.as_str());
    let clicked_at = click.and_then(|click| click.clicked_at);
    let attribution = attribution(state, site, &member, code).await?;
    let password_hash = state.passwords.hash(&member.password).await?;
    let written = write(
        state,
        site,
        &member,
        password_hash,
        &attribution,
        clicked_at,
    );
    Ok(match written.await? {
        Some(user) => Registered::Member {
            user: Box::new(user),
            attribution,
        },
        None => Registered::Taken,
    })
}

/// The member whom a registration made before it was cut short, with what became of its code: made
/// at or after `since` (milliseconds), with the password that it brings again.
///
/// # Errors
/// If something breaks on our side.
pub async fn registered_since(
    state: &Engine,
    site: &Site,
    form: &RegistrationForm,
    click: Option<&ReferralClick>,
    since: Timestamp,
) -> anyhow::Result<Option<(user::Model, Attribution<MemberId>)>> {
    let Ok(member) = validate_registration(form, state.clock.now().date()) else {
        return Ok(None);
    };
    let db = state.db.reader();
    let user = users::by_email(db, site.id(), &member.email).await?;
    let Some(user) = user.filter(|user| user.created_at >= since) else {
        return Ok(None);
    };
    let hash = Some(user.password_hash.as_str());
    if !state.passwords.verify(&form.password, hash).await? {
        return Ok(None);
    }
    let attribution = match user.referred_by_user_id {
        Some(referrer_id) => Attribution::Linked { referrer_id },
        None => attribution(state, site, &member, click.map(|click| click.code.as_str())).await?,
    };
    Ok(Some((user, attribution)))
}

/// All complaints at once, the one about a taken e-mail among them.
async fn validate(
    state: &Engine,
    site: &Site,
    form: &RegistrationForm,
) -> anyhow::Result<Result<NewMember, Registered>> {
    let validated = validate_registration(form, state.clock.now().date());
    let is_taken = match Email::parse(&form.email) {
        Some(email) => users::by_email(state.db.reader(), site.id(), &email)
            .await?
            .is_some(),
        None => false,
    };
    let is_guessed = is_guessed(state, form).await?;
    Ok(match validated {
        Ok(member) if !is_taken && !is_guessed => Ok(member),
        Ok(_) if is_taken && !is_guessed => Err(Registered::Taken),
        validated => {
            let mut errors = validated.err().unwrap_or_default();
            errors.extend(is_taken.then(taken));
            errors.extend(is_guessed.then(guessed));
            Err(Registered::Refused(errors))
        }
    })
}

/// A password of a good length that an attacker who knows the rest of the form soon guesses.
async fn is_guessed(state: &Engine, form: &RegistrationForm) -> anyhow::Result<bool> {
    let length = form.password.chars().count();
    if !(PASSWORD_MIN..=PASSWORD_MAX).contains(&length) {
        return Ok(false);
    }
    let known = [&form.first_name, &form.last_name, &form.email];
    state
        .passwords
        .soon_guessed(&form.password, known.map(String::clone).to_vec())
        .await
}

/// What is wrong with `password` as a new one of `member`, by the rules of registering.
///
/// # Errors
/// If estimating how soon it is guessed was cut short.
pub async fn refused_password(
    state: &Engine,
    member: &user::Model,
    password: &str,
) -> anyhow::Result<Option<FieldError>> {
    let form = RegistrationForm {
        email: member.email.clone(),
        password: password.to_owned(),
        first_name: member.first_name.clone(),
        last_name: member.last_name.clone(),
        date_of_birth: String::new(),
    };
    Ok(match password_complaint(password) {
        Some(complaint) => Some(complaint),
        None => is_guessed(state, &form).await?.then(guessed),
    })
}

fn guessed() -> FieldError {
    FieldError::new("password", GUESSED)
}

/// The complaint about an e-mail address that has an account.
pub fn taken() -> FieldError {
    FieldError::new("email", TAKEN)
}

async fn attribution(
    state: &Engine,
    site: &Site,
    member: &NewMember,
    code: Option<&str>,
) -> anyhow::Result<Attribution<MemberId>> {
    let code = code.map(str::trim).filter(|code| !code.is_empty());
    let owner = match code.and_then(ReferralCode::parse) {
        Some(code) => users::by_referral_code(state.db.reader(), site.id(), &code).await?,
        None => None,
    };
    let owner = owner.and_then(|owner| owner.as_referrer());
    Ok(attribute(code.is_some(), owner.as_ref(), &member.email))
}

/// Member and referral come into being together, or not at all; `None` if the e-mail was taken
/// meanwhile.
async fn write(
    state: &Engine,
    site: &Site,
    member: &NewMember,
    password_hash: String,
    attribution: &Attribution<MemberId>,
    clicked_at: Option<Timestamp>,
) -> anyhow::Result<Option<user::Model>> {
    let referrer = match attribution {
        Attribution::Linked { referrer_id } => Some(*referrer_id),
        Attribution::None | Attribution::Ignored(_) => None,
    };
    let now = state.now();
    let transaction = state.db.begin().await?;
    let inserted = users::insert(
        &transaction,
        site.id(),
        state.random.token(),
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
        let (tx, site, token) = (&transaction, site.id(), state.random.token());
        referrals::insert_pending(tx, site, token, referrer, user.id, clicked_at, now).await?;
    }
    transaction.commit().await?;
    Ok(Some(user))
}
