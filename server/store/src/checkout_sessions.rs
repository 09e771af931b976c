//! Checkout sessions: one row for each that we ever asked Stripe to create.

mod blank;
mod coupons;
mod open;
mod waking;

use domain::{
    credit::{MAX_BACKOFF, MAX_CLOCK_SKEW, Program},
    purchase::{SessionState, sent_at_latest},
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, Set, sea_query::Expr,
};
use time::Duration;

use super::{
    entities::checkout_session::{ActiveModel, Column, Entity, Model},
    is_taken,
};
use crate::{
    CheckoutSessionId, PurchaseId, SiteId, StripeAccountId, Timestamp, Write, row_lock::RowLock,
};

pub use blank::{blank, to_blank};
pub use coupons::{accounts_with_coupons_left, coupon_deleted, with_coupons_left};
pub use open::open_of_purchases;
pub use waking::wake;

impl Model {
    /// When the request to create the session was last sent; 0 in the row means that it was not
    /// recorded.
    pub fn last_sent_at(&self) -> Timestamp {
        match self.last_sent_at.millis() {
            0 => sent_at_latest(self.created_at.moment()).into(),
            _ => self.last_sent_at,
        }
    }

    /// Whether to ask Stripe about the session now. A time further ahead than any wait means that
    /// the clock was set back since, so the session counts as due.
    pub fn is_due(&self, now: Timestamp) -> bool {
        self.next_check_at
            .is_some_and(|at| at <= now || at > now + LONGEST)
    }

    /// The idempotency key of the request, which is always sent with the same parameters.
    pub fn idempotency_key(&self) -> String {
        format!("checkout:{}", self.token)
    }
}

/// No wait is longer than this.
const LONGEST: Duration = MAX_BACKOFF.saturating_add(MAX_CLOCK_SKEW);

/// What a Checkout session sells.
pub enum Sells<'a> {
    /// A tenant's product; holds the purchase.
    Purchase(PurchaseId),
    /// A platform subscription.
    Plan {
        /// The plan: `Plan::code`.
        plan: &'a str,
        /// The referral code with which the buyer came.
        referral_code: Option<&'a str>,
        /// When the buyer clicked the link.
        clicked_at: Option<Timestamp>,
    },
}

/// A Checkout session that we are about to create at Stripe.
pub struct NewSession<'a> {
    pub site_id: SiteId,
    pub sells: Sells<'a>,
    pub stripe_account_id: StripeAccountId,
    /// Whether the account is in live mode.
    pub livemode: bool,
    /// Names the buyer and the product, so that at most one session can be open for both at one
    /// account. `None` if several may be open.
    pub open_for: Option<&'a str>,
    /// Our random token of the session.
    pub token: &'a str,
    /// The request as JSON.
    pub request: String,
    /// When to ask Stripe about the session if no answer comes.
    pub next_check_at: Option<Timestamp>,
    /// The id of the coupon that lowers the price.
    pub coupon: Option<&'a str>,
    pub now: Timestamp,
}

/// Inserts the row before the request is sent. `None` if a session is already open for the same
/// buyer and product; PostgreSQL then refuses every further statement in the transaction.
pub async fn insert(db: &impl Write, new: &NewSession<'_>) -> anyhow::Result<Option<Model>> {
    let mut row = ActiveModel {
        token: Set(new.token.to_owned()),
        site_id: Set(new.site_id),
        stripe_account_id: Set(new.stripe_account_id),
        livemode: Set(new.livemode),
        request: Set(Some(new.request.clone())),
        state: Set(SessionState::Requested.into()),
        open_for: Set(new.open_for.map(str::to_owned)),
        next_check_at: Set(new.next_check_at),
        last_sent_at: Set(new.now),
        coupon: Set(new.coupon.map(str::to_owned)),
        created_at: Set(new.now),
        ..Default::default()
    };
    match new.sells {
        Sells::Purchase(id) => {
            row.program = Set(Program::Tenant.into());
            row.purchase_id = Set(Some(id));
        }
        Sells::Plan {
            plan,
            referral_code,
            clicked_at,
        } => {
            row.program = Set(Program::Platform.into());
            row.plan = Set(Some(plan.to_owned()));
            row.referral_code = Set(referral_code.map(str::to_owned));
            row.clicked_at = Set(clicked_at);
        }
    }
    match Entity::insert(row).exec_with_returning(db).await {
        Ok(row) => Ok(Some(row)),
        Err(error) if is_taken(&error) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

pub async fn by_id(
    db: &impl ConnectionTrait,
    id: CheckoutSessionId,
) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).one(db).await
}

/// The session that is open for this buyer and product at one account.
pub async fn open_at(
    db: &impl ConnectionTrait,
    stripe_account_id: StripeAccountId,
    whom: &str,
) -> Result<Option<Model>, DbErr> {
    Entity::find()
        .filter(Column::StripeAccountId.eq(stripe_account_id))
        .filter(Column::OpenFor.eq(whom))
        .one(db)
        .await
}

/// The newest session that is open for this buyer and product at any account.
pub async fn open_anywhere(db: &impl ConnectionTrait, whom: &str) -> Result<Option<Model>, DbErr> {
    Entity::find()
        .filter(Column::OpenFor.eq(whom))
        .order_by_desc(Column::Id)
        .one(db)
        .await
}

/// The site's session with this token.
pub async fn by_token(
    db: &impl ConnectionTrait,
    site_id: SiteId,
    token: &str,
) -> Result<Option<Model>, DbErr> {
    Entity::find()
        .filter(Column::SiteId.eq(site_id))
        .filter(Column::Token.eq(token))
        .one(db)
        .await
}

/// The site's session with Stripe's id.
pub async fn by_session(
    db: &impl ConnectionTrait,
    site_id: SiteId,
    session_id: &str,
) -> Result<Option<Model>, DbErr> {
    Entity::find()
        .filter(Column::SiteId.eq(site_id))
        .filter(Column::SessionId.eq(session_id))
        .one(db)
        .await
}

/// The purchase's newest session.
pub async fn of_purchase(
    db: &impl ConnectionTrait,
    purchase_id: PurchaseId,
) -> Result<Option<Model>, DbErr> {
    Entity::find()
        .filter(Column::PurchaseId.eq(purchase_id))
        .order_by_desc(Column::Id)
        .one(db)
        .await
}

/// The purchase's newest session, locked until the transaction ends.
pub async fn lock_of_purchase(
    db: &impl Write,
    purchase_id: PurchaseId,
) -> Result<Option<Model>, DbErr> {
    Entity::find()
        .filter(Column::PurchaseId.eq(purchase_id))
        .order_by_desc(Column::Id)
        .locked()
        .one(db)
        .await
}

/// The row of a session that Stripe reports, locked until the transaction ends: the row with this
/// id, or the row with this token whose id is not stored yet.
pub async fn lock_named(
    db: &impl Write,
    session_id: &str,
    token: Option<&str>,
) -> Result<Option<Model>, DbErr> {
    let mut named = Condition::any().add(Column::SessionId.eq(session_id));
    if let Some(token) = token {
        let not_stored_yet = Condition::all()
            .add(Column::Token.eq(token))
            .add(Column::SessionId.is_null());
        named = named.add(not_stored_yet);
    }
    Entity::find().filter(named).locked().one(db).await
}

/// The unanswered session of a purchase from the time before sessions carried tokens, locked until
/// the transaction ends. One that was refused later has lost its request, too.
pub async fn lock_without_token(
    db: &impl Write,
    purchase_id: PurchaseId,
) -> Result<Option<Model>, DbErr> {
    Entity::find()
        .filter(Column::PurchaseId.eq(purchase_id))
        .filter(Column::Request.is_null())
        .filter(Column::SessionId.is_null())
        .filter(Column::State.eq(SessionState::Requested.code()))
        .locked()
        .one(db)
        .await
}

/// Records that the request is sent again now; `false` if its outcome became known meanwhile.
pub async fn set_sent(
    db: &impl Write,
    id: CheckoutSessionId,
    now: Timestamp,
) -> Result<bool, DbErr> {
    let written = Entity::update_many()
        .col_expr(Column::LastSentAt, Expr::value(now))
        .filter(Column::Id.eq(id))
        .filter(Column::State.eq(SessionState::Requested.code()))
        .exec(db)
        .await?;
    Ok(written.rows_affected == 1)
}

/// Records that Stripe created the session; `false` if another outcome was recorded before.
pub async fn set_open(
    db: &impl Write,
    id: CheckoutSessionId,
    session_id: &str,
    url: &str,
    next_check_at: Timestamp,
) -> Result<bool, DbErr> {
    let written = Entity::update_many()
        .col_expr(Column::SessionId, Expr::value(session_id))
        .col_expr(Column::Url, Expr::value(url))
        .col_expr(Column::State, Expr::value(SessionState::Open.code()))
        .col_expr(Column::NextCheckAt, Expr::value(next_check_at))
        .filter(Column::Id.eq(id))
        .filter(Column::State.eq(SessionState::Requested.code()))
        .exec(db)
        .await?;
    Ok(written.rows_affected > 0)
}

/// Records that the session does not exist or has ended without a payment. `false` if another
/// outcome was recorded, or the request was sent again, since `row` was read.
pub async fn give_up(db: &impl Write, row: &Model, state: SessionState) -> Result<bool, DbErr> {
    let written = Entity::update_many()
        .col_expr(Column::State, Expr::value(state.code()))
        .col_expr(Column::OpenFor, Expr::value(Option::<String>::None))
        .col_expr(Column::NextCheckAt, Expr::value(Option::<Timestamp>::None))
        .filter(Column::Id.eq(row.id))
        .filter(Column::State.eq(row.state))
        .filter(Column::LastSentAt.eq(row.last_sent_at))
        .exec(db)
        .await?;
    Ok(written.rows_affected > 0)
}

/// Records the outcome that Stripe reported in an event or an answer. The session no longer keeps
/// its buyer from opening another one.
pub async fn set_over(
    db: &impl Write,
    id: CheckoutSessionId,
    session_id: &str,
    state: SessionState,
    next_check_at: Option<Timestamp>,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::State, Expr::value(state.code()))
        .col_expr(Column::OpenFor, Expr::value(Option::<String>::None))
        .col_expr(Column::NextCheckAt, Expr::value(next_check_at))
        .col_expr(Column::SessionId, Expr::value(session_id))
        .filter(Column::Id.eq(id))
        .exec(db)
        .await
        .map(|_| ())
}

/// Allows the buyer to open another session.
pub async fn let_go(db: &impl Write, id: CheckoutSessionId) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::OpenFor, Expr::value(Option::<String>::None))
        .filter(Column::Id.eq(id))
        .exec(db)
        .await
        .map(|_| ())
}

/// Lets a page ask Stripe about a session, but only if nobody did so after `since`. Of several
/// requests at the same moment, one gets `true`.
pub async fn take_turn(
    db: &impl Write,
    id: CheckoutSessionId,
    since: Timestamp,
    now: Timestamp,
) -> Result<bool, DbErr> {
    let free = Condition::any()
        .add(Column::CheckedAt.is_null())
        .add(Column::CheckedAt.lte(since))
        // The clock was set back.
        .add(Column::CheckedAt.gt(now));
    let taken = Entity::update_many()
        .col_expr(Column::CheckedAt, Expr::value(now))
        .filter(Column::Id.eq(id))
        .filter(free)
        .exec(db)
        .await?;
    Ok(taken.rows_affected == 1)
}

/// Records that Stripe was asked at `now` and when to ask next, unless the outcome of `row` became
/// known meanwhile.
pub async fn set_checked(
    db: &impl Write,
    row: &Model,
    now: Timestamp,
    next_check_at: Option<Timestamp>,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::CheckedAt, Expr::value(now))
        .col_expr(Column::NextCheckAt, Expr::value(next_check_at))
        .filter(Column::Id.eq(row.id))
        .filter(Column::State.is_in(states_left(*row.state)))
        .exec(db)
        .await
        .map(|_| ())
}

/// The states that a session in `state` can have while its outcome is unknown.
fn states_left(state: SessionState) -> Vec<&'static str> {
    match state {
        SessionState::Requested => vec![state.code(), SessionState::Open.code()],
        _ => vec![state.code()],
    }
}

/// Sessions to ask Stripe about at or before `now`, with that time, those that wait longest first.
pub async fn to_check(
    db: &impl ConnectionTrait,
    now: Timestamp,
    limit: u64,
) -> Result<Vec<(CheckoutSessionId, Timestamp)>, DbErr> {
    let ready = Condition::any()
        .add(Column::NextCheckAt.lte(now))
        .add(Column::NextCheckAt.gt(now + LONGEST));
    Entity::find()
        .select_only()
        .columns([Column::Id, Column::NextCheckAt])
        .filter(ready)
        .order_by_asc(Column::NextCheckAt)
        .limit(limit)
        .into_tuple()
        .all(db)
        .await
}
