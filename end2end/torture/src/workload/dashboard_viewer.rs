//! A member who reloads the dashboard during the whole run.

use std::sync::Arc;

use anyhow::ensure;
use rand::{Rng, SeedableRng, rngs::StdRng};
use reqwest::Method;
use tokio::time::{Duration, Instant, sleep};

use super::{Member, PASSWORD, TestContext};

/// Loads the dashboard and the API's list of referrals until `deadline`.
pub async fn view_dashboard(
    context: Arc<TestContext>,
    number: usize,
    seed: u64,
    deadline: Instant,
) {
    let mut rng = StdRng::seed_from_u64(seed);
    let Some(member) = context.members.get(number) else {
        return;
    };
    while Instant::now() < deadline {
        let restores = context.log.restore_count();
        if let Err(error) = view_once(&context, member, &mut rng).await {
            let reason = format!("a member: {error:#}");
            context.log.record_failure_unless_restored(restores, reason);
        }
        sleep(Duration::from_millis(rng.random_range(200..900))).await;
    }
}

async fn view_once(context: &TestContext, member: &Member, rng: &mut StdRng) -> anyhow::Result<()> {
    let user = context.new_user(member.site, rng)?;
    let form = [
        ("email", member.email.as_str()),
        ("password", PASSWORD),
        ("next", ""),
    ];
    let signed_in = user.submit_form("sign_in", &form, rng).await?;
    ensure!(
        signed_in.json["Go"].is_string(),
        "sign-in failed: {signed_in:?}"
    );
    let page = user.open_page("/dashboard", rng).await?;
    ensure!(page.status == 200, "the dashboard: {page:?}");
    let token = Some(member.token.as_str());
    let list = user
        .call_api(Method::GET, "me/referrals?limit=5", token, None, rng)
        .await?;
    ensure!(list.status == 200, "the referrals: {list:?}");
    Ok(())
}
