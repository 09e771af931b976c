//! Deletes the coupons of ended sessions at Stripe, so that they do not pile up there. Nothing waits
//! for it: a coupon is for one use, in one session.

use domain::{
    credit::{Program, StripeError},
    money::{Currency, Money},
};
use store::{StripeAccountId, checkout_sessions};
use stripe_gateway::NewCoupon;

use super::retrieve::connection_of;
use crate::{Engine, stripe_customers::Connection};

/// The most coupons of one account that one sweep deletes.
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

/// Deletes what the sessions that have ended left, account by account. An account's turn ends with the
/// first coupon that cannot be deleted now, and the next sweep tries it again: its key may be gone, and
/// no other account waits for that.
///
/// # Errors
/// If the database fails.
pub async fn delete_coupons(engine: &Engine) -> anyhow::Result<()> {
    for account in checkout_sessions::accounts_with_coupons_left(engine.db.reader()).await? {
        delete_those_of(engine, account).await?;
    }
    Ok(())
}

async fn delete_those_of(engine: &Engine, account: StripeAccountId) -> anyhow::Result<()> {
    let db = engine.db.reader();
    for session in checkout_sessions::with_coupons_left(db, account, AT_ONCE).await? {
        let (Some(coupon), Some(connection)) =
            (&session.coupon, connection_of(engine, &session).await?)
        else {
            return Ok(());
        };
        let deleted = connection.gateway.delete_coupon(coupon).await;
        if let Err(error) = &deleted {
            tracing::warn!(
                session = session.id.get(),
                ?error,
                "a coupon was not deleted"
            );
        }
        match deleted {
            // It would be refused again, and it is for one use, in a session that is over.
            Ok(()) | Err(StripeError::Refused(_)) => {
                checkout_sessions::coupon_deleted(engine.db.writer(), session.id).await?;
            }
            Err(_) => return Ok(()),
        }
    }
    Ok(())
}
