//! Reads the credit on the Stripe balance of a member or a platform referrer.

use std::time::Duration;

use domain::{
    credit::{Balance, MemberBalance, StripeError},
    foreign_amount::ForeignAmount,
    money::Money,
    purchase::Plan,
};
use store::{
    PlatformReferrerId, Timestamp,
    entities::{stripe_customer, user},
    platform_settings,
    sites::Site,
    stripe_accounts,
    stripe_customers::{self, HolderId},
};
use stripe_gateway::Found;

use super::{Connection, connection, platform_connection, reserved};
use crate::Engine;

/// How long a stored balance is shown before Stripe is asked again.
const FRESH: time::Duration = time::Duration::minutes(1);

/// How long a page waits for Stripe before it shows the stored balance.
const PATIENCE: Duration = Duration::from_secs(2);

/// The member's balance. Stripe is asked if the stored balance is older than a minute or was spent
/// since. Balances at former accounts are shown as they were last stored.
///
/// # Errors
/// If the database fails. If Stripe does not answer, the last known balance is returned.
pub async fn of(
    engine: &Engine,
    site: &Site,
    member: &user::Model,
) -> anyhow::Result<MemberBalance> {
    let present = site.row.stripe_account_id;
    let rows = stripe_customers::everywhere(engine.db.reader(), member.id).await?;
    let here = rows
        .iter()
        .map(|(row, _)| row)
        .find(|row| Some(row.stripe_account_id) == present);
    let mode = stripe_accounts::mode_of(engine.db.reader(), present);
    let mode = match rows.iter().all(|(row, _)| here == Some(row)) {
        true => None,
        false => mode.await?,
    };
    let former = rows
        .iter()
        .filter(|(row, live)| {
            let same = here.is_some_and(|here| here.customer_id == row.customer_id);
            // Test money is not shown next to real money.
            let shown_mode = mode.is_none_or(|mode| mode.livemode() == *live);
            Some(row.stripe_account_id) != present && shown_mode && !same
        })
        .filter_map(|(row, _)| row.balance(site.currency()))
        .filter(|credit| credit.is_positive())
        .collect();
    let now = match (present, here) {
        (None, _) => Balance::NotConnected,
        (Some(_), None) => Balance::Empty,
        (Some(_), Some(here)) => at_account(engine, site, here).await?,
    };
    let reserved = reserved::of(engine, site, member).await?;
    Ok(MemberBalance {
        now,
        former,
        reserved,
    })
}

/// The credit that the member can use now; `None` if there is none, or it is not known.
///
/// # Errors
/// If the database fails.
pub async fn available(
    engine: &Engine,
    site: &Site,
    member: &user::Model,
) -> anyhow::Result<Option<Money>> {
    Ok(of(engine, site, member).await?.now.available())
}

async fn at_account(
    engine: &Engine,
    site: &Site,
    row: &stripe_customer::Model,
) -> anyhow::Result<Balance> {
    let (now, known) = (engine.now(), row.balance(site.currency()));
    let fresh = row.balance_read_at.is_some_and(|at| now - at < FRESH);
    if let Some(balance) = known.filter(|_| fresh) {
        return Ok(shown(balance));
    }
    let Some(customer_id) = &row.customer_id else {
        return Ok(Balance::Empty);
    };
    let Some(connection) = connection(engine, site).await? else {
        return Ok(Balance::NotConnected);
    };
    match ask(&connection, customer_id).await {
        Ok(Found::Customer(customer)) => {
            let balance = customer.credit_in(site.currency());
            stripe_customers::set_balance(engine.db.writer(), row, balance, now).await?;
            Ok(shown(balance))
        }
        Ok(Found::Deleted | Found::Unknown) => Ok(Balance::Empty),
        Err(_) => Ok(known.map_or(Balance::Unknown, Balance::LastKnown)),
    }
}

async fn ask(connection: &Connection, customer_id: &str) -> Result<Found, StripeError> {
    let asked = tokio::time::timeout(PATIENCE, connection.gateway.customer(customer_id)).await;
    asked.unwrap_or(Err(StripeError::OutcomeUnknown))
}

/// A balance as it was last known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastKnown {
    /// Above zero in the customer's favor.
    pub balance: Money,
    /// When Stripe was asked; `None` if a transaction of ours changed it since.
    pub read_at: Option<Timestamp>,
    /// The credit in other currencies, if Stripe just answered.
    pub others: Vec<ForeignAmount>,
}

/// The balance of a platform referrer at the platform's account. Stripe is asked each time, because it alone
/// knows of other currencies; if it does not answer, the last known balance is returned, or `None`.
///
/// # Errors
/// If the database fails.
pub async fn of_platform_referrer(
    engine: &Engine,
    id: PlatformReferrerId,
) -> anyhow::Result<Option<LastKnown>> {
    let (db, now) = (engine.db.reader(), engine.now());
    let Some(account) = platform_settings::get(db).await?.stripe_account_id else {
        return Ok(None);
    };
    let holder = HolderId::PlatformReferrer(id);
    let Some(row) = stripe_customers::get(db, account, holder).await? else {
        return Ok(None);
    };
    let known = row.balance(Plan::CURRENCY).map(|balance| LastKnown {
        balance,
        read_at: row.balance_read_at,
        others: Vec::new(),
    });
    let Some(customer_id) = &row.customer_id else {
        return Ok(known);
    };
    let Some(connection) = platform_connection(engine).await? else {
        return Ok(known);
    };
    let Ok(Found::Customer(customer)) = ask(&connection, customer_id).await else {
        return Ok(known);
    };
    let balance = customer.credit_in(Plan::CURRENCY);
    stripe_customers::set_balance(engine.db.writer(), &row, balance, now).await?;
    Ok(Some(LastKnown {
        balance,
        read_at: Some(now),
        others: customer.credits_beside(Plan::CURRENCY),
    }))
}

fn shown(balance: Money) -> Balance {
    match balance.cents() {
        0 => Balance::Empty,
        1.. => Balance::Credit(balance),
        owed => Balance::Debt(Money::new(owed.saturating_neg(), balance.currency())),
    }
}
