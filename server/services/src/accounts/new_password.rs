//! The one judge of new passwords: at registration, at a change, at a reset and on the command line
//! (`docs/rules.md` 80).

use domain::{
    account::PasswordOwner,
    forms::{FieldError, FieldErrorCode, password_complaint},
};
use store::{entities::user, sites::Site};

use super::leaked::is_leaked;
use crate::Engine;

const GUESSED: &str = "This password is easy to guess. Use a longer one, without common words, \
    your name or your email address.";
const KNOWN: &str = "This password is easy to guess: it is made of words about you, this site or \
    the calendar. Use other words.";
const LEAKED: &str = "This password is on lists of leaked passwords, which attackers try first. \
    Use another one.";

/// What everybody knows who chooses a password at `site`.
pub fn of_site(site: &Site) -> PasswordOwner<'_> {
    PasswordOwner {
        site_name: &site.row.name,
        site_key: &site.row.key,
        ..PasswordOwner::default()
    }
}

/// What is wrong with `password` as a new password of `member`.
///
/// # Errors
/// If the estimate was cut short.
pub async fn refused_for(
    engine: &Engine,
    site: &Site,
    member: &user::Model,
    password: &str,
) -> anyhow::Result<Option<FieldError>> {
    let owner = PasswordOwner {
        first_name: &member.first_name,
        last_name: &member.last_name,
        email: &member.email,
        date_of_birth: Some(member.date_of_birth),
        ..of_site(site)
    };
    refused_password(engine, &owner, password).await
}

/// What is wrong with `password` as a new password of `owner`: its length, that it was leaked, or that
/// it is soon guessed.
///
/// # Errors
/// If the estimate was cut short.
pub async fn refused_password(
    engine: &Engine,
    owner: &PasswordOwner<'_>,
    password: &str,
) -> anyhow::Result<Option<FieldError>> {
    if let Some(complaint) = password_complaint(password) {
        return Ok(Some(complaint));
    }
    let message = if owner.made_of_known_words(password) {
        KNOWN
    } else if is_leaked(password) {
        LEAKED
    } else if engine
        .passwords
        .soon_guessed(password, owner.words())
        .await?
    {
        GUESSED
    } else {
        return Ok(None);
    };
    let code = FieldErrorCode::Guessable;
    Ok(Some(FieldError::coded(code, "password", message)))
}
