//! Asking Stripe for a Checkout session that is written down: with the same parameters under the same
//! key, however often.

use anyhow::Context;
use domain::{Awaited, Fault, OPEN_AT_MOST, SessionState};
use sea_orm::ConnectionTrait;

use super::{retrieve::is_unknown, told::next_check_at};
use crate::{
    clock::from_ms,
    db::{checkout_sessions, entities::checkout_session, purchases},
    services::stripe_customers::Connection,
    state::AppState,
    stripe::{Checkout, Payer},
};

/// What Stripe answered.
pub enum Answered {
    /// Its page waits.
    Made(Checkout),
    /// There is no such session, and there never will be.
    Never,
    /// It may have been made.
    Unknown,
}

/// Asks for the session of `row` for the first time.
///
/// # Errors
/// If the database fails; `Ok(Err(_))` is what Stripe said.
pub async fn send(
    state: &AppState,
    connection: &Connection,
    row: &checkout_session::Model,
) -> anyhow::Result<Result<Checkout, Fault>> {
    let asked = row
        .new_checkout()?
        .context("a session that was asked for")?;
    let key = row.idempotency_key();
    let made = connection.gateway.create_checkout(&asked, &key).await;
    match &made {
        Ok(checkout) => keep(state, row, checkout).await?,
        Err(fault) if is_unknown(fault) => {}
        Err(_) => give_up(state.db.writer(), row, SessionState::Refused).await?,
    }
    Ok(made)
}

/// Asks again for a session whose answer never came. Stripe may have made it: a membership's holds the
/// member's balance until it is used or expires.
///
/// # Errors
/// If the database fails.
pub async fn send_again(
    state: &AppState,
    connection: &Connection,
    row: &checkout_session::Model,
) -> anyhow::Result<Answered> {
    let (db, now) = (state.db.writer(), state.clock.now());
    let Some(asked) = row.new_checkout()? else {
        return Ok(Answered::Never);
    };
    if now - from_ms(row.created_at) >= OPEN_AT_MOST {
        // Stripe may have forgotten the key; what it made under it has expired.
        give_up(db, row, SessionState::Expired).await?;
        return Ok(Answered::Never);
    }
    Ok(match send(state, connection, row).await? {
        Ok(checkout) => Answered::Made(checkout),
        // The answer is stored under the key: only looking tells whether there is a session.
        Err(Fault::Server) => match &asked.payer {
            Payer::Customer(customer) => {
                let gateway = &connection.gateway;
                match gateway.find_checkout(customer, &asked.reference).await {
                    Ok(Some(checkout)) => {
                        keep(state, row, &checkout).await?;
                        Answered::Made(checkout)
                    }
                    Ok(None) => {
                        give_up(db, row, SessionState::Refused).await?;
                        Answered::Never
                    }
                    Err(_) => Answered::Unknown,
                }
            }
            // It holds nobody's balance, and nobody has its address.
            Payer::Email(_) | Payer::Anyone => {
                give_up(db, row, SessionState::Refused).await?;
                Answered::Never
            }
        },
        Err(fault) if is_unknown(&fault) => Answered::Unknown,
        Err(_) => Answered::Never,
    })
}

async fn keep(
    state: &AppState,
    row: &checkout_session::Model,
    checkout: &Checkout,
) -> anyhow::Result<()> {
    let (db, now_ms) = (state.db.writer(), state.clock.now_ms());
    let next = next_check_at(row.created_at, now_ms, Awaited::Buyer).unwrap_or(now_ms);
    checkout_sessions::set_open(db, row.id, checkout, next).await?;
    if let Some(purchase_id) = row.purchase_id {
        purchases::set_session(db, purchase_id, &checkout.id).await?;
    }
    Ok(())
}

/// There is no such session, or none any more, and nobody paid.
pub async fn give_up(
    db: &impl ConnectionTrait,
    row: &checkout_session::Model,
    state: SessionState,
) -> anyhow::Result<()> {
    checkout_sessions::set_over(db, row.id, None, state, None).await?;
    if let Some(purchase_id) = row.purchase_id {
        purchases::set_expired(db, purchase_id).await?;
    }
    Ok(())
}
