//! The ledger (table `credits`): one row for each change that we ask of a Stripe balance. A unique
//! index for each program keeps a referral from having two.

mod announced;
mod attention;
mod books;
mod by_staff;
mod caps;
mod claims;
mod freezing;
pub mod holds;
mod moves;
mod observed;
mod refunded;
pub mod reserved;
mod reversals;
pub mod reviews;
mod spending;
pub mod traded;
mod unconfirmed;
mod waking;

use claims::{held, not_frozen};
use domain::{
    credit::{
        CreditKey, CreditKind, CreditProgress, CreditState, Program, ReviewState, Signs,
        StripeAmount,
    },
    referral::FailureReason,
    stripe_keys::StripeMode,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, QueryFilter, QueryTrait,
    Set, TryInsertResult, sea_query::Expr,
};

use super::{
    entities::credit::{ActiveModel, Column, Entity, Model},
    prepared::Prepared,
    stripe_accounts::StripeAccount,
    stripe_customers::HolderId,
};
use crate::{
    CreditId, MemberId, PlatformReferralId, PlatformReferrerId, ReferralId, Scope, SiteId,
    StripeAccountId, Timestamp, Write, columns::unreadable_value,
};
pub use announced::{Announced, announced};
pub(crate) use attention::of as in_scope;
pub use attention::{failed_in, held_since, returns_since};
pub use books::{
    BookedBalance, Earner, SumOfPeriod, applied_between, best_earners, booked, booked_rows,
    states_of, sums_of_periods,
};
pub use by_staff::{
    ByStaff, NewByStaff, by_key, by_staff, forget_reasons, insert_by_staff, restored_of,
};
pub use caps::{earned_since, take_turns};
pub use claims::{claim, overdue};
pub use freezing::{freeze, unfreeze};
pub use moves::{
    due_after, elsewhere, insert_moved_in, insert_moved_out, let_stay, origin, standing,
};
pub use observed::{Observed, insert_observed};
pub use refunded::{
    Overdraft, RefundedInvoice, insert_refund_return, insert_refunded_invoice, overdrafts,
};
pub use reversals::{
    Ledger, insert_restored, insert_restoring, insert_reversal, insert_settling, is_restoring,
    ledger, of_earned, of_referral, withdraw,
};
pub use spending::{
    LostReturn, NewDebit, all_returned, debit_of, insert_debit, insert_lost_return, insert_return,
    known_keys, of_member, of_purchase, returned_of,
};
pub use unconfirmed::{delete_unconfirmed, unconfirmed_of_referral};
pub use waking::wake;

impl Model {
    /// The change of the balance, with Stripe's sign.
    ///
    /// # Errors
    /// Fails if the row's number is not a valid amount.
    pub fn amount(&self) -> Result<StripeAmount, DbErr> {
        StripeAmount::new(self.amount_cents, *self.currency)
            .ok_or_else(|| self.unreadable("amount_cents", self.amount_cents))
    }

    fn unreadable(&self, column: &str, value: i64) -> DbErr {
        unreadable_value("credits", self.id.get(), column, &value.to_string())
    }

    /// The Stripe mode in which the credit was earned; `None` if none.
    pub fn mode(&self) -> Option<StripeMode> {
        self.livemode.map(StripeMode::of_livemode)
    }

    /// The referral that earned the credit and its referrer; `None` if the row names neither.
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

    /// Whose program the row belongs to.
    pub fn scope(&self) -> Scope {
        match *self.program {
            Program::Tenant => Scope::Site(self.site_id),
            Program::Platform => Scope::Platform,
        }
    }

    /// Whose balance the row changes; `None` if the row names nobody.
    pub fn holder(&self) -> Option<HolderId> {
        let member = self.beneficiary_id.map(HolderId::Member);
        member.or_else(|| self.platform_referrer_id.map(HolderId::PlatformReferrer))
    }

    pub fn key(&self) -> CreditKey {
        CreditKey::stored(self.idempotency_key.clone())
    }

    /// The progress of the credit on its way to Stripe.
    ///
    /// # Errors
    /// Fails if one of the row's counts is negative or too large.
    pub fn progress(&self) -> Result<CreditProgress, DbErr> {
        let count =
            |column, value: i64| u32::try_from(value).map_err(|_| self.unreadable(column, value));
        Ok(CreditProgress {
            attempts: count("attempts", self.attempts)?,
            generation: count("key_generation", self.key_generation)?,
            first_sent_at: self.first_sent_at.map(Timestamp::moment),
            last_sent_at: self.last_sent_at.map(Timestamp::moment),
            key_replays_error: self.key_replays_error,
        })
    }
}

/// The referral that earned a credit, and the referrer who receives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Earned {
    /// A member refers a friend.
    Tenant {
        referral_id: ReferralId,
        /// The referring member.
        beneficiary_id: MemberId,
    },
    /// A platform referrer refers a subscriber.
    Platform {
        referral_id: PlatformReferralId,
        referrer_id: PlatformReferrerId,
    },
}

impl Earned {
    /// The referrer, on whose balance the credit goes.
    pub fn holder(self) -> HolderId {
        match self {
            Self::Tenant { beneficiary_id, .. } => HolderId::Member(beneficiary_id),
            Self::Platform { referrer_id, .. } => HolderId::PlatformReferrer(referrer_id),
        }
    }

    pub fn program(self) -> Program {
        match self {
            Self::Tenant { .. } => Program::Tenant,
            Self::Platform { .. } => Program::Platform,
        }
    }
}

/// A credit to add to the ledger.
pub struct NewCredit {
    /// The referral's site.
    pub site_id: SiteId,
    pub earned: Earned,
    /// The account that holds the balance; `None` if Stripe is not connected.
    pub stripe_account_id: Option<StripeAccountId>,
    /// The Stripe mode in which the credit is earned; `None` if none.
    pub mode: Option<StripeMode>,
    /// The change of the balance, with Stripe's sign.
    pub amount: StripeAmount,
    pub key: CreditKey,
    /// When the referral began.
    pub referred_at: Timestamp,
    /// Until when it is on hold; `None` if it may be issued at once.
    pub held_until: Option<Timestamp>,
    /// What an admin has to look at first; `None` if nothing.
    pub review: Option<Signs>,
}

/// Adds a due credit. `None` if the referral already has a credit.
pub async fn insert_due(
    db: &impl Write,
    new: NewCredit,
    now: Timestamp,
) -> Result<Option<CreditId>, DbErr> {
    let mut row = ActiveModel {
        site_id: Set(new.site_id),
        program: Set(new.earned.program().into()),
        kind: Set(CreditKind::Earned.into()),
        stripe_account_id: Set(new.stripe_account_id),
        livemode: Set(new.mode.map(StripeMode::livemode)),
        amount_cents: Set(new.amount.cents()),
        currency: Set(new.amount.currency().into()),
        idempotency_key: Set(new.key.as_str().to_owned()),
        referred_at: Set(Some(new.referred_at)),
        held_until: Set(new.held_until),
        review: Set(new.review.as_ref().map(|_| ReviewState::Waiting.into())),
        review_signs: Set(new.review.map(Into::into)),
        next_attempt_at: Set(new.held_until.unwrap_or(now)),
        ..due(now)
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
        .on_conflict_do_nothing_on([once])
        .exec(db)
        .await?;
    Ok(match inserted {
        TryInsertResult::Inserted(inserted) => Some(inserted.last_insert_id),
        TryInsertResult::Empty | TryInsertResult::Conflicted => None,
    })
}

/// A row that waits for its first attempt.
fn due(now: Timestamp) -> ActiveModel {
    ActiveModel {
        state: Set(CreditState::Due.into()),
        attempts: Set(0),
        key_generation: Set(1),
        key_replays_error: Set(false),
        next_attempt_at: Set(now),
        created_at: Set(now),
        ..Default::default()
    }
}

pub async fn by_id(db: &impl ConnectionTrait, id: CreditId) -> Result<Option<Model>, DbErr> {
    static FIND: Prepared = Prepared::new();
    let find = FIND.with(db.get_database_backend(), vec![id.into()], || {
        Entity::find_by_id(id).into_query()
    });
    Model::find_by_statement(find).one(db).await
}

/// The request that is about to be sent to Stripe, to be stored first.
pub struct Sending<'a> {
    pub account: &'a StripeAccount,
    /// The customer: `cus_…`.
    pub customer_id: &'a str,
    /// The generation of the idempotency key, from 1.
    pub generation: u32,
    /// When this idempotency key was first sent.
    pub first_sent_at: Timestamp,
    /// When the request is sent.
    pub now: Timestamp,
}

/// Records a request before it is sent; `false` if another job holds the credit now, it was frozen since it
/// was claimed, or it is under review.
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
        .col_expr(Column::KeyReplaysError, Expr::value(false))
        .filter(held(credit))
        .filter(not_frozen())
        .filter(reviews::not_waiting())
        .exec(db)
        .await?;
    Ok(written.rows_affected > 0)
}

/// The balance transaction of an issued credit.
pub struct BalanceTransaction<'a> {
    /// `cbtxn_…`.
    pub id: &'a str,
    /// The customer of the balance: `cus_…`.
    pub customer_id: &'a str,
    /// The change of the balance, with Stripe's sign.
    pub amount: StripeAmount,
}

/// Records that Stripe has the credit as balance transaction `entry`. `false` if that was recorded
/// before.
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

/// Schedules another attempt at `next_attempt_at` after a failed one. `replays` says that Stripe now
/// replays an error for the idempotency key. `false` if another job holds the credit now.
pub async fn set_retry(
    db: &impl Write,
    credit: &Model,
    attempts: u32,
    replays: bool,
    next_attempt_at: Timestamp,
) -> Result<bool, DbErr> {
    let mut update = Entity::update_many()
        .col_expr(Column::Attempts, Expr::value(i64::from(attempts)))
        .col_expr(Column::NextAttemptAt, Expr::value(next_attempt_at))
        .col_expr(Column::ClaimedUntil, Expr::value(Option::<Timestamp>::None));
    if replays {
        update = update.col_expr(Column::KeyReplaysError, Expr::value(true));
    }
    let written = update.filter(held(credit)).exec(db).await?;
    Ok(written.rows_affected > 0)
}

/// Records that we gave up; `false` if the credit was issued meanwhile or another job holds it now.
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
