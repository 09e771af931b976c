//! Asks Stripe to create a Checkout session whose request is stored: always with the same
//! parameters under the same idempotency key, however often.

use anyhow::Context;
use domain::{
    credit::{CreditState, Program, ReturnCause, StripeError},
    purchase::{Awaited, NotListed, SessionState, WAITED_AT_MOST, not_listed},
};
use store::{
    CheckoutSessionId, Scope, checkout_sessions, credits, entities::checkout_session, purchases,
};
use stripe_gateway::{Checkout, Discount, NewCheckout, NewCoupon};

use super::{
    open_pages::{close_others, listed, made_for, make_room},
    row::{age_of, asked_for, next_check_at},
};
use crate::{
    Engine,
    credits::{self as credits_service, return_debit},
    stripe_customers::Connection,
};

/// What is known about the session after the request.
pub enum Answered {
    /// Stripe created the session, and its page is open.
    Made(Checkout),
    /// The session does not exist and never will.
    Never,
    /// Stripe may have created it.
    Unknown,
}

/// Sends the request of `row` for the first time.
///
/// # Errors
/// If the database fails. An error of Stripe is returned as `Ok(Err(_))`.
pub async fn send(
    engine: &Engine,
    connection: &Connection,
    row: &checkout_session::Model,
) -> anyhow::Result<Result<Checkout, StripeError>> {
    let asked = asked_for(row)?.context("a session that was asked for")?;
    let made = match make_room(connection, &asked).await {
        Ok(()) => create(engine, connection, row, &asked).await?,
        // The session itself was not requested yet.
        Err(error) => return refused(engine, row, error).await.map(Err),
    };
    match made {
        // Another request of ours is executing under the same key, and will write the answer to the
        // row.
        Err(StripeError::NotProcessed) => match made_meanwhile(engine, row.id).await? {
            Answered::Made(checkout) => Ok(Ok(checkout)),
            Answered::Never | Answered::Unknown => Ok(Err(StripeError::NotProcessed)),
        },
        Err(error) if !error.outcome_is_unknown() => refused(engine, row, error).await.map(Err),
        made => Ok(made),
    }
}

/// Gives the request up and returns its Stripe error. If another request of ours was sent
/// meanwhile, the outcome is unknown instead.
async fn refused(
    engine: &Engine,
    row: &checkout_session::Model,
    error: StripeError,
) -> anyhow::Result<StripeError> {
    Ok(match give_up(engine, row, SessionState::Refused).await? {
        true => error,
        false => StripeError::OutcomeUnknown,
    })
}

/// Sends the request again if its answer never came. Stripe may have created the session, and a
/// membership's session holds the member's balance until it is paid or expires.
pub async fn send_again(
    engine: &Engine,
    connection: &Connection,
    row: &checkout_session::Model,
) -> anyhow::Result<Answered> {
    if row.state != SessionState::Requested {
        // The request was refused or the session is closed: nobody would use a session that is
        // created now.
        return Ok(Answered::Never);
    }
    let Some(asked) = asked_for(row)? else {
        return Ok(Answered::Never);
    };
    if asked.discount.is_some() && !is_debited(engine, row).await? {
        return Ok(Answered::Unknown);
    }
    // List first: under another secret key Stripe may not recognize the idempotency key, and would
    // create a second session.
    let open = match listed(connection, &asked).await {
        Ok(open) => open,
        Err(_) if age_of(engine, row) < WAITED_AT_MOST => return Ok(Answered::Unknown),
        Err(_) => return never(engine, row, SessionState::Expired).await,
    };
    if let Some(checkout) = made_for(&asked, &open) {
        return answer(engine, connection, row, checkout).await;
    }
    let now = engine.now();
    match not_listed(now - row.created_at, age_of(engine, row)) {
        NotListed::SendAgain => {}
        NotListed::Wait => return Ok(Answered::Unknown),
        NotListed::Over => return never(engine, row, SessionState::Expired).await,
    }
    if !checkout_sessions::set_sent(engine.db.writer(), row.id, now).await? {
        return made_meanwhile(engine, row.id).await;
    }
    let row = &checkout_session::Model {
        last_sent_at: now,
        ..row.clone()
    };
    // Close the others only after `set_sent` succeeded: before that, one of them may be the session
    // that replaced this row.
    if close_others(connection, &asked, &open).await.is_err() {
        return Ok(Answered::Unknown);
    }
    Ok(match create(engine, connection, row, &asked).await? {
        Ok(checkout) => Answered::Made(checkout),
        // Another request of ours is executing under the same key, and will write the answer to the
        // row.
        Err(StripeError::NotProcessed) => made_meanwhile(engine, row.id).await?,
        // Stripe replays a 5xx for this key, whether or not it created the session. A session
        // without a customer cannot be listed, but it holds no balance and nobody has its URL.
        Err(StripeError::ServerError) => match listed(connection, &asked).await {
            Ok(open) => match made_for(&asked, &open) {
                Some(checkout) => answer(engine, connection, row, checkout).await?,
                None => never(engine, row, SessionState::Refused).await?,
            },
            Err(_) => Answered::Unknown,
        },
        Err(StripeError::Refused(_)) => never(engine, row, SessionState::Refused).await?,
        // The error says nothing about the earlier request.
        Err(_) => Answered::Unknown,
    })
}

/// Takes a session that Stripe lists as the answer, if the row still waits for one.
async fn answer(
    engine: &Engine,
    connection: &Connection,
    row: &checkout_session::Model,
    checkout: Checkout,
) -> anyhow::Result<Answered> {
    Ok(match keep(engine, connection, row, &checkout).await? {
        true => Answered::Made(checkout),
        false => Answered::Unknown,
    })
}

/// Gives the request up, unless another request of ours was sent or answered meanwhile.
async fn never(
    engine: &Engine,
    row: &checkout_session::Model,
    ended: SessionState,
) -> anyhow::Result<Answered> {
    match give_up(engine, row, ended).await? {
        true => Ok(Answered::Never),
        false => made_meanwhile(engine, row.id).await,
    }
}

/// Whether Stripe has the debit of the session's purchase; posts it if it is due. No session is
/// requested before: its coupon lowers the price by what the debit took.
async fn is_debited(engine: &Engine, row: &checkout_session::Model) -> anyhow::Result<bool> {
    let Some(purchase_id) = row.purchase_id else {
        return Ok(false);
    };
    let debit = || credits::debit_of(engine.db.reader(), purchase_id);
    if let Some(debit) = debit()
        .await?
        .filter(|debit| debit.state == CreditState::Due)
    {
        credits_service::issue(engine, debit.id).await?;
    }
    let debit = debit().await?;
    Ok(debit.is_some_and(|debit| debit.state == CreditState::Issued))
}

/// How long the coupon can be used after its session has expired, in seconds: Stripe compares both
/// with its own clock.
const COUPON_MARGIN: i64 = 60 * 60;

async fn create_coupon(
    connection: &Connection,
    discount: &Discount,
    expires_at: Option<i64>,
) -> Result<(), StripeError> {
    let coupon = NewCoupon {
        id: &discount.coupon,
        amount: discount.amount,
        name: Program::Tenant.description(),
        redeem_by: expires_at.unwrap_or_default() + COUPON_MARGIN,
    };
    connection.gateway.create_coupon(coupon).await
}

async fn create(
    engine: &Engine,
    connection: &Connection,
    row: &checkout_session::Model,
    asked: &NewCheckout,
) -> anyhow::Result<Result<Checkout, StripeError>> {
    if let Some(discount) = &asked.discount {
        let created = create_coupon(connection, discount, asked.expires_at).await;
        connection.note_coupon(engine, created.as_ref()).await;
        if let Err(error) = created {
            // The session itself was not requested: without its coupon it would charge too much.
            return Ok(Err(error));
        }
    }
    let key = row.idempotency_key();
    let made = connection.gateway.create_checkout(asked, &key).await;
    connection.note_key(engine, made.as_ref()).await;
    Ok(match made {
        Ok(checkout) if !keep(engine, connection, row, &checkout).await? => {
            Err(StripeError::OutcomeUnknown)
        }
        made => made,
    })
}

/// Waits up to five seconds for the answer that another request of ours receives.
async fn made_meanwhile(engine: &Engine, id: CheckoutSessionId) -> anyhow::Result<Answered> {
    const LOOKS: u32 = 20;
    const PAUSE: std::time::Duration = std::time::Duration::from_millis(250);
    for look in 0..LOOKS {
        if look > 0 {
            tokio::time::sleep(PAUSE).await;
        }
        let Some(row) = checkout_sessions::by_id(engine.db.reader(), id).await? else {
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

/// Stores the session that Stripe created. Returns `false` if the row no longer waits for it:
/// another session may replace it, so it is expired, because it may hold a balance.
async fn keep(
    engine: &Engine,
    connection: &Connection,
    row: &checkout_session::Model,
    checkout: &Checkout,
) -> anyhow::Result<bool> {
    let (db, now) = (engine.db.writer(), engine.now());
    let next = next_check_at(now, now, Awaited::Buyer).unwrap_or(now);
    if !checkout_sessions::set_open(db, row.id, &checkout.id, &checkout.url, next).await? {
        let now = checkout_sessions::by_id(db, row.id).await?;
        // Another request of ours stored the same session, or it is already paid.
        let known = now.and_then(|row| row.session_id).as_deref() == Some(checkout.id.as_str());
        if !known {
            let expired = connection.gateway.expire_checkout(&checkout.id).await;
            let is_expired = expired.is_ok();
            tracing::warn!(
                session = row.id.get(),
                is_expired,
                "a Checkout session arrived after its request was given up"
            );
        }
        return Ok(known);
    }
    if let Some(purchase_id) = row.purchase_id {
        purchases::set_session(db, purchase_id, &checkout.id).await?;
    }
    Ok(true)
}

/// Records that the session does not exist, or no longer, and that nobody paid. Returns `false` if,
/// since `row` was read, another outcome was recorded or Stripe was asked again.
pub async fn give_up(
    engine: &Engine,
    row: &checkout_session::Model,
    state: SessionState,
) -> anyhow::Result<bool> {
    let tx = engine.db.begin().await?;
    let given_up = checkout_sessions::give_up(&tx, row, state).await?;
    let mut back = None;
    if let Some(purchase_id) = row.purchase_id.filter(|_| given_up) {
        purchases::lock(&tx, purchase_id).await?;
        purchases::set_expired(&tx, purchase_id).await?;
        back = return_debit(&tx, purchase_id, ReturnCause::NotPaid, engine.now()).await?;
    }
    if let Some(job) = &back {
        engine.queue.enqueue(&tx, job).await?;
    }
    tx.commit().await?;
    if given_up && row.purchase_id.is_some() {
        engine.console_changed(Scope::Site(row.site_id));
    }
    if back.is_some() {
        engine.queue.wake_workers();
    }
    Ok(given_up)
}
