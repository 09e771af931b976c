//! Scenario 1: a friend follows a member's link, looks around, registers, and buys.

use anyhow::{bail, ensure};
use rand::{Rng, rngs::StdRng, seq::IndexedRandom};

use super::{PASSWORD, World, friend_of, pay::pay};
use crate::{diary::Friend, person::Person};

/// How often a form is sent again that was refused for a reason that passes.
const TRIES: u32 = 60;

/// Comes, buys once or twice, and goes.
pub async fn come(world: &World, chance: &mut StdRng) -> anyhow::Result<()> {
    let (member, email) = friend_of(world, chance)?;
    let person = world.person(member.site, chance)?;
    let link = format!("/?ref={}", member.code);
    let page = person.open(&link, chance).await?;
    ensure!(page.status == 200, "the link: {page:?}");
    register(&person, &email, chance).await?;
    for _ in 0..chance.random_range(1..=2) {
        let product = member.products.choose(chance).copied().unwrap_or_default();
        let url = buy(&person, &email, product, chance).await?;
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

/// Registers; where the answer to that was lost, signs in.
async fn register(person: &Person, email: &str, chance: &mut StdRng) -> anyhow::Result<()> {
    let form = [
        ("first_name", "Jane"),
        ("last_name", "Doe"),
        ("email", email),
        ("date_of_birth", "1990-01-15"),
        ("password", PASSWORD),
        ("next", ""),
    ];
    let answer = person.submit("register", &form, chance).await?;
    if answer.json["Go"].is_string() {
        return Ok(());
    }
    sign_in(person, email, chance).await
}

async fn sign_in(person: &Person, email: &str, chance: &mut StdRng) -> anyhow::Result<()> {
    let form = [("email", email), ("password", PASSWORD), ("next", "")];
    let answer = person.submit("sign_in", &form, chance).await?;
    ensure!(answer.json["Go"].is_string(), "signing in: {answer:?}");
    Ok(())
}

/// Asks for Stripe's page until it comes.
async fn buy(
    person: &Person,
    email: &str,
    product: i64,
    chance: &mut StdRng,
) -> anyhow::Result<String> {
    let product = product.to_string();
    let form = [("product_id", product.as_str()), ("page", "/")];
    for _ in 0..TRIES {
        let answer = person.submit("buy", &form, chance).await?;
        match answer.json["Go"].as_str() {
            Some(url) if url.starts_with("http") => return Ok(url.to_owned()),
            // The session ended: a day went by.
            Some(_) => sign_in(person, email, chance).await?,
            None => person.pause(chance).await,
        }
    }
    bail!("nothing could be bought in {TRIES} tries")
}
