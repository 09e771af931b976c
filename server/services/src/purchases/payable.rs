//! Where purchases that wait for their buyer can be paid.

use std::collections::HashMap;

use anyhow::Context;
use domain::purchase::PurchaseState;
use store::{PurchaseId, SiteId, checkout_sessions, entities::purchase};
use time::OffsetDateTime;

use super::checkout::row::asked_for;
use crate::Engine;

/// Stripe's page for a purchase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenPage {
    pub url: String,
    /// When it closes, where we asked for a time; otherwise it is about a day after it was opened.
    pub closes_at: Option<OffsetDateTime>,
}

/// The pages on which these purchases of the site can be paid, as far as we know.
///
/// # Errors
/// If the database fails, or a stored request cannot be read.
pub async fn open_pages(
    engine: &Engine,
    site_id: SiteId,
    purchases: &[purchase::Model],
) -> anyhow::Result<HashMap<PurchaseId, OpenPage>> {
    let open = purchases
        .iter()
        .filter(|purchase| *purchase.state == PurchaseState::Open)
        .map(|purchase| purchase.id);
    let rows = checkout_sessions::open_of_purchases(engine.db.reader(), site_id, open).await?;
    let mut pages = HashMap::new();
    for row in rows {
        let closes_at = asked_for(&row)?.and_then(|asked| asked.expires_at);
        let closes_at = closes_at.map(OffsetDateTime::from_unix_timestamp);
        let closes_at = closes_at.transpose().context("when a page closes")?;
        if let (Some(id), Some(url)) = (row.purchase_id, row.url) {
            pages.insert(id, OpenPage { url, closes_at });
        }
    }
    Ok(pages)
}
