//! Buying with a browser, by people who hesitate: they go back, choose another product, or cancel
//! the open session and buy again.

use anyhow::{bail, ensure};
use rand::{Rng, rngs::StdRng, seq::IndexedRandom};

use super::PASSWORD;
use crate::simulated_user::SimulatedUser;

/// How often a form is submitted again after a temporary refusal.
const MAX_ATTEMPTS: u32 = 60;

pub async fn sign_in(user: &SimulatedUser, email: &str, rng: &mut StdRng) -> anyhow::Result<()> {
    sign_in_with(user, email, PASSWORD, rng).await
}

pub async fn sign_in_with(
    user: &SimulatedUser,
    email: &str,
    password: &str,
    rng: &mut StdRng,
) -> anyhow::Result<()> {
    let form = [("email", email), ("password", password), ("next", "")];
    let response = user.submit_form("sign_in", &form, rng).await?;
    ensure!(
        response.json["Go"].is_string(),
        "sign-in failed: {response:?}"
    );
    Ok(())
}

/// Opens one Checkout session after the other for a random product, leaves it or cancels it, and
/// returns the URL of the last one.
pub async fn start_checkout(
    user: &SimulatedUser,
    email: &str,
    products: &[i64],
    rng: &mut StdRng,
) -> anyhow::Result<String> {
    loop {
        let product = products.choose(rng).copied().unwrap_or_default();
        let url = request_checkout(user, email, product, rng).await?;
        match rng.random_range(0..10) {
            0..2 => user.record_abandoned_checkout(),
            2 => {
                let product = product.to_string();
                let form = [("product_id", product.as_str()), ("page", "/")];
                user.submit_form("release", &form, rng).await?;
                user.record_abandoned_checkout();
            }
            _ => return Ok(url),
        }
    }
}

/// Requests a Checkout session until there is one. Returns its URL.
async fn request_checkout(
    user: &SimulatedUser,
    email: &str,
    product: i64,
    rng: &mut StdRng,
) -> anyhow::Result<String> {
    let product = product.to_string();
    let form = [
        ("product_id", product.as_str()),
        ("page", "/"),
        ("another", "1"),
    ];
    let mut last = String::new();
    for _ in 0..MAX_ATTEMPTS {
        let response = user.submit_form("buy", &form, rng).await?;
        match response.json["Go"].as_str() {
            Some(url) if url.starts_with("http") => return Ok(url.to_owned()),
            // The open session is paid already, so this is the receipt; try to buy another one.
            Some(receipt) if receipt.starts_with("/purchases/") => {
                user.wait_before_retry(rng).await
            }
            // The web session has expired after a clock jump.
            Some(_) => sign_in(user, email, rng).await?,
            None => user.wait_before_retry(rng).await,
        }
        last = response.json.to_string();
    }
    bail!("nothing could be bought in {MAX_ATTEMPTS} attempts; the last response: {last}")
}
