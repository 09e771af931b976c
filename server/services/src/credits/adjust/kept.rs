//! Another purchase of the same friend that keeps the credit of one that is undone.

use anyhow::Context;
use domain::{
    credit::{hold_of_another, keeps_credit},
    purchase::left_to_pay,
    refund::PartialRefunds,
};
use sea_orm::DatabaseTransaction;
use store::{
    ReferralId, Timestamp, credits as rows,
    entities::{credit, purchase},
    paid::PaidRow,
    purchases, referrals, sites,
};

use super::payment_of;

/// Leaves the credit where it is if another purchase of the friend would have earned it: the referral
/// is then for that one, and so is a hold. The caller holds the locks of the purchase and of the referral.
///
/// # Errors
/// If the database fails, or a row cannot be read.
pub async fn kept_by_another(
    tx: &DatabaseTransaction,
    referral_id: ReferralId,
    credit: &credit::Model,
    purchase: &purchase::Model,
    (partial, now): (PartialRefunds, Timestamp),
) -> anyhow::Result<Option<purchase::Model>> {
    let site = sites::by_id(tx, purchase.site_id).await?;
    let site = site.context("the site of a purchase, with its settings")?;
    let least = site.settings.terms()?.least;
    let given = credit.amount()?.in_favor();
    let waits_until = credit.waits_until(now);
    for other in purchases::others_paid(tx, purchase).await? {
        // Paid in another currency, it earns nothing.
        let Some(total) = other.paid_cents else {
            continue;
        };
        // What the balance paid of a membership may not be known yet.
        if other.kind.spends_balance() && other.credit_used_cents.is_none() {
            continue;
        }
        let used = other.money(other.credit_used_cents.unwrap_or(0));
        let paid = left_to_pay(other.money(total), used).context("credit of the total at most")?;
        let payment = payment_of(&PaidRow::Tenant(other.clone()), false, waits_until);
        let stands = payment.is_some_and(|payment| payment.stands(given, partial));
        if stands && keeps_credit(paid, least, other.mode(), credit.mode()) {
            referrals::set_purchase(tx, referral_id, &other).await?;
            hold_for(tx, credit, purchase, &other).await?;
            return Ok(Some(other));
        }
    }
    Ok(None)
}

/// Lets the hold of a credit run from the payment of `other`, which keeps it.
async fn hold_for(
    tx: &DatabaseTransaction,
    credit: &credit::Model,
    purchase: &purchase::Model,
    other: &purchase::Model,
) -> anyhow::Result<()> {
    let Some(end) = credit.held_until else {
        return Ok(());
    };
    let paid = purchase.paid_at.zip(other.paid_at);
    let (first, later) = paid.context("when paid purchases were paid")?;
    let end = hold_of_another(end.moment(), first.moment(), later.moment());
    Ok(rows::holds::hold_until(tx, credit.id, end.into()).await?)
}
