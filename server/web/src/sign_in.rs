//! Checks an e-mail address and a password, in the same way for the web and the mobile app.

use std::net::IpAddr;

use domain::account::Email;
use store::{entities::user, sites::Site, users};

use crate::{middleware::Refused, state::AppState};

/// The sentence for a wrong e-mail address or password. It never says which of the two is wrong.
pub const WRONG: &str = "The email address or the password is not right.";

/// The outcome of an attempt to sign in.
pub enum SignedIn {
    Member(Box<user::Model>),
    Wrong,
    /// Too many attempts from the address, or for the account.
    TooMany(Refused),
}

/// Finds the member of `site` with this e-mail address and password. The rate limits count
/// `address`.
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
    let tries = state.rate_limiter.check_sign_in(address);
    let tries = tries.and_then(|()| state.rate_limiter.try_account(site.id(), &account, address));
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
            state
                .rate_limiter
                .clear_failures(site.id(), &account, address);
            SignedIn::Member(Box::new(user))
        }
        None => SignedIn::Wrong,
    })
}
