//! Scenario 2: somebody follows a partner's link to the pricing page, and subscribes.

use anyhow::{bail, ensure};
use rand::{Rng, rngs::StdRng, seq::IndexedRandom};

use super::{
    World, brand,
    checkout::{come_back, pay},
};
use crate::{activity_log::Subscription, simulated_user::Person};

/// How often "Get Started" is pressed.
const TRIES: u32 = 60;

/// Comes, subscribes, and goes.
pub async fn come(world: &World, chance: &mut StdRng) -> anyhow::Result<()> {
    let restores = world.diary.restores();
    let person = world.person(brand(chance), chance)?;
    let code = world.partners.choose(chance).cloned().unwrap_or_default();
    let page = person.open(&format!("/pricing?ref={code}"), chance).await?;
    ensure!(page.status == 200, "the link: {page:?}");
    let url = loop {
        let plan = if chance.random() { "annual" } else { "monthly" };
        let url = get_started(world, &person, plan, chance).await?;
        match chance.random_range(0..10) {
            0..2 => person.left_a_page(),
            2 => {
                person.press("/pricing/release", chance).await?;
                person.left_a_page();
            }
            _ => break url,
        }
    };
    if restores != world.diary.restores() {
        // The code stays with a page that is open, and went with it.
        return Ok(());
    }
    let email = format!("club-{:016x}@example.net", chance.random::<u64>());
    let ended = pay(world, &url, Some(&email), chance).await?;
    come_back(&person, &ended, chance).await?;
    if ended.paid {
        world.diary.subscribed(Subscription {
            code,
            session: ended.session,
            paid_at: ended.at,
        });
    }
    Ok(())
}

async fn get_started(
    world: &World,
    person: &Person,
    plan: &str,
    chance: &mut StdRng,
) -> anyhow::Result<String> {
    let path = format!("/pricing/checkout?plan={plan}");
    for _ in 0..TRIES {
        person.open(&path, chance).await?;
        let answer = person.press(&path, chance).await?;
        if answer.location.starts_with(&world.stripe.base_url) {
            return Ok(answer.location);
        }
        person.pause(chance).await;
    }
    bail!("Stripe's page did not come in {TRIES} tries")
}
