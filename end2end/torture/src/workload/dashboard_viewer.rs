//! A member who looks at the dashboard again and again, while everything happens.

use std::sync::Arc;

use anyhow::ensure;
use rand::{Rng, SeedableRng, rngs::StdRng};
use reqwest::Method;
use tokio::time::{Duration, Instant, sleep};

use super::{Member, PASSWORD, World};

/// Looks until `deadline`, with a browser and a phone.
pub async fn watch(world: Arc<World>, number: usize, seed: u64, deadline: Instant) {
    let mut chance = StdRng::seed_from_u64(seed);
    let Some(member) = world.members.get(number) else {
        return;
    };
    while Instant::now() < deadline {
        let restores = world.diary.restores();
        if let Err(error) = look(&world, member, &mut chance).await {
            let why = format!("a member: {error:#}");
            world.diary.interrupted(restores, why);
        }
        sleep(Duration::from_millis(chance.random_range(200..900))).await;
    }
}

async fn look(world: &World, member: &Member, chance: &mut StdRng) -> anyhow::Result<()> {
    let person = world.person(member.site, chance)?;
    let form = [
        ("email", member.email.as_str()),
        ("password", PASSWORD),
        ("next", ""),
    ];
    let signed_in = person.submit("sign_in", &form, chance).await?;
    ensure!(
        signed_in.json["Go"].is_string(),
        "signing in: {signed_in:?}"
    );
    let page = person.open("/dashboard", chance).await?;
    ensure!(page.status == 200, "the dashboard: {page:?}");
    let token = Some(member.token.as_str());
    let list = person
        .call(Method::GET, "me/referrals?limit=5", token, None, chance)
        .await?;
    ensure!(list.status == 200, "the referrals: {list:?}");
    Ok(())
}
