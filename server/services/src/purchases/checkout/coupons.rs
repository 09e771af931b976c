//! Deletes the coupons of ended sessions at Stripe, so that they do not pile up there. Nothing waits
//! for it: a coupon is for one use, in one session.

use domain::{
    credit::{Program, StripeError},
    money::{Currency, Money},
};
use store::checkout_sessions;
use stripe_gateway::NewCoupon;

use super::retrieve::connection_of;
use crate::{Engine, stripe_customers::Connection};

/// The most coupons that one sweep deletes.
const AT_ONCE: u64 = 100;

/// How long a coupon of a test can be used, should it not be deleted, in seconds.
const TRIED_FOR: i64 = 60 * 60;

/// Creates a coupon of the least amount and deletes it, to see whether the key may: with coupons members
/// use their credit. What Stripe says is noted.
///
/// # Errors
/// What Stripe answered to its creation.
pub async fn try_coupons(
    engine: &Engine,
    connection: &Connection,
    currency: Currency,
) -> Result<(), StripeError> {
    let id = engine.random.token();
    let coupon = NewCoupon {
        id: &id,
        amount: Money::new(1, currency),
        name: Program::Tenant.description(),
        redeem_by: engine.now().moment().unix_timestamp() + TRIED_FOR,
    };
    let created = connection.gateway.create_coupon(coupon).await;
    connection.note_coupon(engine, created.as_ref()).await;
    created?;
    if let Err(error) = connection.gateway.delete_coupon(&id).await {
        tracing::warn!(?error, "the coupon of a test was not deleted");
    }
    Ok(())
}

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
