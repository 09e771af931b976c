//! Retrieves Checkout sessions to learn their state. Webhooks report it sooner, but are not
//! required.

use domain::{
    purchase::{Awaited, CheckoutEvent, OPEN_AT_MOST, SessionState},
    stripe_keys::StripeMode,
};
use sea_orm::DbErr;
use store::{CheckoutSessionId, checkout_sessions, entities::checkout_session, stripe_accounts};
use stripe_gateway::CheckoutSession;
use tokio::time::timeout;

use super::{
    apply,
    request::{self, Answered},
    row::{age_of, asked_for, next_check_at},
};
use crate::{
    Engine,
    purchases::applied::Source,
    stripe_customers::{Connection, StepError, connection_to},
};

/// The state of a session that was open or requested, as Stripe reports it.
pub enum Standing {
    /// The Checkout page is open at this URL.
    Open(String),
    /// The session is complete, expired or was never created; the row and the purchase say which.
    Over,
    /// Stripe did not answer, or its answer does not say what happened.
    Unanswered,
}

/// Retrieves the session of `row` with the key of the account in which it was created, and applies
/// what Stripe reports.
pub async fn retrieve(engine: &Engine, row: &checkout_session::Model) -> anyhow::Result<Standing> {
    let standing = ask(engine, row).await?;
    // A request without an answer may just have been sent again, which moves `last_sent_at`.
    let now = match &row.session_id {
        Some(_) => None,
        None => checkout_sessions::by_id(engine.db.reader(), row.id).await?,
    };
    let sent = now.as_ref().unwrap_or(row);
    let awaited = match standing {
        Standing::Over => return Ok(standing),
        Standing::Open(_) if age_of(engine, sent) < OPEN_AT_MOST => Awaited::Buyer,
        // By our clock the session has expired, but Stripe's clock decides.
        Standing::Open(_) | Standing::Unanswered => match asked_for(row)? {
            Some(asked) if asked.discount.is_some() => Awaited::CreditBack,
            _ => Awaited::Answer,
        },
    };
    let now = engine.now();
    let next = next_check_at(sent.last_sent_at(), now, awaited);
    checkout_sessions::set_checked(engine.db.writer(), row, now, next).await?;
    Ok(standing)
}

async fn ask(engine: &Engine, row: &checkout_session::Model) -> anyhow::Result<Standing> {
    let Some(connection) = connection_of(engine, row).await? else {
        return Ok(Standing::Unanswered);
    };
    let Some(session_id) = row.session_id.as_deref() else {
        return Ok(match request::send_again(engine, &connection, row).await? {
            Answered::Made(checkout) => Standing::Open(checkout.url),
            Answered::Never => Standing::Over,
            Answered::Unknown => Standing::Unanswered,
        });
    };
    match connection.gateway.checkout(session_id).await {
        Ok(Some(session)) => match session.event() {
            Some(event) => heard(engine, row, &session, event).await,
            None => Ok(session.url.map_or(Standing::Unanswered, Standing::Open)),
        },
        Ok(None) if !row.livemode => {
            // Stripe deleted the session together with the account's test data.
            request::give_up(engine, row, SessionState::Expired).await?;
            Ok(Standing::Over)
        }
        Ok(None) => {
            // Stripe keeps live sessions, so this key belongs to another account, and the session
            // holds no balance there.
            tracing::error!(
                session = row.id.get(),
                "the key's account has no such Checkout session"
            );
            checkout_sessions::let_go(engine.db.writer(), row.id).await?;
            Ok(Standing::Unanswered)
        }
        Err(error) => {
            tracing::warn!(
                session = row.id.get(),
                ?error,
                "a Checkout session was not retrieved"
            );
            Ok(Standing::Unanswered)
        }
    }
}

/// The connection to the account in which the session was created; `None` if its key is gone or was
/// replaced by one of the other mode.
pub async fn connection_of(
    engine: &Engine,
    row: &checkout_session::Model,
) -> Result<Option<Connection>, DbErr> {
    match connection_to(engine, row.stripe_account_id).await {
        Ok(connection) => {
            let same_mode = connection.account.livemode == row.livemode;
            Ok(same_mode.then_some(connection))
        }
        Err(StepError::Stripe(error)) => {
            tracing::warn!(
                session = row.id.get(),
                ?error,
                "no key for a Checkout session"
            );
            Ok(None)
        }
        Err(StepError::Database(error)) => Err(error),
    }
}

/// Applies what a retrieved session reports, in the same way as a webhook event.
pub async fn heard(
    engine: &Engine,
    row: &checkout_session::Model,
    session: &CheckoutSession,
    event: CheckoutEvent,
) -> anyhow::Result<Standing> {
    let event = event.at_age(age_of(engine, row));
    let source = Source {
        stripe_account_id: row.stripe_account_id,
        platform: row.purchase_id.is_none(),
        mode: StripeMode::of_livemode(row.livemode),
        now: engine.now(),
    };
    let tx = engine.db.begin().await?;
    let mut applied = apply::apply(engine, &tx, source, session, event).await?;
    if let Some(job) = &applied.job {
        engine.queue.enqueue(&tx, job).await?;
    }
    applied.follow_ups.enqueue(engine, &tx).await?;
    if applied.newly_paid {
        let (account, now) = (row.stripe_account_id, source.now);
        stripe_accounts::note_unannounced(&tx, account, now).await?;
    }
    tx.commit().await?;
    applied.announce(engine).await;
    tracing::info!(
        session = row.id.get(),
        outcome = applied.outcome,
        "retrieved"
    );
    Ok(match applied.unmatched {
        true => Standing::Unanswered,
        false => Standing::Over,
    })
}

/// Retrieves one session if its check is due. A job calls this.
///
/// # Errors
/// If the database fails. The sweep then enqueues the check again.
pub async fn check(engine: &Engine, id: CheckoutSessionId) -> anyhow::Result<()> {
    let row = checkout_sessions::by_id(engine.db.reader(), id).await?;
    let now = engine.now();
    if let Some(row) = row.filter(|row| row.is_due(now)) {
        retrieve(engine, &row).await?;
    }
    Ok(())
}

/// How long a page waits for Stripe before it shows the last known state.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(2);
/// The minimum time between two requests that pages cause for one session.
const ASKED_EVERY: time::Duration = time::Duration::milliseconds(1_500);

/// Retrieves a session for a page that shows its purchase. If Stripe takes too long, the page is
/// rendered and the request finishes in the background.
pub async fn ask_for_page(engine: &Engine, row: checkout_session::Model) -> anyhow::Result<()> {
    let now = engine.now();
    let just_asked = row
        .checked_at
        .is_some_and(|at| (time::Duration::ZERO..ASKED_EVERY).contains(&(now - at)));
    if just_asked || row.session_id.is_none() {
        return Ok(());
    }
    let (db, since) = (engine.db.writer(), now - ASKED_EVERY);
    if !checkout_sessions::take_turn(db, row.id, since, now).await? {
        return Ok(());
    }
    let asking = {
        let engine = engine.clone();
        engine
            .calls
            .clone()
            .spawn(async move { retrieve(&engine, &row).await })
    };
    match timeout(PATIENCE, asking).await {
        Ok(Ok(asked)) => asked.map(|_| ()),
        Ok(Err(ended)) => Err(ended.into()),
        Err(_) => Ok(()),
    }
}
