//! A friend registers in the app with a member's referral code and buys at the counter. Some sales
//! are undone, and some of those friends buy again.

use anyhow::{Context, bail};
use rand::{Rng, rngs::StdRng, seq::IndexedRandom};

use super::{TestContext, desk::Desk, friend_in_app::register, random_friend};
use crate::activity_log::CounterSale;

pub async fn run(context: &TestContext, rng: &mut StdRng) -> anyhow::Result<()> {
    let (member, email) = random_friend(context, rng)?;
    let friend = context.new_user(member.site, rng)?;
    register(&friend, &email, &member.code, rng).await?;
    let desk = Desk::open(context, member.site, rng).await?;
    let id = desk.find(&email, rng).await?;
    for _ in 0..rng.random_range(1..=2) {
        let product = member.at_counter().choose(rng).copied();
        let product = product.context("a product that is sold at the counter")?;
        let recorded = desk.sell(&id, product, None, rng).await?;
        if !recorded.json["Done"].is_string() {
            bail!("a sale was not recorded: {recorded:?}");
        }
        let at = context.stripe.now();
        let undone = rng.random() && desk.undo_one(context, &id, rng).await?;
        context.log.record_counter_sale(CounterSale {
            site: member.site.to_owned(),
            email: email.clone(),
            at,
            undone_at: undone.then(|| context.stripe.now()),
        });
    }
    Ok(())
}
