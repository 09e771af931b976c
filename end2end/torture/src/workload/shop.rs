//! Buying with a browser, as people do who cannot make up their minds: Back, another product, Release,
//! and Buy again.

use anyhow::{bail, ensure};
use rand::{Rng, rngs::StdRng, seq::IndexedRandom};

use super::PASSWORD;
use crate::simulated_user::Person;

/// How often a form is sent again that was refused for a reason that passes.
const TRIES: u32 = 60;

/// Signs in.
pub async fn sign_in(person: &Person, email: &str, chance: &mut StdRng) -> anyhow::Result<()> {
    let form = [("email", email), ("password", PASSWORD), ("next", "")];
    let answer = person.submit("sign_in", &form, chance).await?;
    ensure!(answer.json["Go"].is_string(), "signing in: {answer:?}");
    Ok(())
}

/// Opens one of Stripe's pages after the other for something out of `products`, leaves each by Back
/// or closes it, and stays at the last.
pub async fn make_up_mind(
    person: &Person,
    email: &str,
    products: &[i64],
    chance: &mut StdRng,
) -> anyhow::Result<String> {
    loop {
        let product = products.choose(chance).copied().unwrap_or_default();
        let url = buy(person, email, product, chance).await?;
        match chance.random_range(0..10) {
            0..2 => person.left_a_page(),
            2 => {
                let product = product.to_string();
                let form = [("product_id", product.as_str()), ("page", "/")];
                person.submit("release", &form, chance).await?;
                person.left_a_page();
            }
            _ => return Ok(url),
        }
    }
}

/// Asks for Stripe's page until it comes.
async fn buy(
    person: &Person,
    email: &str,
    product: i64,
    chance: &mut StdRng,
) -> anyhow::Result<String> {
    let product = product.to_string();
    let form = [
        ("product_id", product.as_str()),
        ("page", "/"),
        ("another", "1"),
    ];
    let mut last = String::new();
    for _ in 0..TRIES {
        let answer = person.submit("buy", &form, chance).await?;
        match answer.json["Go"].as_str() {
            Some(url) if url.starts_with("http") => return Ok(url.to_owned()),
            // The page that was open is paid: this is the receipt, and another may be bought.
            Some(receipt) if receipt.starts_with("/purchases/") => person.pause(chance).await,
            // The session ended: a day went by.
            Some(_) => sign_in(person, email, chance).await?,
            None => person.pause(chance).await,
        }
        last = answer.json.to_string();
    }
    bail!("nothing could be bought in {TRIES} tries; the last answer: {last}")
}
