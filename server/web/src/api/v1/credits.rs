//! `GET /api/v1/me/credits`: the statement of the member's credit.

use axum::{Json, extract::State};
use domain::credit::BalanceChange;
use serde::Serialize;
use server_core::dates;
use services::stripe_customers::statement::{Statement, StatementLine, statement};
use utoipa::ToSchema;

use super::shapes::Amount;
use crate::{
    api::{Answer, Caller},
    state::AppState,
};

/// The member's credit with every change.
#[derive(Serialize, ToSchema)]
pub struct CreditStatement {
    /// What is on the balance; null while it is not known.
    #[schema(required)]
    available: Option<Amount>,
    /// What purchases hold that are not paid yet, or is on its way to the balance.
    reserved: Amount,
    /// Credit in other currencies than the site's, which buys nothing here.
    other_currencies: Vec<Amount>,
    /// The changes agree with Stripe to the cent. Otherwise Stripe does not answer or is not connected,
    /// and they are those that the site knows.
    complete: bool,
    /// Newest first.
    changes: Vec<CreditChange>,
}

/// One change of the credit.
#[derive(Serialize, ToSchema)]
pub struct CreditChange {
    #[schema(format = "date-time", example = "2026-11-22T14:05:00Z")]
    at: String,
    reason: CreditReason,
    /// The reason as a person reads it.
    #[schema(example = "Earned by referring Jane D.")]
    text: String,
    /// Above zero in the member's favor.
    amount: Amount,
    /// What was left afterwards; null where that is not known.
    #[schema(required)]
    left: Option<Amount>,
}

/// Why the credit changed.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CreditReason {
    /// A referral earned it.
    Earned,
    /// It pays for a purchase.
    Spent,
    /// It is held for a purchase that is not paid yet.
    Reserved,
    /// It came back, because a purchase was not paid or was refunded, or a sale was undone.
    Returned,
    /// It was taken back, because the friend's purchase that earned it was undone or refunded, or the site
    /// ended the referral.
    Reversed,
    /// Of what was taken back, a part was returned, as it was spent already; or all, as its cause is gone.
    Restored,
    /// It was moved from an earlier balance of the member's.
    Moved,
    /// A membership's payment took it, or gave it back.
    Membership,
    /// An invoice took it, or gave it back.
    Invoice,
    /// The site has no record of it.
    Unknown,
    /// The site gave or took it by hand.
    Adjustment,
}

/// The member's credit, change by change
///
/// With what is available and what open purchases hold. Amounts above zero are in the member's favor.
#[utoipa::path(
    get,
    path = "/api/v1/me/credits",
    operation_id = "get_credits",
    tag = "Member",
    security(("bearer" = [])),
    responses((status = 200, description = "The statement", body = CreditStatement))
)]
pub async fn credits(
    State(state): State<AppState>,
    caller: Caller,
) -> Answer<Json<CreditStatement>> {
    let site = &caller.place.site;
    let statement = statement(&state, site, &caller.user).await?;
    Ok(Json(CreditStatement::of(statement, &site.row.name)))
}

impl CreditStatement {
    /// The statement as a member of the site of this name reads it.
    pub fn of(statement: Statement, site: &str) -> Self {
        let others = statement.other_currencies.into_iter();
        let lines = statement.lines.iter();
        Self {
            available: statement.available.map(Amount::from),
            reserved: statement.reserved.total().into(),
            other_currencies: others.map(Amount::from).collect(),
            complete: statement.gap.is_none(),
            changes: lines.map(|line| change(line, site)).collect(),
        }
    }
}

fn change(line: &StatementLine, site: &str) -> CreditChange {
    CreditChange {
        at: dates::iso(line.at),
        reason: match line.change {
            BalanceChange::Earned(_) => CreditReason::Earned,
            BalanceChange::Spent(_) => CreditReason::Spent,
            BalanceChange::Reserved(_) => CreditReason::Reserved,
            BalanceChange::Returned(_) | BalanceChange::Undone(_) | BalanceChange::Refunded(_) => {
                CreditReason::Returned
            }
            BalanceChange::Reversed(..) => CreditReason::Reversed,
            BalanceChange::Restored | BalanceChange::Reinstated(_) => CreditReason::Restored,
            BalanceChange::Moved => CreditReason::Moved,
            BalanceChange::Membership(_) => CreditReason::Membership,
            BalanceChange::Invoice => CreditReason::Invoice,
            BalanceChange::NotInLedger => CreditReason::Unknown,
            BalanceChange::Adjustment | BalanceChange::ByStaff(_) => CreditReason::Adjustment,
        },
        text: line.change.sentence(site, line.amount.is_positive()),
        amount: line.amount.into(),
        left: line.left.map(Amount::from),
    }
}
