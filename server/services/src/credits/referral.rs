//! Updates the referral behind a credit, in either program.

use domain::{money::Money, referral::FailureReason};
use sea_orm::DbErr;
use store::{
    Timestamp, Write,
    credits::Earned,
    entities::{platform_referral, referral},
    referral_outcomes as outcomes,
};

/// Locks the referral until the transaction ends. Call it before the credit is locked, in the same
/// order as `decide`: with the opposite order two transactions could deadlock.
pub async fn lock(db: &impl Write, earned: Option<Earned>) -> Result<(), DbErr> {
    match earned {
        Some(Earned::Tenant { referral_id, .. }) => {
            outcomes::lock::<referral::Entity>(db, referral_id).await
        }
        Some(Earned::Platform { referral_id, .. }) => {
            outcomes::lock::<platform_referral::Entity>(db, referral_id).await
        }
        None => Ok(()),
    }
}

/// Records that Stripe has the credit.
pub async fn set_credited(
    db: &impl Write,
    earned: Option<Earned>,
    credit: Money,
    now: Timestamp,
) -> Result<(), DbErr> {
    match earned {
        Some(Earned::Tenant { referral_id, .. }) => {
            outcomes::set_credited::<referral::Entity>(db, referral_id, credit, now).await
        }
        Some(Earned::Platform { referral_id, .. }) => {
            outcomes::set_credited::<platform_referral::Entity>(db, referral_id, credit, now).await
        }
        None => Ok(()),
    }
}

/// Records why the credit could not be applied.
pub async fn set_failed(
    db: &impl Write,
    earned: Option<Earned>,
    reason: &FailureReason,
) -> Result<(), DbErr> {
    match earned {
        Some(Earned::Tenant { referral_id, .. }) => {
            outcomes::set_failed::<referral::Entity>(db, referral_id, reason).await
        }
        Some(Earned::Platform { referral_id, .. }) => {
            outcomes::set_failed::<platform_referral::Entity>(db, referral_id, reason).await
        }
        None => Ok(()),
    }
}
