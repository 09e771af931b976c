//! Reserves a member's credit for a purchase: one request at a time reads the balance and debits it.

use std::time::Duration as Pause;

use anyhow::Context;
use domain::{
    credit::{StripeError, credit_to_spend, is_as_shown},
    money::Money,
    purchase::left_to_pay,
};
use store::{
    StripeCustomerRowId,
    stripe_customers::{self, HolderId, claims},
};
use stripe_gateway::Customer;
use time::Duration;

use super::UseCredit;
use crate::{Engine, stripe_customers::Connection};

/// How long a request may hold the balance: enough for reading it and debiting it.
const LEASE: Duration = Duration::minutes(1);

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
    /// `cus_…`.
    pub customer: String,
    row: StripeCustomerRowId,
    claim: String,
}

impl Reservation {
    /// Whether this request still holds the balance. Call it in the transaction that writes the
    /// debit.
    pub async fn holds(&self, db: &impl store::Write, engine: &Engine) -> anyhow::Result<bool> {
        Ok(claims::holds(db, self.row, &self.claim, engine.now()).await?)
    }

    /// Lets other purchases of the member use the balance.
    pub async fn release(self, engine: &Engine) -> anyhow::Result<()> {
        Ok(claims::release(engine.db.writer(), self.row, &self.claim).await?)
    }
}

/// Claims the balance of the member's customer, reads it from Stripe and decides how much of it
/// pays for `price`.
pub async fn reserve(
    engine: &Engine,
    connection: &Connection,
    member: HolderId,
    price: Money,
    wanted: UseCredit,
) -> anyhow::Result<Reserved> {
    let row = stripe_customers::get(engine.db.reader(), connection.account.id, member).await?;
    let known = row.and_then(|row| Some((row.id, row.customer_id?)));
    let Some((row, customer)) = known else {
        return Ok(without_credit(price, wanted));
    };
    let claim = engine.random.token();
    if !claim_soon(engine, row, &claim).await? {
        return Ok(Reserved::Busy);
    }
    let reservation = |credit| Reservation {
        credit,
        customer: customer.clone(),
        row,
        claim: claim.clone(),
    };
    let read = connection.gateway.customer(&customer).await;
    let available = match read {
        Ok(found) => found.living().map(|living| available(&living, price)),
        Err(error) => {
            claims::release(engine.db.writer(), row, &claim).await?;
            return Ok(Reserved::Unread(error));
        }
    };
    let credit = available.and_then(|available| credit_to_spend(price, available));
    let decided = match credit {
        None => without_credit(price, wanted),
        Some(credit) => {
            let to_pay = left_to_pay(price, credit).context("credit of the price at most")?;
            match wanted.is_met_by(to_pay) {
                true => Reserved::Held(reservation(credit)),
                false => Reserved::Changed { to_pay },
            }
        }
    };
    if !matches!(decided, Reserved::Held(_)) {
        claims::release(engine.db.writer(), row, &claim).await?;
    }
    Ok(decided)
}

fn available(customer: &Customer, price: Money) -> Money {
    customer.credit_in(price.currency())
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

/// Claims the balance, and waits up to five seconds for another request that holds it.
async fn claim_soon(
    engine: &Engine,
    row: StripeCustomerRowId,
    claim: &str,
) -> anyhow::Result<bool> {
    const LOOKS: u32 = 50;
    const PAUSE: Pause = Pause::from_millis(100);
    for look in 0..LOOKS {
        if look > 0 {
            tokio::time::sleep(PAUSE).await;
        }
        if claims::claim(engine.db.writer(), row, claim, engine.now(), LEASE).await? {
            return Ok(true);
        }
    }
    Ok(false)
}
