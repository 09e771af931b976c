//! Members spend the balance that their referrals have earned on memberships, and cancel some of them.

use rand::{Rng, rngs::StdRng, seq::IndexedRandom};

use super::{
    TestContext,
    cancellation::cancel_membership,
    checkout::{finish_checkout, open_return_page},
    shop::{sign_in, start_checkout},
};

/// Signs in and buys a membership.
pub async fn run(context: &TestContext, rng: &mut StdRng) -> anyhow::Result<()> {
    let Some(member) = context.members.choose(rng) else {
        return Ok(());
    };
    let user = context.new_user(member.site, rng)?;
    sign_in(&user, &member.email, rng).await?;
    let url = start_checkout(&user, &member.email, &member.memberships, rng).await?;
    let outcome = finish_checkout(context, &url, None, rng).await?;
    open_return_page(&user, &outcome, rng).await?;
    if outcome.paid {
        context.log.record_membership();
        if let Some(membership) = outcome.subscription.filter(|_| rng.random()) {
            cancel_membership(context, &user, &membership, rng).await?;
        }
    }
    Ok(())
}
