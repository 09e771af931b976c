//! The ledger. One row for each change that we ask of a Stripe balance, and never two for one
//! referral.

mod claims;

use crate::PlatformReferralId;
use crate::PlatformReferrerId;
use crate::columns::unreadable_value;
use claims::held;
use domain::credit::CreditState;
use domain::credit::StripeAmount;
use domain::{
    credit::{CreditKey, CreditProgress, Program},
    referral::FailureReason,
    stripe_keys::StripeMode,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, Set,
    sea_query::{Expr, OnConflict},
};

use super::{
    entities::credit::{ActiveModel, Column, Entity, Model},
    stripe_accounts::StripeAccount,
};
use crate::Write;
use crate::{CreditId, MemberId, ReferralId, SiteId, StripeAccountId, Timestamp};
pub use claims::{claim, overdue};

impl Model {
    /// What it is on the balance, as Stripe signs it.
    ///
    /// # Errors
    /// If the row holds a number that cannot be an amount.
    pub fn amount(&self) -> Result<StripeAmount, DbErr> {
        StripeAmount::new(self.amount_cents, *self.currency)
            .ok_or_else(|| self.unreadable("amount_cents", self.amount_cents))
    }

    fn unreadable(&self, column: &str, value: i64) -> DbErr {
        unreadable_value("credits", self.id.get(), column, &value.to_string())
    }

    /// The mode of Stripe that it was earned in; `None`: in neither.
    pub fn mode(&self) -> Option<StripeMode> {
        self.livemode.map(StripeMode::of_livemode)
    }

    /// By which referral it was earned, and who gets it; `None` for a row that names neither.
    pub fn earned(&self) -> Option<Earned> {
        let tenant = self.referral_id.zip(self.beneficiary_id);
        let platform = self.platform_referral_id.zip(self.platform_referrer_id);
        match (tenant, platform) {
            (Some((referral_id, beneficiary_id)), _) => Some(Earned::Tenant {
                referral_id,
                beneficiary_id,
            }),
            (None, Some((referral_id, referrer_id))) => Some(Earned::Platform {
                referral_id,
                referrer_id,
            }),
            (None, None) => None,
        }
    }

    /// Its key.
    pub fn key(&self) -> CreditKey {
        CreditKey::stored(self.idempotency_key.clone())
    }

    /// How far it has come.
    ///
    /// # Errors
    /// If the row holds a number that cannot be a count.
    pub fn progress(&self) -> Result<CreditProgress, DbErr> {
        let count =
            |column, value: i64| u32::try_from(value).map_err(|_| self.unreadable(column, value));
        Ok(CreditProgress {
            attempts: count("attempts", self.attempts)?,
            generation: count("key_generation", self.key_generation)?,
            first_sent_at: self.first_sent_at.map(Timestamp::moment),
            last_sent_at: self.last_sent_at.map(Timestamp::moment),
            key_is_spoilt: self.key_is_spoilt,
        })
    }
}

/// The referral that earned a credit, and who gets it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Earned {
    /// A member referred a friend.
    Tenant {
        /// Our id of the referral.
        referral_id: ReferralId,
        /// Our id of the member.
        beneficiary_id: MemberId,
    },
    /// A partner referred a subscriber.
    Platform {
        /// Our id of the platform referral.
        referral_id: PlatformReferralId,
        /// Our id of the partner.
        referrer_id: PlatformReferrerId,
    },
}

impl Earned {
    /// Which program.
    pub fn program(self) -> Program {
        match self {
            Self::Tenant { .. } => Program::Tenant,
            Self::Platform { .. } => Program::Platform,
        }
    }
}

/// A credit that somebody has earned.
pub struct NewCredit {
    /// The site of the referral.
    pub site_id: SiteId,
    /// By which referral, and who.
    pub earned: Earned,
    /// The account that holds the balance; `None` where Stripe is not connected.
    pub stripe_account_id: Option<StripeAccountId>,
    /// The mode of Stripe that it is earned in; `None`: in neither.
    pub mode: Option<StripeMode>,
    /// What it is on the balance.
    pub amount: StripeAmount,
    /// Its key.
    pub key: CreditKey,
    /// When the referral began, in milliseconds.
    pub referred_at: Timestamp,
}

/// Writes a credit as due. `None` if this referral has one already.
pub async fn insert_due(
    db: &impl Write,
    new: NewCredit,
    now: Timestamp,
) -> Result<Option<CreditId>, DbErr> {
    let key = new.key.as_str().to_owned();
    let mut row = ActiveModel {
        site_id: Set(new.site_id),
        program: Set(new.earned.program().into()),
        stripe_account_id: Set(new.stripe_account_id),
        livemode: Set(new.mode.map(StripeMode::livemode)),
        amount_cents: Set(new.amount.cents()),
        currency: Set(new.amount.currency().into()),
        idempotency_key: Set(key.clone()),
        referred_at: Set(Some(new.referred_at)),
        state: Set(CreditState::Due.into()),
        attempts: Set(0),
        key_generation: Set(1),
        key_is_spoilt: Set(false),
        next_attempt_at: Set(now),
        created_at: Set(now),
        ..Default::default()
    };
    let once = match new.earned {
        Earned::Tenant {
            referral_id,
            beneficiary_id,
        } => {
            row.referral_id = Set(Some(referral_id));
            row.beneficiary_id = Set(Some(beneficiary_id));
            Column::ReferralId
        }
        Earned::Platform {
            referral_id,
            referrer_id,
        } => {
            row.platform_referral_id = Set(Some(referral_id));
            row.platform_referrer_id = Set(Some(referrer_id));
            Column::PlatformReferralId
        }
    };
    let inserted = Entity::insert(row)
        .on_conflict(OnConflict::column(once).do_nothing().to_owned())
        .exec_without_returning(db)
        .await?;
    if inserted == 0 {
        return Ok(None);
    }
    let row = Entity::find()
        .filter(Column::IdempotencyKey.eq(key))
        .one(db)
        .await?;
    Ok(row.map(|row| row.id))
}

/// The ledger row of a member's referral, unless Stripe has confirmed it.
pub async fn unconfirmed_of_referral(
    db: &impl ConnectionTrait,
    referral_id: ReferralId,
) -> Result<Option<Model>, DbErr> {
    Entity::find()
        .filter(Column::ReferralId.eq(referral_id))
        .filter(Column::State.ne(CreditState::Issued.code()))
        .one(db)
        .await
}

/// Takes a credit out of the ledger that another takes the place of; `false` if Stripe has confirmed it
/// meanwhile. A job that is at it writes nothing more.
pub async fn delete_unconfirmed(db: &impl Write, id: CreditId) -> Result<bool, DbErr> {
    let deleted = Entity::delete_many()
        .filter(Column::Id.eq(id))
        .filter(Column::State.ne(CreditState::Issued.code()))
        .exec(db)
        .await?;
    Ok(deleted.rows_affected > 0)
}

/// The ledger row with this id.
pub async fn by_id(db: &impl ConnectionTrait, id: CreditId) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).one(db).await
}

/// What is about to be sent, and to whom.
pub struct Sending<'a> {
    /// The account.
    pub account: &'a StripeAccount,
    /// The customer.
    pub customer_id: &'a str,
    /// Which key.
    pub generation: u32,
    /// When this key was first sent, in milliseconds.
    pub first_sent_at: Timestamp,
    /// When it is sent, in milliseconds.
    pub now: Timestamp,
}

/// Writes down, before the call, what is sent; `false` if another job has taken over.
pub async fn set_sent(
    db: &impl Write,
    credit: &Model,
    sending: &Sending<'_>,
) -> Result<bool, DbErr> {
    let written = Entity::update_many()
        .col_expr(Column::StripeAccountId, Expr::value(sending.account.id))
        .col_expr(Column::Livemode, Expr::value(sending.account.livemode))
        .col_expr(
            Column::StripeAccountVersion,
            Expr::value(sending.account.version),
        )
        .col_expr(Column::StripeCustomerId, Expr::value(sending.customer_id))
        .col_expr(
            Column::KeyGeneration,
            Expr::value(i64::from(sending.generation)),
        )
        .col_expr(Column::FirstSentAt, Expr::value(sending.first_sent_at))
        .col_expr(Column::LastSentAt, Expr::value(sending.now))
        .col_expr(Column::KeyIsSpoilt, Expr::value(false))
        .filter(held(credit))
        .exec(db)
        .await?;
    Ok(written.rows_affected > 0)
}

/// What Stripe has of a credit that is on a balance.
pub struct BalanceTransaction<'a> {
    /// `cbtxn_…`.
    pub id: &'a str,
    /// Whose balance: `cus_…`.
    pub customer_id: &'a str,
    /// How much.
    pub amount: StripeAmount,
}

/// Stripe has it, by this `entry` on the customer's balance. `false` if another job wrote that first.
pub async fn set_issued(
    db: &impl Write,
    id: CreditId,
    entry: &BalanceTransaction<'_>,
    now: Timestamp,
) -> Result<bool, DbErr> {
    let written = Entity::update_many()
        .col_expr(Column::State, Expr::value(CreditState::Issued.code()))
        .col_expr(Column::StripeCustomerId, Expr::value(entry.customer_id))
        .col_expr(Column::StripeTransactionId, Expr::value(entry.id))
        .col_expr(Column::AmountCents, Expr::value(entry.amount.cents()))
        .col_expr(
            Column::Currency,
            Expr::value(entry.amount.currency().code()),
        )
        .col_expr(Column::IssuedAt, Expr::value(now))
        .col_expr(Column::FailureReason, Expr::value(Option::<String>::None))
        .col_expr(Column::ClaimedUntil, Expr::value(Option::<Timestamp>::None))
        .filter(Column::Id.eq(id))
        .filter(Column::State.ne(CreditState::Issued.code()))
        .exec(db)
        .await?;
    Ok(written.rows_affected > 0)
}

/// A call went wrong and will be made again at `next_attempt_at`; `spoilt` if Stripe stored a 5xx
/// under the key just now. `false` if another job has taken over.
pub async fn set_retry(
    db: &impl Write,
    credit: &Model,
    attempts: u32,
    spoilt: bool,
    next_attempt_at: Timestamp,
) -> Result<bool, DbErr> {
    let mut update = Entity::update_many()
        .col_expr(Column::Attempts, Expr::value(i64::from(attempts)))
        .col_expr(Column::NextAttemptAt, Expr::value(next_attempt_at))
        .col_expr(Column::ClaimedUntil, Expr::value(Option::<Timestamp>::None));
    if spoilt {
        update = update.col_expr(Column::KeyIsSpoilt, Expr::value(true));
    }
    let written = update.filter(held(credit)).exec(db).await?;
    Ok(written.rows_affected > 0)
}

/// Given up; `false` if it was issued meanwhile, or another job has taken over.
pub async fn set_failed(
    db: &impl Write,
    credit: &Model,
    attempts: u32,
    reason: &FailureReason,
    now: Timestamp,
) -> Result<bool, DbErr> {
    let reason = serde_json::to_string(reason).ok();
    let written = Entity::update_many()
        .col_expr(Column::State, Expr::value(CreditState::Failed.code()))
        .col_expr(Column::FailureReason, Expr::value(reason))
        .col_expr(Column::FailedAt, Expr::value(now))
        .col_expr(Column::Attempts, Expr::value(i64::from(attempts)))
        .col_expr(Column::ClaimedUntil, Expr::value(Option::<Timestamp>::None))
        .filter(held(credit))
        .exec(db)
        .await?;
    Ok(written.rows_affected > 0)
}
