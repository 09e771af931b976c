//! Reserves a member's credit for a purchase: one request at a time reads the balance and debits it.

use anyhow::Context;
use domain::{
    credit::{StripeError, credit_to_spend, is_as_shown},
    money::Money,
    purchase::left_to_pay,
};

use super::UseCredit;
use crate::{
    Engine,
    purchases::balance_claim::{BalanceClaim, Claiming, claim},
    stripe_customers::{Connection, Holder},
};

/// The result of reserving.
pub enum Reserved {
    /// There is no credit to use: the purchase goes on at the full price.
    Nothing,
    /// This much of the balance is held for the purchase.
    Held(Reservation),
    /// The purchase would cost more than the page said.
    Changed {
        /// What would be left to pay now.
        to_pay: Money,
    },
    /// Another purchase of the member holds the balance.
    Busy,
    /// Stripe did not say what the balance is.
    Unread(StripeError),
}

/// A part of a balance that one purchase is about to debit.
pub struct Reservation {
    pub credit: Money,
    pub claim: BalanceClaim,
}

/// Claims the balance of the member's customer, reads it from Stripe and decides how much of it
/// pays for `price`.
pub async fn reserve(
    engine: &Engine,
    connection: &Connection,
    member: &Holder<'_>,
    price: Money,
    wanted: UseCredit,
) -> anyhow::Result<Reserved> {
    let claim = match claim(engine, connection, member, price.currency()).await? {
        Claiming::Claimed(claim) => claim,
        Claiming::NoCustomer => return Ok(without_credit(price, wanted)),
        Claiming::Busy => return Ok(Reserved::Busy),
        Claiming::Unread(error) => return Ok(Reserved::Unread(error)),
    };
    let Some(credit) = credit_to_spend(price, claim.available) else {
        claim.held.release(engine).await?;
        return Ok(without_credit(price, wanted));
    };
    let to_pay = left_to_pay(price, credit).context("credit of the price at most")?;
    if wanted.is_met_by(to_pay) {
        return Ok(Reserved::Held(Reservation { credit, claim }));
    }
    claim.held.release(engine).await?;
    Ok(Reserved::Changed { to_pay })
}

/// The full price is asked for only if the page did not promise less.
fn without_credit(price: Money, wanted: UseCredit) -> Reserved {
    match wanted.is_met_by(price) {
        true => Reserved::Nothing,
        false => Reserved::Changed { to_pay: price },
    }
}

impl UseCredit {
    /// Whether the buyer agreed to pay this much beside the credit.
    pub(super) fn is_met_by(self, to_pay: Money) -> bool {
        self.shown.is_none_or(|shown| is_as_shown(shown, to_pay))
    }
}
