//! What the ledger says of customers and of periods, for the books. Only what is at Stripe counts.

use std::collections::HashMap;

use domain::{
    credit::{BookedSum, CreditKind, CreditState},
    money::{Currency, Money},
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseBackend, DbErr, EntityTrait, ExprTrait,
    QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Alias, CaseStatement, Expr, SimpleExpr},
};

use super::attention::of;
use crate::{
    Coded, MemberId, PlatformReferrerId, Scope, StripeAccountId, Timestamp,
    entities::credit::{Column, Entity, Model},
    index_hints::no_index,
    stripe_customers::HolderId,
};

/// What was credited, in cents; a credit is below zero at Stripe.
const IN_FAVOR: &str = "CAST(-SUM(amount_cents) AS BIGINT)";
const COUNT: &str = "COUNT(*)";
/// Stripe's `type` of an invoice that was paid with a balance, or charged a debt.
const APPLIED: &str = "applied_to_invoice";

/// What is at Stripe. Written out, because SQLite uses a partial index only for a condition without parameters; it
/// is told that this is nearly every row, or it would look for them by their state.
pub(super) fn issued(db: &impl ConnectionTrait) -> SimpleExpr {
    Expr::cust(match db.get_database_backend() {
        DatabaseBackend::Sqlite => "likelihood(credits.state = 'issued', 0.9)",
        _ => "credits.state = 'issued'",
    })
}

/// The same of a few customers, whose rows are found by an index of theirs: SQLite took all that is at Stripe for
/// fewer.
fn issued_of_few(db: &impl ConnectionTrait) -> SimpleExpr {
    let state = no_index(db.get_database_backend(), Column::State, true);
    state.eq(CreditState::Issued.code())
}

/// What the ledger says is on a customer's balance in one currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookedBalance {
    /// `cus_…`.
    pub customer_id: String,
    /// Above zero in the customer's favor.
    pub balance: Money,
    /// From how many rows it is added up.
    pub rows: i64,
}

/// What the ledger has of these customers at these accounts.
///
/// # Errors
/// If the database fails, or a currency cannot be read.
pub async fn booked(
    db: &impl ConnectionTrait,
    scope: Scope,
    accounts: &[StripeAccountId],
    customers: &[String],
) -> Result<Vec<BookedBalance>, DbErr> {
    type Sum = (String, Coded<Currency, Entity>, i64, i64);
    let sums: Vec<Sum> = Entity::find()
        .select_only()
        .columns([Column::StripeCustomerId, Column::Currency])
        .expr_as(Expr::cust(IN_FAVOR), "cents")
        .expr_as(Expr::cust(COUNT), "entries")
        .filter(of(scope))
        .filter(Column::StripeAccountId.is_in(accounts.iter().copied()))
        .filter(Column::StripeCustomerId.is_in(customers))
        .filter(issued_of_few(db))
        .group_by(Column::StripeCustomerId)
        .group_by(Column::Currency)
        .into_tuple()
        .all(db)
        .await?;
    let balance = |(customer_id, currency, cents, rows): Sum| BookedBalance {
        customer_id,
        balance: Money::new(cents, *currency),
        rows,
    };
    Ok(sums.into_iter().map(balance).collect())
}

/// The rows of one customer that are at Stripe, oldest first.
pub async fn booked_rows(
    db: &impl ConnectionTrait,
    scope: Scope,
    accounts: &[StripeAccountId],
    customer: &str,
) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(of(scope))
        .filter(Column::StripeAccountId.is_in(accounts.iter().copied()))
        .filter(Column::StripeCustomerId.eq(customer))
        .filter(issued_of_few(db))
        .order_by_asc(Column::Id)
        .all(db)
        .await
}

/// The states of the rows under these keys, whatever they are.
///
/// # Errors
/// If the database fails, or a state cannot be read.
pub async fn states_of(
    db: &impl ConnectionTrait,
    keys: impl IntoIterator<Item = String>,
) -> Result<HashMap<String, CreditState>, DbErr> {
    let rows: Vec<(String, Coded<CreditState, Entity>)> = Entity::find()
        .select_only()
        .columns([Column::IdempotencyKey, Column::State])
        .filter(Column::IdempotencyKey.is_in(keys))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|(key, state)| (key, *state)).collect())
}

/// What invoices changed of a customer's balance between two moments, above zero where one charged a debt.
///
/// # Errors
/// If the database fails, or an amount cannot be read.
pub async fn applied_between(
    db: &impl ConnectionTrait,
    account: StripeAccountId,
    customer: &str,
    (from, to): (Timestamp, Timestamp),
) -> Result<Vec<Money>, DbErr> {
    let rows = Entity::find()
        .filter(Column::StripeAccountId.eq(account))
        .filter(Column::StripeCustomerId.eq(customer))
        .filter(Column::Kind.eq(CreditKind::Observed.code()))
        .filter(Column::ObservedType.eq(APPLIED))
        .filter(Column::CreatedAt.between(from, to))
        .all(db)
        .await?;
    let in_favor = |row: &Model| row.amount().map(|amount| amount.in_favor());
    rows.iter().map(in_favor).collect()
}

/// The sum of one kind of rows in one period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SumOfPeriod {
    /// The number of the period's end among the ends that were asked for; the number of ends for what came
    /// after the last.
    pub period: usize,
    pub sum: BookedSum,
}

/// What this scope's ledger adds up to in the periods that end at `ends`, oldest first: before the first end,
/// between each two, and since the last. What we only observed counts from when Stripe made it.
///
/// # Errors
/// If the database fails, or a row cannot be read.
pub async fn sums_of_periods(
    db: &impl ConnectionTrait,
    scope: Scope,
    ends: &[Timestamp],
) -> Result<Vec<SumOfPeriod>, DbErr> {
    type Sum = (Coded<CreditKind, Entity>, Coded<Currency, Entity>, i64, i64);
    let at = || Expr::cust("COALESCE(issued_at, created_at)");
    let number = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let mut period = CaseStatement::new();
    for (index, end) in ends.iter().enumerate() {
        period = period.case(at().lt(*end), Expr::cust(number(index).to_string()));
    }
    let period = period.finally(Expr::cust(number(ends.len()).to_string()));
    let sums: Vec<Sum> = Entity::find()
        .select_only()
        .columns([Column::Kind, Column::Currency])
        .expr_as(Expr::expr(period).cast_as("BIGINT"), "period")
        .expr_as(Expr::cust(IN_FAVOR), "cents")
        .filter(of(scope))
        .filter(issued(db))
        .group_by(Column::Kind)
        .group_by(Column::Currency)
        .group_by(Expr::col(Alias::new("period")))
        .into_tuple()
        .all(db)
        .await?;
    let sum = |(kind, currency, period, cents): Sum| SumOfPeriod {
        period: usize::try_from(period).unwrap_or(usize::MAX),
        sum: BookedSum {
            kind: *kind,
            amount: Money::new(cents, *currency),
        },
    };
    Ok(sums.into_iter().map(sum).collect())
}

/// A referrer, and what their referrals earned in one currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Earner {
    pub holder: HolderId,
    pub earned: Money,
    pub credits: i64,
}

/// Who earned most in this currency, the most first. What was taken back later is not subtracted.
pub async fn best_earners(
    db: &impl ConnectionTrait,
    scope: Scope,
    currency: Currency,
    limit: u64,
) -> Result<Vec<Earner>, DbErr> {
    let earned = Condition::all()
        .add(of(scope))
        .add(Column::Kind.eq(CreditKind::Earned.code()))
        .add(issued(db))
        .add(Column::Currency.eq(currency.code()));
    let whose = match scope {
        Scope::Site(_) => Column::BeneficiaryId,
        Scope::Platform => Column::PlatformReferrerId,
    };
    let sums: Vec<(i64, i64, i64)> = Entity::find()
        .select_only()
        .column(whose)
        .expr_as(Expr::cust(IN_FAVOR), "cents")
        .expr_as(Expr::cust(COUNT), "credits")
        .filter(earned)
        .filter(whose.is_not_null())
        .group_by(whose)
        .order_by_desc(Expr::col(Alias::new("cents")))
        .order_by_asc(whose)
        .limit(limit)
        .into_tuple()
        .all(db)
        .await?;
    let earner = |(id, cents, credits): (i64, i64, i64)| Earner {
        holder: match scope {
            Scope::Site(_) => HolderId::Member(MemberId::new(id)),
            Scope::Platform => HolderId::PlatformReferrer(PlatformReferrerId::new(id)),
        },
        earned: Money::new(cents, currency),
        credits,
    };
    Ok(sums.into_iter().map(earner).collect())
}
