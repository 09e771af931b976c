//! Scenario 3: a friend registers in the app with a member's code, and buys.

use anyhow::bail;
use rand::{Rng, rngs::StdRng, seq::IndexedRandom};
use reqwest::Method;
use serde_json::json;

use super::{PASSWORD, World, friend_of, member::text, pay::pay};
use crate::{diary::Friend, person::Person};

/// Comes, buys once or twice, and goes.
pub async fn come(world: &World, chance: &mut StdRng) -> anyhow::Result<()> {
    let (member, email) = friend_of(world, chance)?;
    let person = world.person(member.site, chance)?;
    let token = register(&person, &email, &member.code, chance).await?;
    for _ in 0..chance.random_range(1..=2) {
        let product = member.products.choose(chance).copied();
        let wanted = json!({ "product_id": product });
        let begun = person
            .call(
                Method::POST,
                "purchases",
                Some(&token),
                Some(&wanted),
                chance,
            )
            .await?;
        if begun.status != 201 {
            bail!("a purchase: {begun:?}");
        }
        let url = text(&begun.json["checkout_url"])?;
        let ended = pay(world, &url, None, chance).await?;
        if ended.paid {
            world.diary.friend_paid(Friend {
                site: member.site.to_owned(),
                email: email.clone(),
                code: member.code.clone(),
                session: ended.session,
            });
        }
    }
    Ok(())
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
