//! Asking Stripe for a Checkout session that is written down: with the same parameters under the same
//! key, however often.

use anyhow::Context;
use domain::{
    credit::Fault,
    purchase::{Awaited, NotListed, SessionState, WAITED_AT_MOST, not_listed},
};
use store::CheckoutSessionId;
use store::{Write, checkout_sessions, entities::checkout_session, purchases};
use stripe_gateway::{Checkout, NewCheckout};

use super::{
    open_pages::{close_others, listed, made_for, make_room},
    row::{age_of, asked_for, next_check_at},
};
use crate::{Engine, stripe_customers::Connection};

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
    state: &Engine,
    connection: &Connection,
    row: &checkout_session::Model,
) -> anyhow::Result<Result<Checkout, Fault>> {
    let asked = asked_for(row)?.context("a session that was asked for")?;
    let made = match make_room(connection, &asked).await {
        Ok(()) => create(state, connection, row, &asked).await?,
        // This call has sent nothing.
        Err(fault) => return refused(state, row, fault).await.map(Err),
    };
    match made {
        // Another call of ours is at it under the same key, and writes its answer to the row.
        Err(Fault::NotExecuted) => match made_meanwhile(state, row.id).await? {
            Answered::Made(checkout) => Ok(Ok(checkout)),
            Answered::Never | Answered::Unknown => Ok(Err(Fault::NotExecuted)),
        },
        Err(fault) if !fault.outcome_is_unknown() => refused(state, row, fault).await.map(Err),
        made => Ok(made),
    }
}

/// The request is over, and the fault says why; unless another call of ours sends it meanwhile.
async fn refused(
    state: &Engine,
    row: &checkout_session::Model,
    fault: Fault,
) -> anyhow::Result<Fault> {
    Ok(
        match give_up(state.db.writer(), row, SessionState::Refused).await? {
            true => fault,
            false => Fault::Unknown,
        },
    )
}

/// Asks again for a session whose answer never came. Stripe may have made it: a membership's holds the
/// member's balance until it is used or expires.
///
/// # Errors
/// If the database fails.
pub async fn send_again(
    state: &Engine,
    connection: &Connection,
    row: &checkout_session::Model,
) -> anyhow::Result<Answered> {
    if row.state != SessionState::Requested {
        // Refused, or over: what was made now would be nobody's.
        return Ok(Answered::Never);
    }
    let Some(asked) = asked_for(row)? else {
        return Ok(Answered::Never);
    };
    // Under another secret key Stripe may not know the idempotency key again.
    let open = match listed(connection, &asked).await {
        Ok(open) => open,
        Err(_) if age_of(state, row) < WAITED_AT_MOST => return Ok(Answered::Unknown),
        Err(_) => return never(state, row, SessionState::Expired).await,
    };
    if let Some(checkout) = made_for(&asked, &open) {
        return answer(state, connection, row, checkout).await;
    }
    let now = state.now();
    match not_listed(now - row.created_at, age_of(state, row)) {
        NotListed::SendAgain => {}
        NotListed::Wait => return Ok(Answered::Unknown),
        NotListed::Over => return never(state, row, SessionState::Expired).await,
    }
    if !checkout_sessions::set_sent(state.db.writer(), row.id, now).await? {
        return made_meanwhile(state, row.id).await;
    }
    let row = &checkout_session::Model {
        last_sent_at: now,
        ..row.clone()
    };
    // Only now: what is open may be the page that took the place of this row.
    if close_others(connection, &asked, &open).await.is_err() {
        return Ok(Answered::Unknown);
    }
    Ok(match create(state, connection, row, &asked).await? {
        Ok(checkout) => Answered::Made(checkout),
        // Another call of ours is at it under the same key, and writes its answer to the row.
        Err(Fault::NotExecuted) => made_meanwhile(state, row.id).await?,
        // A 5xx is stored under the key, whether the session was made or not. One without a customer
        // holds nobody's balance, and nobody has its address.
        Err(Fault::Server) => match listed(connection, &asked).await {
            Ok(open) => match made_for(&asked, &open) {
                Some(checkout) => answer(state, connection, row, checkout).await?,
                None => never(state, row, SessionState::Refused).await?,
            },
            Err(_) => Answered::Unknown,
        },
        Err(Fault::Refused(_)) => never(state, row, SessionState::Refused).await?,
        // It says nothing of the call before.
        Err(_) => Answered::Unknown,
    })
}

/// A page that Stripe lists is the answer, if somebody still waits for it.
async fn answer(
    state: &Engine,
    connection: &Connection,
    row: &checkout_session::Model,
    checkout: Checkout,
) -> anyhow::Result<Answered> {
    Ok(match keep(state, connection, row, &checkout).await? {
        true => Answered::Made(checkout),
        false => Answered::Unknown,
    })
}

/// There will be none, unless another call of ours sends it meanwhile or heard of it.
async fn never(
    state: &Engine,
    row: &checkout_session::Model,
    ended: SessionState,
) -> anyhow::Result<Answered> {
    match give_up(state.db.writer(), row, ended).await? {
        true => Ok(Answered::Never),
        false => made_meanwhile(state, row.id).await,
    }
}

async fn create(
    state: &Engine,
    connection: &Connection,
    row: &checkout_session::Model,
    asked: &NewCheckout,
) -> anyhow::Result<Result<Checkout, Fault>> {
    let key = row.idempotency_key();
    let made = connection.gateway.create_checkout(asked, &key).await;
    Ok(match made {
        Ok(checkout) if !keep(state, connection, row, &checkout).await? => Err(Fault::Unknown),
        made => made,
    })
}

/// What another call of ours got of Stripe, waited for up to five seconds.
async fn made_meanwhile(state: &Engine, id: CheckoutSessionId) -> anyhow::Result<Answered> {
    const LOOKS: u32 = 20;
    const PAUSE: std::time::Duration = std::time::Duration::from_millis(250);
    for look in 0..LOOKS {
        if look > 0 {
            tokio::time::sleep(PAUSE).await;
        }
        let Some(row) = checkout_sessions::by_id(state.db.reader(), id).await? else {
            return Ok(Answered::Unknown);
        };
        if row.state == SessionState::Open {
            let made = row.session_id.zip(row.url);
            return Ok(made.map_or(Answered::Unknown, |(id, url)| {
                Answered::Made(Checkout { id, url })
            }));
        }
        if row.state != SessionState::Requested {
            return Ok(Answered::Unknown);
        }
    }
    Ok(Answered::Unknown)
}

/// Remembers the page that Stripe made. `false` if nobody waits for it any more: another page may take
/// its place, so it is expired, for it may hold a balance.
async fn keep(
    state: &Engine,
    connection: &Connection,
    row: &checkout_session::Model,
    checkout: &Checkout,
) -> anyhow::Result<bool> {
    let (db, now) = (state.db.writer(), state.now());
    let next = next_check_at(now, now, Awaited::Buyer).unwrap_or(now);
    if !checkout_sessions::set_open(db, row.id, &checkout.id, &checkout.url, next).await? {
        let now = checkout_sessions::by_id(db, row.id).await?;
        // Another call of ours heard of the same page, or it is paid already.
        let known = now.and_then(|row| row.session_id).as_deref() == Some(checkout.id.as_str());
        if !known {
            let expired = connection.gateway.expire_checkout(&checkout.id).await;
            let is_expired = expired.is_ok();
            tracing::warn!(
                session = row.id.get(),
                is_expired,
                "a page came that nobody waits for"
            );
        }
        return Ok(known);
    }
    if let Some(purchase_id) = row.purchase_id {
        purchases::set_session(db, purchase_id, &checkout.id).await?;
    }
    Ok(true)
}

/// There is no such session, or none any more, and nobody paid; `false` if something else was heard, or
/// Stripe was asked for it once more, since `row` was read.
pub async fn give_up(
    db: &impl Write,
    row: &checkout_session::Model,
    state: SessionState,
) -> anyhow::Result<bool> {
    let given_up = checkout_sessions::give_up(db, row, state).await?;
    if let Some(purchase_id) = row.purchase_id.filter(|_| given_up) {
        purchases::set_expired(db, purchase_id).await?;
    }
    Ok(given_up)
}
