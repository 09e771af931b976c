//! A member whose friends have bought spends the balance on memberships.

use rand::{rngs::StdRng, seq::IndexedRandom};

use super::{
    World,
    checkout::{come_back, pay},
    shop::{make_up_mind, sign_in},
};

/// Comes, buys a membership, and goes.
pub async fn come(world: &World, chance: &mut StdRng) -> anyhow::Result<()> {
    let Some(member) = world.members.choose(chance) else {
        return Ok(());
    };
    let person = world.person(member.site, chance)?;
    sign_in(&person, &member.email, chance).await?;
    let url = make_up_mind(&person, &member.email, &member.memberships, chance).await?;
    let ended = pay(world, &url, None, chance).await?;
    come_back(&person, &ended, chance).await?;
    if ended.paid {
        world.diary.member_paid();
    }
    Ok(())
}
