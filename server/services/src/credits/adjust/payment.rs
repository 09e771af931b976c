//! What became of a purchase, as the rule about its credit asks for it.

use anyhow::Context;
use domain::{
    purchase::{PurchaseState, ended_in_hold},
    refund::{PartialRefunds, Payment},
};
use sea_orm::ConnectionTrait;
use store::{Scope, Timestamp, paid::PaidRow, platform_settings, sites};

/// What became of the purchase; `None` if it was not paid in its own currency, and so earned nothing.
/// `voided` says that its referral was, `held_until` how long the credit is on hold.
pub fn payment_of(row: &PaidRow, voided: bool, held_until: Option<Timestamp>) -> Option<Payment> {
    let price = row.price()?;
    Some(Payment {
        refunded: row.money(row.refunded_cents()),
        returned: row.money(row.refunded_credit_cents()),
        pending: row.money(row.pending_cents()),
        dispute: row.dispute(),
        undone: row.state() == PurchaseState::Undone,
        voided,
        ended_in_hold: ended_in_hold(
            row.subscription_ended_at().map(Timestamp::moment),
            held_until.map(Timestamp::moment),
        ),
        ..Payment::whole(price)
    })
}

/// What a refund of a part takes back, by the present setting.
///
/// # Errors
/// If the database fails.
pub async fn partial_refunds(
    db: &impl ConnectionTrait,
    scope: Scope,
) -> anyhow::Result<PartialRefunds> {
    let in_proportion = match scope {
        Scope::Site(site_id) => {
            let site = sites::by_id(db, site_id).await?;
            let site = site.context("the site of a purchase, with its settings")?;
            site.settings.partial_refunds_reverse
        }
        Scope::Platform => platform_settings::get(db).await?.partial_refunds_reverse,
    };
    Ok(PartialRefunds::of_setting(in_proportion))
}
