//! An event about a Checkout session of the platform's own account: a subscription.

use app::types::SiteKind;
use domain::{CheckoutNews, Program};
use sea_orm::DatabaseTransaction;

use super::{
    Arrival, Handled,
    event::{CheckoutSession, Reference},
};
use crate::{
    db::sites,
    services::{
        platform_sales::{self, Told},
        subscriptions::metadata,
    },
};

/// Tells the subscription of the event's session the `news`.
///
/// # Errors
/// If the database fails.
pub async fn apply(
    tx: &DatabaseTransaction,
    arrival: Arrival,
    session: &CheckoutSession,
    session_id: &str,
    news: CheckoutNews,
) -> anyhow::Result<Handled> {
    if session.metadata(metadata::PROGRAM) != Some(Program::Platform.code()) {
        return Ok(Handled::nothing("not a subscription that we sold"));
    }
    let key = session.metadata(metadata::BRAND).unwrap_or_default();
    let brand = sites::by_key(tx, key).await?;
    let Some(brand) = brand.filter(|site| site.kind() == SiteKind::Platform) else {
        return Ok(Handled::nothing(format!("there is no brand {key:?}")));
    };
    let clicked_at = session.metadata(metadata::CLICKED_AT);
    let told = Told {
        site_id: brand.id(),
        stripe_account_id: arrival.stripe_account_id,
        session_id,
        plan: session.metadata(metadata::PLAN).unwrap_or_default(),
        code: session.metadata(metadata::CODE),
        clicked_at: clicked_at.and_then(|at| at.parse().ok()),
        email: session.email(),
        currency: session.currency.as_deref(),
        total_cents: session.amount_total,
        subscription_id: session.subscription.as_ref().map(Reference::id),
        news,
        now_ms: arrival.now_ms,
    };
    let recorded = platform_sales::record(tx, &told).await?;
    Ok(Handled {
        outcome: recorded.outcome,
        job: recorded.job,
    })
}
