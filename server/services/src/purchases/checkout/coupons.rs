//! Deletes the coupons of ended sessions at Stripe, so that they do not pile up there. Nothing waits
//! for it: a coupon is for one use, in one session.

use store::checkout_sessions;

use super::retrieve::connection_of;
use crate::Engine;

/// The most coupons that one sweep deletes.
const AT_ONCE: u64 = 100;

/// Deletes what the sessions that have ended left. A coupon that cannot be deleted now is tried
/// again by the next sweep.
///
/// # Errors
/// If the database fails.
pub async fn delete_coupons(engine: &Engine) -> anyhow::Result<()> {
    let ended = checkout_sessions::with_coupons_left(engine.db.reader(), AT_ONCE).await?;
    for session in ended {
        let (Some(coupon), Some(connection)) =
            (&session.coupon, connection_of(engine, &session).await?)
        else {
            continue;
        };
        match connection.gateway.delete_coupon(coupon).await {
            Ok(()) => checkout_sessions::coupon_deleted(engine.db.writer(), session.id).await?,
            Err(error) => {
                tracing::warn!(
                    session = session.id.get(),
                    ?error,
                    "a coupon was not deleted"
                );
            }
        }
    }
    Ok(())
}
