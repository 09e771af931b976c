//! The words of a receipt, as its page tells them. They are written when the mail is sent.

use domain::purchase::PurchaseState;
use server_core::{dates, zone::Zone};
use store::{PurchaseId, entities::purchase, purchases, sites::Site, users};

use super::{Body, Letter, Link, receipt_subject};
use crate::{
    Engine,
    purchases::{
        receipt::{Amounts, amounts},
        with_credit_used,
    },
};

/// The receipt of a purchase; `None` if there is no such purchase any more.
///
/// # Errors
/// If the database fails, or a row cannot be read.
pub async fn body(
    engine: &Engine,
    site: &Site,
    purchase_id: PurchaseId,
) -> anyhow::Result<Option<Body>> {
    let db = engine.db.reader();
    let row = purchases::by_id(db, purchase_id).await?;
    let Some(row) = row.filter(|row| row.site_id == site.id()) else {
        return Ok(None);
    };
    let Some(buyer) = users::by_id(db, site.id(), row.buyer_id).await? else {
        return Ok(None);
    };
    let row = with_credit_used(engine, site, row).await?;
    let base_url = engine.base_url(engine.db.reader(), site.id()).await?;
    let subject = receipt_subject(&row);
    let letter = Letter {
        subject: &subject,
        first_name: &buyer.first_name,
        before: vec![
            format!("Thank you for your purchase at {}.", site.row.name),
            facts(&row, &amounts(&row)?, &site.row.time_zone),
        ],
        link: Some(Link {
            label: "See your receipt",
            url: format!("{base_url}/purchases/{}", row.id),
        }),
        after: after(&row),
        site_name: &site.row.name,
        base_url: &base_url,
        unsubscribe: None,
    };
    Ok(Some(Body::of(&letter, site)?))
}

/// One line for each fact.
fn facts(row: &purchase::Model, amounts: &Amounts, zone: &Zone) -> String {
    let period = match row.kind.spends_balance() {
        true => "/month",
        false => "",
    };
    let price = row.money(row.price_cents);
    let mut lines = vec![
        format!("{}: {}", row.kind.label(), row.product_name),
        format!("Price: {price}{period}"),
    ];
    lines.extend(
        amounts
            .credit
            .map(|credit| format!("Credit used: {credit}")),
    );
    lines.extend(amounts.paid.as_ref().map(|paid| format!("Paid: {paid}")));
    lines.push(format!("Date: {}", dates::day(row.created_at, zone)));
    lines.join("\n")
}

fn after(row: &purchase::Model) -> Vec<String> {
    const UNDONE: &str =
        "This sale has since been undone. Credit that you used for it comes back to you.";
    const UNKNOWN: &str = "If your credit paid for part of it, the receipt says how much.";
    let is_undone = row.state == PurchaseState::Undone;
    let is_unknown = row.kind.spends_balance() && !row.in_person && row.credit_used_cents.is_none();
    let sentences = [is_undone.then_some(UNDONE), is_unknown.then_some(UNKNOWN)];
    sentences.into_iter().flatten().map(str::to_owned).collect()
}
