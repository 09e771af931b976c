//! Updates the referral behind a credit, in either program.

use domain::{credit::ReversalCause, money::Money, referral::FailureReason};
use sea_orm::DbErr;
use store::{
    Timestamp, Write,
    credits::Earned,
    entities::{platform_referral, referral},
    referral_adjustments::{self as adjustments, TakenBack},
    referral_outcomes as outcomes,
    referral_table::Common,
};

/// What a locked referral says of its credit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Its ledger has to be compared with what became of the purchase, once this is recorded.
    pub adjust_due: bool,
    /// What was taken back, or is on its way, in cents.
    pub taken: i64,
    pub shortfall: i64,
    pub cause: Option<ReversalCause>,
}

impl From<Common<'_>> for Standing {
    fn from(row: Common<'_>) -> Self {
        Self {
            adjust_due: row.adjust_due,
            taken: row.taken_back_cents.unwrap_or(0),
            shortfall: row.shortfall_cents,
            cause: row.taken_back_for,
        }
    }
}

/// Locks the referral until the transaction ends. Call it before the credit is locked, in the same
/// order as `decide`: with the opposite order two transactions could deadlock.
pub async fn lock(db: &impl Write, earned: Option<Earned>) -> Result<Standing, DbErr> {
    use store::referral_table::Listed;

    Ok(match earned {
        Some(Earned::Tenant { referral_id, .. }) => {
            let row = adjustments::lock::<referral::Entity>(db, referral_id).await?;
            row.map(|row| referral::Entity::common(&row).into())
        }
        Some(Earned::Platform { referral_id, .. }) => {
            let row = adjustments::lock::<platform_referral::Entity>(db, referral_id).await?;
            row.map(|row| platform_referral::Entity::common(&row).into())
        }
        None => None,
    }
    .unwrap_or_default())
}

/// Records that this much of what a reversal took was not there, and so is missing.
pub async fn fell_short(
    db: &impl Write,
    earned: Earned,
    standing: Standing,
    missing: Money,
) -> Result<(), DbErr> {
    let taken = TakenBack {
        cents: Some(standing.taken - missing.cents()),
        shortfall_cents: standing.shortfall + missing.cents(),
        cause: standing.cause,
    };
    match earned {
        Earned::Tenant { referral_id, .. } => {
            adjustments::set_taken::<referral::Entity>(db, referral_id, taken).await
        }
        Earned::Platform { referral_id, .. } => {
            adjustments::set_taken::<platform_referral::Entity>(db, referral_id, taken).await
        }
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
