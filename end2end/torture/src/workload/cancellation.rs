//! Members and subscribers cancel: on Stripe's own pages, or the merchant does it in Stripe's dashboard.

use std::time::Duration;

use anyhow::ensure;
use rand::{Rng, rngs::StdRng};
use stripe_stand_in::CancelWhen;
use tokio::time::sleep;

use super::TestContext;
use crate::simulated_user::SimulatedUser;

/// How often a page is loaded again until it leads to Stripe's portal.
const MAX_ATTEMPTS: u32 = 20;

/// Cancels the membership (`sub_…`) that a member has just paid for, in one of the ways.
pub async fn cancel_membership(
    context: &TestContext,
    user: &SimulatedUser,
    subscription: &str,
    rng: &mut StdRng,
) -> anyhow::Result<()> {
    if rng.random() {
        return cancel_in_dashboard(context, subscription, rng).await;
    }
    for _ in 0..MAX_ATTEMPTS {
        let page = user.open_page("/dashboard", rng).await?;
        let purchases: Vec<&str> = memberships_on(&page.text).collect();
        for purchase in purchases {
            let form = [("purchase_id", purchase), ("page", "/dashboard")];
            let visit = user.submit_form("manage_membership", &form, rng).await?;
            let url = visit.json["Go"].as_str().unwrap_or_default();
            if url.starts_with(&context.stripe.base_url) {
                if cancel_in_portal(user, url, subscription, rng).await? {
                    context.log.record_membership_cancellation();
                }
                return Ok(());
            }
        }
        // The payment is not known yet, or Stripe did not open its page.
        user.wait_before_retry(rng).await;
    }
    Ok(())
}

/// Cancels the plan (`sub_…`) of the subscriber with this address.
pub async fn cancel_plan(
    context: &TestContext,
    user: &SimulatedUser,
    (subscription, email): (&str, &str),
    rng: &mut StdRng,
) -> anyhow::Result<()> {
    if rng.random() {
        return cancel_in_dashboard(context, subscription, rng).await;
    }
    let page = user.open_page("/pricing", rng).await?;
    // It ends with a slash.
    let stripe = &context.stripe.base_url;
    let begins = format!("{stripe}portal/login/");
    // The login page is made once a plan was read.
    let Some(login) = link_on(&page.text, &begins) else {
        return Ok(());
    };
    let sent = user.post_to(login, &[("email", email)]).await?;
    let begins = format!("{stripe}portal/");
    // Somebody may have ended it meanwhile.
    if let Some(visit) = link_on(&sent.text, &begins)
        && cancel_in_portal(user, visit, subscription, rng).await?
    {
        context.log.record_plan_cancellation();
    }
    Ok(())
}

/// Cancels it on the page of a visit. Returns whether there was something to cancel.
async fn cancel_in_portal(
    user: &SimulatedUser,
    visit: &str,
    subscription: &str,
    rng: &mut StdRng,
) -> anyhow::Result<bool> {
    let press = async |action| {
        let form = [("action", action), ("subscription", subscription)];
        user.post_to(visit, &form).await
    };
    let canceled = press("cancel").await?;
    // Whoever lets the link expire, or has nothing to cancel any more, is told so.
    let is_told = canceled.status.is_redirection() || canceled.status == 404;
    ensure!(is_told, "the portal: {canceled:?}");
    let is_done = canceled.status.is_redirection();
    if is_done && rng.random_range(0..4) == 0 {
        press("keep").await?;
    }
    Ok(is_done)
}

/// The merchant cancels it, at once or not.
async fn cancel_in_dashboard(
    context: &TestContext,
    subscription: &str,
    rng: &mut StdRng,
) -> anyhow::Result<()> {
    sleep(Duration::from_millis(rng.random_range(0..4_000))).await;
    let when = match rng.random_range(0..3) {
        0 => CancelWhen::AtPeriodEnd,
        _ => CancelWhen::Now,
    };
    // One that a refund has ended is refused.
    if context
        .stripe
        .cancel_subscription(subscription, when)
        .is_ok()
    {
        context.log.record_dashboard_cancellation();
    }
    Ok(())
}

/// The purchases whose memberships a dashboard offers to manage.
fn memberships_on(page: &str) -> impl Iterator<Item = &str> {
    let fields = page.split("name=\"purchase_id\" value=\"").skip(1);
    fields.filter_map(|field| field.split('"').next())
}

/// The first link of a page that begins so.
fn link_on<'a>(page: &'a str, begins: &str) -> Option<&'a str> {
    let links = page.split("href=\"").skip(1);
    let mut links = links.filter_map(|link| link.split('"').next());
    links.find(|link| link.starts_with(begins))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buttons_and_links_are_read() {
        let page = "<a href=\"/pricing\">Plans</a><a href=\"http://stripe/portal/login/bpc_1\" rel=\"nofollow\">x</a>\
                    <input type=\"hidden\" name=\"purchase_id\" value=\"7\"><input type=\"hidden\" name=\"page\">";
        assert_eq!(memberships_on(page).collect::<Vec<_>>(), ["7"]);
        let login = "http://stripe/portal/login/";
        assert_eq!(
            link_on(page, login),
            Some("http://stripe/portal/login/bpc_1")
        );
        assert_eq!(link_on(page, "http://other/"), None);
    }
}
