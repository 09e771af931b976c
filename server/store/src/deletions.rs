//! The deletion of a member's account, step by step (`docs/rules.md` 101 to 105).

mod traces;

use domain::{
    account::TRIED_AGAIN_AT_LATEST,
    credit::{CreditKind, CreditState},
    purchase::{CreditCheck, PurchaseState, SessionState},
    referral::{FailureReason, ReferralStatus},
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait,
    PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select, sea_query::Expr,
};

use super::entities::{
    checkout_session, credit, purchase, referral,
    user::{Column, Entity, Model},
};
use crate::{
    MemberId, PurchaseId, SiteId, Timestamp, Write, columns::TextCode, purchases::bought_by,
    row_lock::RowLock,
};

pub use traces::erase_traces;

/// Records that the account is to be deleted; its referral code is nobody's from now on. `false` if that
/// was recorded before.
pub async fn request(db: &impl Write, member: &Model, now: Timestamp) -> Result<bool, DbErr> {
    let requested = Entity::update_many()
        .col_expr(Column::DeletionRequestedAt, Expr::value(now))
        .col_expr(Column::DeletionDue, Expr::value(true))
        .col_expr(Column::ReferralCode, Expr::value(None::<String>))
        .filter(Column::SiteId.eq(member.site_id))
        .filter(Column::Id.eq(member.id))
        .filter(Column::DeletionRequestedAt.is_null())
        .exec(db)
        .await?;
    Ok(requested.rows_affected > 0)
}

/// The members whose deletion has steps left that are tried at `now`, at most `limit`.
pub async fn due(
    db: &impl ConnectionTrait,
    now: Timestamp,
    limit: u64,
) -> Result<Vec<MemberId>, DbErr> {
    let ready = Condition::any()
        .add(Column::DeletionNextAt.is_null())
        .add(Column::DeletionNextAt.lte(now))
        // The clock was set back.
        .add(Column::DeletionNextAt.gt(now + TRIED_AGAIN_AT_LATEST));
    all_due()
        .select_only()
        .column(Column::Id)
        .filter(ready)
        .order_by_asc(Column::Id)
        .limit(limit)
        .into_tuple()
        .all(db)
        .await
}

/// The member, if the deletion has steps left.
pub async fn one_due(db: &impl ConnectionTrait, id: MemberId) -> Result<Option<Model>, DbErr> {
    all_due().filter(Column::Id.eq(id)).one(db).await
}

/// The member, locked until the transaction ends, if the row still tells the person.
pub async fn lock_person(db: &impl Write, id: MemberId) -> Result<Option<Model>, DbErr> {
    all_due()
        .filter(Column::Id.eq(id))
        .filter(Column::DeletedAt.is_null())
        .locked()
        .one(db)
        .await
}

/// The member, whose deletion nobody asks for until the transaction ends; `None` if somebody has. Take
/// it before any other lock: so does a deletion.
pub async fn lock_staying(
    tx: &DatabaseTransaction,
    site_id: SiteId,
    id: MemberId,
) -> Result<Option<Model>, DbErr> {
    Entity::find()
        .filter(Column::SiteId.eq(site_id))
        .filter(Column::Id.eq(id))
        .filter(Column::DeletionRequestedAt.is_null())
        // Shared: two purchases of one member do not wait for each other, and neither does whoever
        // writes the member a notification.
        .lock_shared()
        .one(tx)
        .await
}

/// Whether somebody asked for the member's deletion.
pub async fn is_requested(
    db: &impl ConnectionTrait,
    site_id: SiteId,
    id: MemberId,
) -> Result<bool, DbErr> {
    let asked = Entity::find()
        .filter(Column::SiteId.eq(site_id))
        .filter(Column::Id.eq(id))
        .filter(Column::DeletionRequestedAt.is_not_null());
    Ok(asked.count(db).await? > 0)
}

fn all_due() -> Select<Entity> {
    // Written out, because SQLite uses a partial index only for a condition without parameters.
    Entity::find().filter(Expr::cust("deletion_due"))
}

/// Records when what is left is tried again.
pub async fn set_next(db: &impl Write, member: &Model, next_at: Timestamp) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::DeletionNextAt, Expr::value(next_at))
        .filter(Column::SiteId.eq(member.site_id))
        .filter(Column::Id.eq(member.id))
        .exec(db)
        .await
        .map(|_| ())
}

/// Records that no step is left.
pub async fn set_done(db: &impl Write, member: &Model) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::DeletionDue, Expr::value(false))
        .col_expr(Column::DeletionNextAt, Expr::value(None::<Timestamp>))
        .filter(Column::SiteId.eq(member.site_id))
        .filter(Column::Id.eq(member.id))
        .filter(Column::DeletedAt.is_not_null())
        .exec(db)
        .await
        .map(|_| ())
}

/// The member's Checkout sessions that may still be open.
pub async fn open_sessions(
    db: &impl ConnectionTrait,
    member: &Model,
) -> Result<Vec<checkout_session::Model>, DbErr> {
    let open = [SessionState::Requested, SessionState::Open].map(SessionState::code);
    sessions_of(db, member)
        .filter(checkout_session::Column::State.is_in(open))
        .order_by_asc(checkout_session::Column::Id)
        .all(db)
        .await
}

fn sessions_of(db: &impl ConnectionTrait, member: &Model) -> Select<checkout_session::Entity> {
    let theirs = bought(db, member)
        .select_only()
        .column(purchase::Column::Id)
        .into_query();
    checkout_session::Entity::find()
        .filter(checkout_session::Column::SiteId.eq(member.site_id))
        .filter(checkout_session::Column::PurchaseId.in_subquery(theirs))
}

fn bought(db: &impl ConnectionTrait, member: &Model) -> Select<purchase::Entity> {
    purchase::Entity::find().filter(bought_by(db, member.site_id, member.id))
}

/// Whether something of the member's is not settled: a purchase, what it earns, or a change of the balance.
pub async fn is_anything_open(db: &impl ConnectionTrait, member: &Model) -> Result<bool, DbErr> {
    let waiting = [PurchaseState::Open, PurchaseState::Processing].map(PurchaseState::code);
    let unsettled = Condition::any()
        .add(purchase::Column::State.is_in(waiting))
        .add(purchase::Column::CreditCheck.eq(CreditCheck::Due.code()));
    let purchases = bought(db, member).filter(unsettled).count(db).await?;
    Ok(purchases > 0 || is_credit_due(db, member.site_id, member.id).await?)
}

/// Whether a change of the member's balance is on its way to Stripe.
pub async fn is_credit_due(
    db: &impl ConnectionTrait,
    site_id: SiteId,
    id: MemberId,
) -> Result<bool, DbErr> {
    let due = credits_of(site_id, id, CreditState::Due);
    Ok(due.count(db).await? > 0)
}

fn credits_of(site_id: SiteId, id: MemberId, state: CreditState) -> Select<credit::Entity> {
    credit::Entity::find()
        .filter(credit::Column::SiteId.eq(site_id))
        .filter(credit::Column::BeneficiaryId.eq(id))
        .filter(credit::Column::State.eq(state.code()))
}

/// The member's memberships that Stripe was not told to end, or did not say that it did.
pub async fn running_memberships(
    db: &impl ConnectionTrait,
    member: &Model,
) -> Result<Vec<purchase::Model>, DbErr> {
    bought(db, member)
        .filter(purchase::Column::SubscriptionId.is_not_null())
        .filter(purchase::Column::SubscriptionEndedAt.is_null())
        .order_by_asc(purchase::Column::Id)
        .all(db)
        .await
}

/// Records that Stripe says that the membership is over.
pub async fn set_membership_ended(
    db: &impl Write,
    id: PurchaseId,
    now: Timestamp,
) -> Result<(), DbErr> {
    purchase::Entity::update_many()
        .col_expr(purchase::Column::SubscriptionEndedAt, Expr::value(now))
        .filter(purchase::Column::Id.eq(id))
        .exec(db)
        .await
        .map(|_| ())
}

/// Which referrals of a referrer who leaves earn nothing any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Earnings {
    /// Those that wait for a purchase.
    Awaited,
    /// Those too whose credit failed: nobody tries it again.
    AllButIssued,
}

/// Ends the member's referrals that earned nothing. What is on its way to Stripe goes on.
pub async fn end_referrals(db: &impl Write, member: &Model, which: Earnings) -> Result<(), DbErr> {
    use referral::Column as Referral;

    let reason = FailureReason::ReferrerDeleted;
    let reason = || reason.to_text().into_owned();
    let mut ended = vec![ReferralStatus::Pending.code()];
    if which == Earnings::AllButIssued {
        ended.push(ReferralStatus::Failed.code());
    }
    let under_way = credits_of(member.site_id, member.id, CreditState::Due)
        .select_only()
        .column(credit::Column::ReferralId)
        .filter(credit::Column::ReferralId.is_not_null())
        .into_query();
    referral::Entity::update_many()
        .col_expr(Referral::Status, Expr::value(ReferralStatus::Failed.code()))
        .col_expr(Referral::FailureReason, Expr::value(reason()))
        .filter(Referral::SiteId.eq(member.site_id))
        .filter(Referral::ReferrerId.eq(member.id))
        .filter(Referral::Status.is_in(ended))
        .filter(Referral::Id.not_in_subquery(under_way))
        .exec(db)
        .await?;
    if which == Earnings::Awaited {
        return Ok(());
    }
    credit::Entity::update_many()
        .col_expr(credit::Column::FailureReason, Expr::value(reason()))
        .filter(credit::Column::SiteId.eq(member.site_id))
        .filter(credit::Column::BeneficiaryId.eq(member.id))
        .filter(credit::Column::Kind.eq(CreditKind::Earned.code()))
        .filter(credit::Column::State.eq(CreditState::Failed.code()))
        .exec(db)
        .await
        .map(|_| ())
}
