//! Who it is that signs in: one way for the web and for the mobile app.

use std::net::IpAddr;

use domain::account::Email;
use store::{entities::user, sites::Site, users};

use crate::{middleware::Refused, state::AppState};

/// What the person is told whose e-mail or password is not right; never which of the two.
pub const WRONG: &str = "The e-mail address or the password is not right.";

/// What became of trying to sign in.
pub enum SignedIn {
    /// It is this member.
    Member(Box<user::Model>),
    /// The e-mail or the password is not right.
    Wrong,
    /// Too many tries, of the address or at the account.
    TooMany(Refused),
}

/// Finds the member of `site` with this e-mail and this password, asked from `address`.
///
/// # Errors
/// If something breaks on our side.
pub async fn sign_in(
    state: &AppState,
    site: &Site,
    address: IpAddr,
    email: &str,
    password: &str,
) -> anyhow::Result<SignedIn> {
    let parsed = Email::parse(email);
    let account = parsed
        .as_ref()
        .map_or_else(|| email.to_lowercase(), Email::account);
    let tries = state.guard.try_sign_in(address);
    let tries = tries.and_then(|()| state.guard.try_account(site.id(), &account, address));
    if let Err(refused) = tries {
        return Ok(SignedIn::TooMany(refused));
    }
    let user = match &parsed {
        Some(email) => users::by_email(state.db.reader(), site.id(), email).await?,
        None => None,
    };
    let hash = user.as_ref().map(|user| user.password_hash.as_str());
    let right = state.passwords.verify(password, hash).await?;
    Ok(match user.filter(|_| right) {
        Some(user) => {
            state.guard.was_right(site.id(), &account, address);
            SignedIn::Member(Box::new(user))
        }
        None => SignedIn::Wrong,
    })
}
