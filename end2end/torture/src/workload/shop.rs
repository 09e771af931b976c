//! Buying with a browser, as people do who cannot make up their minds: Back, another product, Release,
//! and Buy again.

use anyhow::{bail, ensure};
use rand::{Rng, rngs::StdRng, seq::IndexedRandom};

use super::PASSWORD;
use crate::simulated_user::SimulatedUser;

/// How often a form is sent again that was refused for a reason that passes.
const MAX_ATTEMPTS: u32 = 60;

/// Signs in.
pub async fn sign_in(user: &SimulatedUser, email: &str, rng: &mut StdRng) -> anyhow::Result<()> {
    let form = [("email", email), ("password", PASSWORD), ("next", "")];
    let response = user.submit_form("sign_in", &form, rng).await?;
    ensure!(
        response.json["Go"].is_string(),
        "sign-in failed: {response:?}"
    );
    Ok(())
}

/// Opens one of Stripe's pages after the other for something out of `products`, leaves each by Back
/// or closes it, and stays at the last.
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

/// Asks for Stripe's page until it comes.
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
            // The page that was open is paid: this is the receipt, and another may be bought.
            Some(receipt) if receipt.starts_with("/purchases/") => {
                user.wait_before_retry(rng).await
            }
            // The session ended: a day went by.
            Some(_) => sign_in(user, email, rng).await?,
            None => user.wait_before_retry(rng).await,
        }
        last = response.json.to_string();
    }
    bail!("nothing could be bought in {MAX_ATTEMPTS} attempts; the last response: {last}")
}
