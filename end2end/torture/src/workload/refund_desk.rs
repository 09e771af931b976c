//! An admin refunds orders in the console, whole or in part, and sets the terms of a program.

use anyhow::ensure;
use rand::{Rng, rngs::StdRng, seq::IndexedRandom};

use super::{TestContext, desk::Desk};
use crate::demo::{BRANDS, TENANTS};

/// Refunds one of the newest orders of a tenant, or of the platform's brands. Stripe, or a purchase that is not
/// refundable any more, may refuse.
pub async fn run(context: &TestContext, rng: &mut StdRng) -> anyhow::Result<()> {
    let of_platform = rng.random_range(0..3) == 0;
    let (site, program, orders) = match of_platform {
        true => (BRANDS[0], "platform", "/admin/orders?tab=platform"),
        false => {
            let site = TENANTS.choose(rng).copied().unwrap_or(TENANTS[0]);
            (site, "tenant", "/admin/orders")
        }
    };
    let desk = Desk::open(context, site, rng).await?;
    let orders = desk.open_page(orders, rng).await?;
    let paths: Vec<&str> = refunds_on(&orders.text).collect();
    let Some(path) = paths.choose(rng) else {
        return Ok(());
    };
    let page = desk.open_page(path, rng).await?;
    let field = |name: &str| value_of(&page.text, name);
    let (Some(number), Some(token), Some(all)) = (field("number"), field("token"), field("amount"))
    else {
        return Ok(());
    };
    let all: i64 = all.parse()?;
    let amount = match rng.random() {
        true => all,
        false => rng.random_range(1..=all),
    };
    let amount = amount.to_string();
    let ending = ["now", "at_period_end", "keep"].choose(rng).copied();
    let form = [
        ("program", program),
        ("number", number),
        ("amount", &amount),
        ("reason", "They could not come"),
        ("ending", ending.unwrap_or("now")),
        ("token", token),
    ];
    let refunded = desk.submit("refund_order", &form, rng).await?;
    let is_done = refunded.json["Done"].is_string();
    ensure!(
        is_done || refunded.json["Refused"].is_object(),
        "an order was not refunded: {refunded:?}"
    );
    if is_done {
        context.log.record_refund();
        if of_platform {
            context.log.record_plan_refund();
        }
    }
    Ok(())
}

/// Sets a hold of a day on a site, before anything is bought.
pub async fn set_hold(context: &TestContext, site: &str, rng: &mut StdRng) -> anyhow::Result<()> {
    let desk = Desk::open(context, site, rng).await?;
    let page = desk.open_page("/admin/settings?tab=rewards", rng).await?;
    let terms = [
        ("program", "tenant"),
        ("hold_days", "1"),
        ("least_purchase", "0"),
        ("cap_credits", ""),
        (
            "version",
            value_of(&page.text, "version").unwrap_or_default(),
        ),
    ];
    let saved = desk.submit("save_terms", &terms, rng).await?;
    ensure!(saved.json["Done"].is_string(), "the hold: {saved:?}");
    Ok(())
}

/// The pages that refund the orders of a list.
fn refunds_on(page: &str) -> impl Iterator<Item = &str> {
    let links = page.split("href=\"").skip(1);
    let links = links.filter_map(|link| link.split('"').next());
    links.filter(|link| {
        let path = link.split('?').next().unwrap_or_default();
        path.starts_with("/admin/orders/") && path.ends_with("/refund")
    })
}

/// The value of the first field of a page with this name.
fn value_of<'a>(page: &'a str, name: &str) -> Option<&'a str> {
    let tags = page.split("<input ").skip(1);
    let tags = tags.filter_map(|tag| tag.split('>').next());
    let mut named = tags.filter(|tag| tag.contains(&format!("name=\"{name}\"")));
    let (_, value) = named.next()?.split_once("value=\"")?;
    value.split('"').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_and_links_are_read() {
        let page = "<a href=\"/admin/orders/7/refund\">Refund</a><a href=\"/admin/orders/7\">7</a>\
                    <a href=\"/admin/orders/8/refund?tab=platform\">Refund</a>\
                    <input type=\"hidden\" name=\"token\" value=\"t1\"><input value=\"4500\" name=\"amount\">";
        assert_eq!(
            refunds_on(page).collect::<Vec<_>>(),
            [
                "/admin/orders/7/refund",
                "/admin/orders/8/refund?tab=platform"
            ]
        );
        assert_eq!(value_of(page, "token"), Some("t1"));
        assert_eq!(value_of(page, "amount"), Some("4500"));
        assert_eq!(value_of(page, "number"), None);
    }
}
