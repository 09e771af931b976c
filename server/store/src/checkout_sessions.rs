//! Checkout sessions, one row for each that Stripe was ever asked for.

use domain::{
    credit::{CLOCKS_APART, LONGEST_WAIT, Program},
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
use crate::Write;
use crate::{CheckoutSessionId, PurchaseId, SiteId, StripeAccountId, Timestamp};

impl Model {
    /// When Stripe was last asked to make it; 0 in the row: not written down.
    pub fn last_sent_at(&self) -> Timestamp {
        match self.last_sent_at.millis() {
            0 => sent_at_latest(self.created_at.moment()).into(),
            _ => self.last_sent_at,
        }
    }

    /// It is time to ask Stripe about it: the time has come, or is so far ahead that the clock was set
    /// back since.
    pub fn is_due(&self, now: Timestamp) -> bool {
        self.next_check_at
            .is_some_and(|at| at <= now || at > now + LONGEST)
    }

    /// The key that Stripe is asked under, always with the same parameters.
    pub fn idempotency_key(&self) -> String {
        format!("checkout:{}", self.token)
    }
}

/// Nothing waits for longer than that.
const LONGEST: Duration = LONGEST_WAIT.saturating_add(CLOCKS_APART);

/// What a session sells.
pub enum Sells<'a> {
    /// A tenant's product: our id of the purchase.
    Purchase(PurchaseId),
    /// A subscription to a brand.
    Plan {
        /// `Plan::code`.
        plan: &'a str,
        /// The platform referrer's code that comes with it.
        referral_code: Option<&'a str>,
        /// When the link was clicked, in milliseconds.
        clicked_at: Option<Timestamp>,
    },
}

/// A session that Stripe is about to be asked for.
pub struct NewSession<'a> {
    /// The site that sells.
    pub site_id: SiteId,
    /// What it sells.
    pub sells: Sells<'a>,
    /// Our id of the account.
    pub stripe_account_id: StripeAccountId,
    /// Whether its key is a live one.
    pub livemode: bool,
    /// Who has it open for what, where nobody may have two at one account.
    pub open_for: Option<&'a str>,
    /// Our random token of it.
    pub token: &'a str,
    /// What is sent, as JSON.
    pub request: String,
    /// When it is looked after if no answer comes, in milliseconds.
    pub next_check_at: Option<Timestamp>,
    /// Milliseconds, UTC.
    pub now: Timestamp,
}

/// Writes the row; `None` if somebody has one open for the same: a transaction is spoilt then.
///
/// # Errors
/// If the database fails.
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

/// The row with this id.
pub async fn by_id(
    db: &impl ConnectionTrait,
    id: CheckoutSessionId,
) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).one(db).await
}

/// The session that somebody has open for something at one account.
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

/// The session that somebody began last for something and has open.
pub async fn open_anywhere(db: &impl ConnectionTrait, whom: &str) -> Result<Option<Model>, DbErr> {
    Entity::find()
        .filter(Column::OpenFor.eq(whom))
        .order_by_desc(Column::Id)
        .one(db)
        .await
}

/// A session of this site by its token.
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

/// A session of this site by Stripe's id.
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

/// The newest session of a purchase.
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

/// The session that Stripe tells of, locked until the transaction ends: the one whose id we stored,
/// or the one that carries our token and whose id is not stored yet.
pub async fn lock_told(
    db: &impl Write,
    session_id: &str,
    token: Option<&str>,
) -> Result<Option<Model>, DbErr> {
    let mut told = Condition::any().add(Column::SessionId.eq(session_id));
    if let Some(token) = token {
        let not_stored_yet = Condition::all()
            .add(Column::Token.eq(token))
            .add(Column::SessionId.is_null());
        told = told.add(not_stored_yet);
    }
    Entity::find().filter(told).lock_exclusive().one(db).await
}

/// The unanswered session of a purchase that was begun before sessions carried tokens, locked until
/// the transaction ends.
pub async fn lock_without_token(
    db: &impl Write,
    purchase_id: PurchaseId,
) -> Result<Option<Model>, DbErr> {
    Entity::find()
        .filter(Column::PurchaseId.eq(purchase_id))
        .filter(Column::Request.is_null())
        .filter(Column::SessionId.is_null())
        .lock_exclusive()
        .one(db)
        .await
}

/// Stripe is about to be asked once more to make it; `false` if what became of it was heard meanwhile.
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

/// Stripe has made it; `false` if something else was heard or decided of it before.
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

/// There is no such session, or none any more, and nobody paid; `false` if something else was heard, or
/// Stripe was asked for it once more, since `row` was read.
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

/// What Stripe said of it, by whichever way; it is open for nobody any more.
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

/// Nobody is kept from another session by it.
pub async fn let_go(db: &impl Write, id: CheckoutSessionId) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::OpenFor, Expr::value(Option::<String>::None))
        .filter(Column::Id.eq(id))
        .exec(db)
        .await
        .map(|_| ())
}

/// Takes the right to ask Stripe about a session for a page; `false`: somebody took it after
/// `since`. Of those who come at once only one takes it.
///
/// # Errors
/// If the database fails.
pub async fn take_turn(
    db: &impl Write,
    id: CheckoutSessionId,
    since: Timestamp,
    now: Timestamp,
) -> Result<bool, DbErr> {
    let free = Condition::any()
        .add(Column::CheckedAt.is_null())
        .add(Column::CheckedAt.lte(since))
        // The clock was turned back.
        .add(Column::CheckedAt.gt(now));
    let taken = Entity::update_many()
        .col_expr(Column::CheckedAt, Expr::value(now))
        .filter(Column::Id.eq(id))
        .filter(free)
        .exec(db)
        .await?;
    Ok(taken.rows_affected == 1)
}

/// Stripe was asked at `now`, and is to be asked again; unless what became of `row` was heard
/// meanwhile by another way.
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

/// Where a session that stood at `state` stands while nothing was heard of it.
fn states_left(state: SessionState) -> Vec<&'static str> {
    match state {
        SessionState::Requested => vec![state.code(), SessionState::Open.code()],
        _ => vec![state.code()],
    }
}

/// Sessions that Stripe is to be asked about at or before `now`, with that time, the longest waiting
/// first.
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
