//! The credit on a member's Stripe balance, as Stripe has it.

use std::time::Duration;

use app::types::Balance;
use domain::{Currency, Fault, Money};

use super::stripe_customers::connection;
use crate::{
    db::{entities::user, sites::Site, stripe_customers},
    state::AppState,
    stripe::{Customer, Found},
};

/// How long what we read last may stand in for asking again, in milliseconds.
const FRESH_MS: i64 = 60_000;

/// How long a page waits for Stripe before it shows what we know.
const PATIENCE: Duration = Duration::from_secs(2);

/// The member's balance; asks Stripe when what we know is older than a minute or was spent since.
///
/// # Errors
/// If the database fails. Stripe's silence is an answer: the last one known.
pub async fn of(state: &AppState, site: &Site, member: &user::Model) -> anyhow::Result<Balance> {
    let now_ms = state.clock.now_ms();
    // Stripe keeps a balance in one currency, whatever the site trades in now.
    let currency = member.balance_currency.as_deref().and_then(Currency::parse);
    let currency = currency.unwrap_or(site.currency());
    let known = member
        .balance_cents
        .map(|cents| Money::new(cents, currency));
    let fresh = member
        .balance_read_at
        .is_some_and(|at| now_ms - at < FRESH_MS);
    if let Some(balance) = known.filter(|_| fresh) {
        return Ok(shown(balance));
    }
    let Some(customer_id) = &member.stripe_customer_id else {
        return Ok(if site.row.stripe_account_id.is_none() {
            Balance::NotConnected
        } else {
            Balance::Empty
        });
    };
    let connection = connection(state, site)
        .await?
        .filter(|connection| member.stripe_customer_account_id == Some(connection.account.id));
    let Some(connection) = connection else {
        return Ok(Balance::NotConnected);
    };
    let asked = connection.gateway.customer(customer_id);
    match tokio::time::timeout(PATIENCE, asked)
        .await
        .unwrap_or(Err(Fault::Unknown))
    {
        Ok(Found::Customer(customer)) => {
            let Some(currency) = currency_of(&customer, site) else {
                return Ok(Balance::Empty);
            };
            let balance = Money::new(customer.balance_cents, currency);
            let balance = balance.opposite().unwrap_or(balance);
            stripe_customers::set_balance(state.db.writer(), member.id, balance, now_ms).await?;
            Ok(shown(balance))
        }
        Ok(Found::Deleted | Found::Unknown) => Ok(Balance::Empty),
        Err(_) => Ok(known.map_or(Balance::Unknown, Balance::LastKnown)),
    }
}

/// `None` for a currency that no site trades in: nothing here can be paid from it.
fn currency_of(customer: &Customer, site: &Site) -> Option<Currency> {
    match &customer.currency {
        Some(code) => Currency::parse(code),
        None => Some(site.currency()),
    }
}

fn shown(balance: Money) -> Balance {
    if balance.is_positive() {
        Balance::Credit(balance)
    } else {
        Balance::Empty
    }
}
