//! Scenario 1: a friend follows a member's link, looks around, registers, and buys.

use anyhow::ensure;
use rand::{Rng, rngs::StdRng};

use super::{
    PASSWORD, World,
    checkout::{come_back, pay},
    friend_of,
    shop::{make_up_mind, sign_in},
};
use crate::{activity_log::Friend, simulated_user::Person};

/// Comes, buys once or twice, and goes.
pub async fn come(world: &World, chance: &mut StdRng) -> anyhow::Result<()> {
    let (member, email) = friend_of(world, chance)?;
    let person = world.person(member.site, chance)?;
    let link = format!("/?ref={}", member.code);
    let page = person.open(&link, chance).await?;
    ensure!(page.status == 200, "the link: {page:?}");
    register(&person, &email, chance).await?;
    for _ in 0..chance.random_range(1..=2) {
        let url = make_up_mind(&person, &email, &member.products, chance).await?;
        let ended = pay(world, &url, None, chance).await?;
        come_back(&person, &ended, chance).await?;
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
