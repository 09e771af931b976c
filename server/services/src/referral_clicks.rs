//! Clicks on members' referral links: counted in memory, and written as sums (`docs/rules.md` 197). A page that is
//! opened writes nothing.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use domain::sharing::{Reached, reached};
use sea_orm::DbErr;
use store::{MemberId, Reader, SiteId, deletions, referral_clicks};

pub use store::referral_clicks::{ClickKey, days};

use crate::Engine;

/// What this process counted and has not written yet; cheap to clone. A process that is killed loses it.
#[derive(Clone, Debug, Default)]
pub struct ReferralClicks(Arc<Mutex<BTreeMap<ClickKey, i64>>>);

impl ReferralClicks {
    /// Counts one click.
    pub fn count(&self, key: ClickKey) {
        *self.waiting().entry(key).or_default() += 1;
    }

    /// Writes what was counted since the last time, in one transaction. What cannot be written waits for the next
    /// time.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn flush(&self, engine: &Engine) -> Result<(), DbErr> {
        let counted = std::mem::take(&mut *self.waiting());
        if counted.is_empty() {
            return Ok(());
        }
        let written = write(engine, &counted).await;
        if written.is_err() {
            let mut waiting = self.waiting();
            for (key, clicks) in counted {
                *waiting.entry(key).or_default() += clicks;
            }
        }
        written
    }

    fn waiting(&self) -> MutexGuard<'_, BTreeMap<ClickKey, i64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// In the order of the keys, so that two processes do not wait for each other.
async fn write(engine: &Engine, counted: &BTreeMap<ClickKey, i64>) -> Result<(), DbErr> {
    let tx = engine.db.begin().await?;
    for (key, clicks) in counted {
        // Whose account is being deleted leaves nothing behind, and no deletion begins meanwhile.
        let referrer = deletions::lock_staying(&tx, key.site_id, key.referrer_id).await?;
        if referrer.is_some() {
            referral_clicks::add(&tx, *key, *clicks).await?;
        }
    }
    tx.commit().await
}

/// How many opened the member's link on each channel, as far as it is written, and how many joined.
///
/// # Errors
/// If the database fails, or a row cannot be read.
pub async fn of_referrer(
    db: &Reader,
    site_id: SiteId,
    referrer_id: MemberId,
) -> Result<Vec<Reached>, DbErr> {
    let clicks = referral_clicks::of_referrer(db, site_id, referrer_id).await?;
    let joined = referral_clicks::joined(db, site_id, referrer_id).await?;
    Ok(reached(&clicks, &joined))
}
