//! Members pay with the credit that their referrals have earned, in the app: for tickets, courses and
//! shop items.

use anyhow::bail;
use rand::{rngs::StdRng, seq::IndexedRandom};
use reqwest::Method;
use serde_json::json;

use super::{
    MAX_ATTEMPTS, PASSWORD, TestContext, checkout::finish_checkout, member::required_text,
};

/// Signs in and buys something with credit.
pub async fn run(context: &TestContext, rng: &mut StdRng) -> anyhow::Result<()> {
    let Some(member) = context.members.choose(rng) else {
        return Ok(());
    };
    let user = context.new_user(member.site, rng)?;
    let credentials = json!({ "email": member.email, "password": PASSWORD });
    let login = user
        .call_api(Method::POST, "auth/login", None, Some(&credentials), rng)
        .await?;
    let token = required_text(&login.json["token"])?;
    let products = member.products.iter();
    let others: Vec<_> = products
        .filter(|id| !member.memberships.contains(id))
        .collect();
    let wanted = json!({ "product_id": others.choose(rng), "use_credit": true });
    for _ in 0..MAX_ATTEMPTS {
        let response = user
            .call_api(Method::POST, "purchases", Some(&token), Some(&wanted), rng)
            .await?;
        let kind = response.json["type"].as_str().unwrap_or_default();
        match response.status.as_u16() {
            201 => {
                let url = required_text(&response.json["checkout_url"])?;
                context.log.record_credit_purchase();
                // What credit covers leads to the receipt, and so does a page that was paid before.
                if !url.contains("/purchases/") {
                    finish_checkout(context, &url, None, rng).await?;
                }
                return Ok(());
            }
            409 if kind.ends_with(":payments-not-connected") => user.wait_before_retry(rng).await,
            _ => bail!("the purchase with credit failed: {response:?}"),
        }
    }
    bail!("nothing could be bought with credit in {MAX_ATTEMPTS} attempts")
}
