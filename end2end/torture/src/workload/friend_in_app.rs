//! Scenario 3: a friend registers in the app with a member's referral code, and buys.

use anyhow::bail;
use rand::{Rng, rngs::StdRng, seq::IndexedRandom};
use reqwest::Method;
use serde_json::{Value, json};

use super::{
    MAX_ATTEMPTS, PASSWORD, TestContext, checkout::finish_checkout, member::required_text,
    random_friend,
};
use crate::{activity_log::Friend, simulated_user::SimulatedUser};

/// Registers, and buys once or twice.
pub async fn run(context: &TestContext, rng: &mut StdRng) -> anyhow::Result<()> {
    let (member, email) = random_friend(context, rng)?;
    let user = context.new_user(member.site, rng)?;
    let token = register(&user, &email, &member.code, rng).await?;
    for _ in 0..rng.random_range(1..=2) {
        let product = member.products.choose(rng).copied();
        let wanted = json!({ "product_id": product, "another": true });
        let url = request_checkout(&user, &token, &wanted, rng).await?;
        let outcome = finish_checkout(context, &url, None, rng).await?;
        if outcome.paid {
            context.log.record_friend_payment(Friend {
                site: member.site.to_owned(),
                email: email.clone(),
                code: member.code.clone(),
                session: outcome.session,
                paid_at: outcome.at,
            });
        }
    }
    Ok(())
}

/// Requests a Checkout session until there is one. Returns its URL.
async fn request_checkout(
    user: &SimulatedUser,
    token: &str,
    wanted: &Value,
    rng: &mut StdRng,
) -> anyhow::Result<String> {
    let mut last = String::new();
    for _ in 0..MAX_ATTEMPTS {
        let response = user
            .call_api(Method::POST, "purchases", Some(token), Some(wanted), rng)
            .await?;
        let kind = response.json["type"].as_str().unwrap_or_default();
        match response.status.as_u16() {
            201 => return required_text(&response.json["checkout_url"]),
            // The account will be connected again in a moment.
            409 if kind.ends_with(":payments-not-connected") => user.wait_before_retry(rng).await,
            _ => bail!("the purchase failed: {response:?}"),
        }
        last = format!("{response:?}");
    }
    bail!("nothing could be bought in {MAX_ATTEMPTS} attempts; the last response: {last}")
}

/// Registers a friend. Returns the API token.
pub async fn register(
    user: &SimulatedUser,
    email: &str,
    code: &str,
    rng: &mut StdRng,
) -> anyhow::Result<String> {
    let form = json!({
        "email": email, "password": PASSWORD,
        "first_name": "Jane", "last_name": "Doe", "date_of_birth": "1990-01-15",
        "referral_code": code,
    });
    let path = "auth/register";
    let response = user
        .call_api(Method::POST, path, None, Some(&form), rng)
        .await?;
    match response.status.as_u16() {
        201 => required_text(&response.json["token"]),
        // The response of an earlier attempt was lost and its idempotency key has expired: the
        // friend is registered.
        409 => {
            let credentials = json!({ "email": email, "password": PASSWORD });
            let response = user
                .call_api(Method::POST, "auth/login", None, Some(&credentials), rng)
                .await?;
            required_text(&response.json["token"])
        }
        _ => bail!("the registration failed: {response:?}"),
    }
}
