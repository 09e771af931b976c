//! The referral whose credit is adjusted, of either program.

use domain::credit::ReversalCause;
use sea_orm::{DatabaseTransaction, DbErr};
use store::{
    PurchaseId, Write,
    credits::Earned,
    entities::{platform_referral, referral},
    paid::PaidRow,
    platform_referrals,
    referral_adjustments::{self as adjustments, TakenBack},
    referral_table::Listed,
    referrals,
};

/// A referral that the transaction has locked.
pub struct Subject {
    pub earned: Earned,
    /// It failed for good, and waits for no purchase.
    pub is_over: bool,
    pub voided: bool,
    /// What was taken back of its credit, or is on its way, in cents.
    pub taken: i64,
    pub shortfall: i64,
    pub cause: Option<ReversalCause>,
    pub adjust_due: bool,
    /// The purchase that earned the credit, of a member's referral.
    pub purchase_id: Option<PurchaseId>,
}

impl Subject {
    /// Whether this purchase earned its credit.
    pub fn is_for(&self, row: &PaidRow) -> bool {
        match row {
            PaidRow::Tenant(purchase) => self.purchase_id == Some(purchase.id),
            // Each subscription has a referral of its own.
            PaidRow::Platform(_) => true,
        }
    }

    fn of<E: Listed>(row: &E::Model, earned: Earned, purchase_id: Option<PurchaseId>) -> Self {
        let common = E::common(row);
        Self {
            earned,
            is_over: common
                .failure_reason
                .is_some_and(|reason| !reason.can_be_retried()),
            voided: common.voided_at.is_some(),
            taken: common.taken_back_cents.unwrap_or(0),
            shortfall: common.shortfall_cents,
            cause: common.taken_back_for,
            adjust_due: common.adjust_due,
            purchase_id,
        }
    }

    fn of_member(row: &referral::Model) -> Self {
        let earned = Earned::Tenant {
            referral_id: row.id,
            beneficiary_id: row.referrer_id,
        };
        Self::of::<referral::Entity>(row, earned, row.purchase_id)
    }

    fn of_platform(row: &platform_referral::Model) -> Self {
        let earned = Earned::Platform {
            referral_id: row.id,
            referrer_id: row.referrer_id,
        };
        Self::of::<platform_referral::Entity>(row, earned, None)
    }
}

/// The buyer's referral, locked; `None` if nobody referred them.
pub async fn lock(tx: &DatabaseTransaction, row: &PaidRow) -> Result<Option<Subject>, DbErr> {
    Ok(match row {
        PaidRow::Tenant(purchase) => {
            let referral =
                referrals::lock_of_referred(tx, purchase.site_id, purchase.buyer_id).await?;
            referral.as_ref().map(Subject::of_member)
        }
        PaidRow::Platform(purchase) => {
            let referral = platform_referrals::lock_of(tx, purchase.id).await?;
            referral.as_ref().map(Subject::of_platform)
        }
    })
}

/// This referral, locked.
pub async fn of(tx: &DatabaseTransaction, earned: Earned) -> Result<Option<Subject>, DbErr> {
    Ok(match earned {
        Earned::Tenant { referral_id, .. } => {
            let row = adjustments::lock::<referral::Entity>(tx, referral_id).await?;
            row.as_ref().map(Subject::of_member)
        }
        Earned::Platform { referral_id, .. } => {
            let row = adjustments::lock::<platform_referral::Entity>(tx, referral_id).await?;
            row.as_ref().map(Subject::of_platform)
        }
    })
}

pub async fn set_due(db: &impl Write, earned: Earned, due: bool) -> Result<(), DbErr> {
    match earned {
        Earned::Tenant { referral_id, .. } => {
            adjustments::set_due::<referral::Entity>(db, referral_id, due).await
        }
        Earned::Platform { referral_id, .. } => {
            adjustments::set_due::<platform_referral::Entity>(db, referral_id, due).await
        }
    }
}

pub async fn set_taken(db: &impl Write, earned: Earned, taken: TakenBack) -> Result<(), DbErr> {
    match earned {
        Earned::Tenant { referral_id, .. } => {
            adjustments::set_taken::<referral::Entity>(db, referral_id, taken).await
        }
        Earned::Platform { referral_id, .. } => {
            adjustments::set_taken::<platform_referral::Entity>(db, referral_id, taken).await
        }
    }
}

/// The referral waits for another purchase.
pub async fn set_pending(db: &impl Write, earned: Earned) -> Result<(), DbErr> {
    match earned {
        Earned::Tenant { referral_id, .. } => referrals::set_pending(db, referral_id).await,
        Earned::Platform { referral_id, .. } => {
            platform_referrals::set_pending(db, referral_id).await
        }
    }
}
