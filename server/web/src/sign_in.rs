//! Signs in on the web and in the mobile app, within the limits of one address and of one account.

use services::accounts::{self, Client, SignedIn, second_factor};
use store::{entities::user, sites::Site};

use crate::{middleware::Refused, state::AppState};

/// The sentence for a wrong e-mail address or password. It never says which of the two is wrong.
pub const WRONG: &str = "The email address or password is incorrect.";
/// The sentence for a member who is kept out.
pub const BLOCKED: &str = "This account is blocked. Please contact us.";
/// The sentence for a wrong code of a second factor.
pub const WRONG_CODE: &str = "This code is incorrect or was already used.";

/// What came of an e-mail address and a password on `site`.
///
/// # Errors
/// If there were too many attempts from the address, or for the account.
pub async fn sign_in(
    state: &AppState,
    site: &Site,
    typed: (&str, &str),
    client: Client<'_>,
) -> anyhow::Result<Result<SignedIn, Refused>> {
    if let Err(refused) = state.rate_limiter.check_sign_in(client.address) {
        return Ok(Err(refused));
    }
    let signed_in = accounts::sign_in(state, site, typed, client).await?;
    Ok(signed_in.map_err(Refused::until))
}

/// Whether this code of the second factor lets `member` in, who typed the right password.
///
/// # Errors
/// If there were too many attempts from the address, or for the account.
pub async fn enter_code(
    state: &AppState,
    site: &Site,
    member: &user::Model,
    code: &str,
    client: Client<'_>,
) -> anyhow::Result<Result<bool, Refused>> {
    if let Err(refused) = state.rate_limiter.check_sign_in(client.address) {
        return Ok(Err(refused));
    }
    let entered = second_factor::enter(state, site, member, code, client).await?;
    Ok(entered.map_err(Refused::until))
}
