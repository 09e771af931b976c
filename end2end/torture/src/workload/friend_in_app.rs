//! Scenario 3: a friend registers in the app with a member's code, and buys.

use anyhow::bail;
use rand::{Rng, rngs::StdRng, seq::IndexedRandom};
use reqwest::Method;
use serde_json::{Value, json};

use super::{PASSWORD, World, checkout::pay, friend_of, member::text};
use crate::{activity_log::Friend, simulated_user::Person};

/// How often a purchase is asked for that is refused for a reason that passes.
const TRIES: u32 = 60;

/// Comes, buys once or twice, and goes.
pub async fn come(world: &World, chance: &mut StdRng) -> anyhow::Result<()> {
    let (member, email) = friend_of(world, chance)?;
    let person = world.person(member.site, chance)?;
    let token = register(&person, &email, &member.code, chance).await?;
    for _ in 0..chance.random_range(1..=2) {
        let product = member.products.choose(chance).copied();
        let wanted = json!({ "product_id": product, "another": true });
        let url = begin(&person, &token, &wanted, chance).await?;
        let ended = pay(world, &url, None, chance).await?;
        if ended.paid {
            world.diary.friend_paid(Friend {
                site: member.site.to_owned(),
                email: email.clone(),
                code: member.code.clone(),
                session: ended.session,
                paid_at: ended.at,
            });
        }
    }
    Ok(())
}

/// Asks for Stripe's page until it comes.
async fn begin(
    person: &Person,
    token: &str,
    wanted: &Value,
    chance: &mut StdRng,
) -> anyhow::Result<String> {
    let mut last = String::new();
    for _ in 0..TRIES {
        let begun = person
            .call(Method::POST, "purchases", Some(token), Some(wanted), chance)
            .await?;
        let kind = begun.json["type"].as_str().unwrap_or_default();
        match begun.status.as_u16() {
            201 => return text(&begun.json["checkout_url"]),
            // It is connected again in a moment.
            409 if kind.ends_with(":payments-not-connected") => person.pause(chance).await,
            _ => bail!("a purchase: {begun:?}"),
        }
        last = format!("{begun:?}");
    }
    bail!("nothing could be bought in {TRIES} tries; the last answer: {last}")
}

async fn register(
    person: &Person,
    email: &str,
    code: &str,
    chance: &mut StdRng,
) -> anyhow::Result<String> {
    let form = json!({
        "email": email, "password": PASSWORD,
        "first_name": "Jane", "last_name": "Doe", "date_of_birth": "1990-01-15",
        "referral_code": code,
    });
    let path = "auth/register";
    let answer = person
        .call(Method::POST, path, None, Some(&form), chance)
        .await?;
    match answer.status.as_u16() {
        201 => text(&answer.json["token"]),
        // An answer that was lost and asked for again a day later: registered all the same.
        409 => {
            let credentials = json!({ "email": email, "password": PASSWORD });
            let answer = person
                .call(Method::POST, "auth/login", None, Some(&credentials), chance)
                .await?;
            text(&answer.json["token"])
        }
        _ => bail!("a registration: {answer:?}"),
    }
}
