//! Credits under review (`docs/rules.md` 163 to 172): nothing is posted before an admin approves.

use domain::credit::{CreditState, ReviewState};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, ExprTrait, QueryFilter,
    QueryOrder, QuerySelect, sea_query::Expr,
};
use time::Duration;

use super::{Earned, attention::of};
use crate::{
    CreditId, Paid, Scope, Timestamp, Write,
    entities::{
        credit::{Column, Entity, Model},
        platform_referral, referral,
    },
};

impl Model {
    /// Whether a person has to decide before it is issued.
    pub fn is_under_review(&self) -> bool {
        *self.state == CreditState::Due
            && domain::credit::is_under_review(self.review.as_deref().copied())
    }

    /// Until when what becomes of its purchase is as if it were on hold: as long as a person has not decided,
    /// that is longer than `now`.
    pub fn waits_until(&self, now: Timestamp) -> Option<Timestamp> {
        if !self.is_under_review() || self.first_sent_at.is_some() {
            return self.held_until;
        }
        // Stripe's clock may be ahead of ours.
        let open = now + Duration::DAY;
        Some(self.held_until.map_or(open, |end| Ord::max(end, open)))
    }
}

/// The credits of this scope that wait for a person, the oldest first.
///
/// # Errors
/// If the database fails, or a row cannot be read.
pub async fn under_review(
    db: &impl ConnectionTrait,
    scope: Scope,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(of(scope))
        .filter(waiting())
        .order_by_asc(Column::Id)
        .limit(limit)
        .all(db)
        .await
}

/// How many they are, up to `most`.
///
/// # Errors
/// If the database fails.
pub async fn count(db: &impl ConnectionTrait, scope: Scope, most: u64) -> Result<u64, DbErr> {
    let ids: Vec<CreditId> = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(of(scope))
        .filter(waiting())
        .limit(most)
        .into_tuple()
        .all(db)
        .await?;
    Ok(ids.len() as u64)
}

/// The purchase that earned the credit.
///
/// # Errors
/// If the database fails, or a row cannot be read.
pub async fn purchase(db: &impl ConnectionTrait, credit: &Model) -> Result<Option<Paid>, DbErr> {
    Ok(match credit.earned() {
        Some(Earned::Tenant { referral_id, .. }) => {
            let row = referral::Entity::find_by_id(referral_id).one(db).await?;
            row.and_then(|row| row.purchase_id).map(Paid::Tenant)
        }
        Some(Earned::Platform { referral_id, .. }) => {
            let row = platform_referral::Entity::find_by_id(referral_id);
            row.one(db)
                .await?
                .map(|row| Paid::Platform(row.purchase_id))
        }
        None => None,
    })
}

/// Ends the review of a credit, which may be issued then; `false` if it is not under review any more.
///
/// # Errors
/// If the database fails.
pub async fn approve(db: &impl Write, id: CreditId) -> Result<bool, DbErr> {
    let approved = Entity::update_many()
        .col_expr(Column::Review, Expr::value(ReviewState::Approved.code()))
        .filter(Column::Id.eq(id))
        .filter(waiting())
        .exec(db)
        .await?;
    Ok(approved.rows_affected > 0)
}

/// A credit that waits for a person.
pub(super) fn waiting() -> Condition {
    // Written out, because SQLite uses a partial index only for a condition without parameters.
    Condition::all()
        .add(Expr::cust("credits.state = 'due'"))
        .add(Expr::cust("credits.review = 'waiting'"))
}

/// A credit that does not. One that Stripe was asked for, by a process that knows no review, is settled.
pub(super) fn not_waiting() -> Condition {
    Condition::any()
        .add(Column::FirstSentAt.is_not_null())
        .add(Column::Review.is_null())
        .add(Expr::col(Column::Review).ne(ReviewState::Waiting.code()))
}
