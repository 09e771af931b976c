//! Scenario 1: a friend follows a member's referral link, registers on the web, and buys.

use anyhow::ensure;
use rand::{Rng, rngs::StdRng};

use super::{
    PASSWORD, TestContext,
    cancellation::cancel_membership,
    checkout::{finish_checkout, open_return_page},
    money_back::give_back,
    random_friend,
    shop::{sign_in, start_checkout},
};
use crate::{activity_log::Friend, simulated_user::SimulatedUser};

/// Registers, and buys once or twice.
pub async fn run(context: &TestContext, rng: &mut StdRng) -> anyhow::Result<()> {
    let (member, email) = random_friend(context, rng)?;
    let user = context.new_user(member.site, rng)?;
    let link = format!("/?ref={}", member.code);
    let page = user.open_page(&link, rng).await?;
    ensure!(page.status == 200, "the link: {page:?}");
    register(&user, &email, rng).await?;
    for _ in 0..rng.random_range(1..=2) {
        // A long run has to have memberships that end in their hold.
        let products = match rng.random_range(0..3) {
            0 => &member.memberships,
            _ => &member.products,
        };
        let url = start_checkout(&user, &email, products, rng).await?;
        let outcome = finish_checkout(context, &url, None, rng).await?;
        open_return_page(&user, &outcome, rng).await?;
        if outcome.paid {
            context.log.record_friend_payment(Friend {
                site: member.site.to_owned(),
                email: email.clone(),
                code: member.code.clone(),
                session: outcome.session,
                paid_at: outcome.at,
            });
            if let Some(membership) = outcome.subscription.filter(|_| rng.random()) {
                cancel_membership(context, &user, &membership, rng).await?;
            }
            if rng.random_range(0..3) == 0 {
                give_back(context, outcome.payment.as_deref(), rng).await?;
            }
        }
    }
    Ok(())
}

/// Registers. If the response was lost, signs in.
async fn register(user: &SimulatedUser, email: &str, rng: &mut StdRng) -> anyhow::Result<()> {
    let form = [
        ("first_name", "Jane"),
        ("last_name", "Doe"),
        ("email", email),
        ("date_of_birth", "1990-01-15"),
        ("password", PASSWORD),
        ("next", ""),
    ];
    let response = user.submit_form("register", &form, rng).await?;
    if response.json["Go"].is_string() {
        return Ok(());
    }
    sign_in(user, email, rng).await
}
