//! Whether a referrer has earned as many credits as the program gives in a period (`docs/rules.md` 135).

use anyhow::Context;
use domain::{credit::Cap, stripe_keys::StripeMode};
use sea_orm::DatabaseTransaction;
use store::{
    SiteId, Timestamp,
    credits::{self, Earned},
    sites,
};

/// Whether the referrer of `earned` earned as many credits as `cap` allows, without the one that `earned`
/// names. The caller has taken the referrer's turn. A calendar year is that of the site where the friend
/// bought.
///
/// # Errors
/// If the database fails.
pub async fn is_reached(
    tx: &DatabaseTransaction,
    cap: Option<Cap>,
    site_id: SiteId,
    (earned, mode): (Earned, Option<StripeMode>),
    now: Timestamp,
) -> anyhow::Result<bool> {
    let Some(cap) = cap else {
        return Ok(false);
    };
    let site = sites::by_id(tx, site_id).await?;
    let zone = site.context("the site of a purchase")?.row.time_zone;
    let year = Timestamp::from_millis(zone.begin_of_year(now.moment()));
    let year = year.context("the beginning of a year")?;
    let since = cap.period.began(now.moment(), year.moment()).into();
    let count = credits::earned_since(tx, earned, mode, since, cap.credits).await?;
    Ok(cap.is_reached(count))
}
