//! Scenario 2: somebody follows a platform referrer's link to the pricing page and subscribes, and perhaps
//! cancels the plan or gets money back.

use anyhow::{bail, ensure};
use rand::{Rng, rngs::StdRng, seq::IndexedRandom};

use super::{
    TestContext,
    cancellation::cancel_plan,
    checkout::{finish_checkout, open_return_page},
    first_payment::first_payment,
    money_back::give_back,
    random_brand,
};
use crate::{activity_log::Subscription, simulated_user::SimulatedUser};

/// How often "Get Started" is clicked.
const MAX_ATTEMPTS: u32 = 60;

/// Subscribes.
pub async fn run(context: &TestContext, rng: &mut StdRng) -> anyhow::Result<()> {
    let restores = context.log.restore_count();
    let user = context.new_user(random_brand(rng), rng)?;
    let code = context
        .platform_referrer_codes
        .choose(rng)
        .cloned()
        .unwrap_or_default();
    let page = user.open_page(&format!("/pricing?ref={code}"), rng).await?;
    ensure!(page.status == 200, "the link: {page:?}");
    let url = loop {
        let plan = if rng.random() { "annual" } else { "monthly" };
        let url = get_started(context, &user, plan, rng).await?;
        match rng.random_range(0..10) {
            0..2 => user.record_abandoned_checkout(),
            2 => {
                user.post_form("/pricing/release", rng).await?;
                user.record_abandoned_checkout();
            }
            _ => break url,
        }
    };
    if restores != context.log.restore_count() {
        // The purchase with the referral code was lost in the restore.
        return Ok(());
    }
    let email = format!("club-{:016x}@example.net", rng.random::<u64>());
    let outcome = finish_checkout(context, &url, Some(&email), rng).await?;
    open_return_page(&user, &outcome, rng).await?;
    if outcome.paid {
        context.log.record_subscription(Subscription {
            code,
            session: outcome.session.clone(),
            paid_at: outcome.at,
        });
        if let Some(plan) = &outcome.subscription {
            regret(context, &user, (&outcome.session, plan, &email), rng).await?;
        }
    }
    Ok(())
}

/// Half of the subscribers change their mind.
async fn regret(
    context: &TestContext,
    user: &SimulatedUser,
    (session, plan, email): (&str, &str, &str),
    rng: &mut StdRng,
) -> anyhow::Result<()> {
    if rng.random_range(0..3) == 0 {
        cancel_plan(context, user, (plan, email), rng).await?;
    }
    if rng.random_range(0..3) == 0 {
        let payment = first_payment(context, session, plan);
        if give_back(context, payment.as_deref(), rng).await? {
            context.log.record_plan_refund();
        }
    }
    Ok(())
}

async fn get_started(
    context: &TestContext,
    user: &SimulatedUser,
    plan: &str,
    rng: &mut StdRng,
) -> anyhow::Result<String> {
    let path = format!("/pricing/checkout?plan={plan}");
    for _ in 0..MAX_ATTEMPTS {
        user.open_page(&path, rng).await?;
        let response = user.post_form(&path, rng).await?;
        if response.location.starts_with(&context.stripe.base_url) {
            return Ok(response.location);
        }
        user.wait_before_retry(rng).await;
    }
    bail!("no Checkout page in {MAX_ATTEMPTS} attempts")
}
