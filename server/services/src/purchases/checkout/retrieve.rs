//! Asking Stripe what became of a Checkout session: a webhook makes that known sooner, and is not
//! needed for it.

use domain::{
    purchase::{Awaited, CheckoutNews, OPEN_AT_MOST, SessionState},
    stripe_keys::StripeMode,
};
use sea_orm::DbErr;
use store::CheckoutSessionId;
use store::{checkout_sessions, entities::checkout_session};
use stripe_gateway::CheckoutSession;
use tokio::time::timeout;

use super::{
    request::{self, Answered},
    row::{age_of, next_check_at},
    told,
};
use crate::{
    Engine,
    purchases::applied::Source,
    stripe_customers::{Connection, StepError, connection_to},
};

/// What Stripe says of a session that somebody may still pay.
pub enum Standing {
    /// Stripe's page waits at this address.
    Open(String),
    /// It is over; what was bought in it says how.
    Over,
    /// Stripe did not say anything that counts.
    Unanswered,
}

/// Retrieves the session that `row` names, under the key of the account that it was made in, and
/// applies what it says.
///
/// # Errors
/// If the database fails.
pub async fn retrieve(state: &Engine, row: &checkout_session::Model) -> anyhow::Result<Standing> {
    let standing = ask(state, row).await?;
    // What was never answered may have been sent again.
    let now = match &row.session_id {
        Some(_) => None,
        None => checkout_sessions::by_id(state.db.reader(), row.id).await?,
    };
    let sent = now.as_ref().unwrap_or(row);
    let awaited = match standing {
        Standing::Over => return Ok(standing),
        // By our clock its day is over, but Stripe's clock decides.
        Standing::Open(_) if age_of(state, sent) >= OPEN_AT_MOST => Awaited::Answer,
        Standing::Open(_) => Awaited::Buyer,
        Standing::Unanswered => Awaited::Answer,
    };
    let now = state.now();
    let next = next_check_at(sent.last_sent_at(), now, awaited);
    checkout_sessions::set_checked(state.db.writer(), row, now, next).await?;
    Ok(standing)
}

async fn ask(state: &Engine, row: &checkout_session::Model) -> anyhow::Result<Standing> {
    let Some(connection) = connection_of(state, row).await? else {
        return Ok(Standing::Unanswered);
    };
    let Some(session_id) = row.session_id.as_deref() else {
        return Ok(match request::send_again(state, &connection, row).await? {
            Answered::Made(checkout) => Standing::Open(checkout.url),
            Answered::Never => Standing::Over,
            Answered::Unknown => Standing::Unanswered,
        });
    };
    match connection.gateway.checkout(session_id).await {
        Ok(Some(session)) => match session.news() {
            Some(news) => heard(state, row, &session, news).await,
            None => Ok(session.url.map_or(Standing::Unanswered, Standing::Open)),
        },
        Ok(None) if !row.livemode => {
            // Stripe forgot it with its test data.
            request::give_up(state.db.writer(), row, SessionState::Expired).await?;
            Ok(Standing::Over)
        }
        Ok(None) => {
            // Live sessions stay, so this key is of another account: no balance here is held.
            tracing::error!(
                session = row.id.get(),
                "the key's account has no such Checkout session"
            );
            checkout_sessions::let_go(state.db.writer(), row.id).await?;
            Ok(Standing::Unanswered)
        }
        Err(fault) => {
            tracing::warn!(
                session = row.id.get(),
                ?fault,
                "a Checkout session was not retrieved"
            );
            Ok(Standing::Unanswered)
        }
    }
}

/// The connection that a session was made under; `None` where its key is gone, or one of the other
/// mode took its place.
pub async fn connection_of(
    state: &Engine,
    row: &checkout_session::Model,
) -> Result<Option<Connection>, DbErr> {
    match connection_to(state, row.stripe_account_id).await {
        Ok(connection) => {
            let same_mode = connection.account.livemode == row.livemode;
            Ok(same_mode.then_some(connection))
        }
        Err(StepError::Stripe(fault)) => {
            tracing::warn!(
                session = row.id.get(),
                ?fault,
                "no key for a Checkout session"
            );
            Ok(None)
        }
        Err(StepError::Database(error)) => Err(error),
    }
}

/// Applies what a session says by the way of the webhook's events.
///
/// # Errors
/// If the database fails.
pub async fn heard(
    state: &Engine,
    row: &checkout_session::Model,
    session: &CheckoutSession,
    news: CheckoutNews,
) -> anyhow::Result<Standing> {
    let news = news.at_age(age_of(state, row));
    let source = Source {
        stripe_account_id: row.stripe_account_id,
        platform: row.purchase_id.is_none(),
        mode: StripeMode::of_livemode(row.livemode),
        now: state.now(),
    };
    let tx = state.db.begin().await?;
    let applied = told::apply(&tx, source, session, news).await?;
    if let Some(job) = &applied.job {
        state.queue.enqueue(&tx, job).await?;
    }
    tx.commit().await?;
    if applied.job.is_some() {
        state.queue.announce();
    }
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

/// Asks about one session, if it is time; a job does.
///
/// # Errors
/// If the database fails; the sweep finds it again.
pub async fn check(state: &Engine, id: CheckoutSessionId) -> anyhow::Result<()> {
    let row = checkout_sessions::by_id(state.db.reader(), id).await?;
    let now = state.now();
    if let Some(row) = row.filter(|row| row.is_due(now)) {
        retrieve(state, &row).await?;
    }
    Ok(())
}

/// How long a page waits for Stripe before it shows what is known.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(2);
/// How often a page may have Stripe asked about one session.
const ASKED_EVERY: time::Duration = time::Duration::milliseconds(1_500);

/// Asks about a session for a page that shows what became of it. What takes too long goes on without
/// the page.
///
/// # Errors
/// If the database fails.
pub async fn ask_for_page(state: &Engine, row: checkout_session::Model) -> anyhow::Result<()> {
    let now = state.now();
    let just_asked = row
        .checked_at
        .is_some_and(|at| (time::Duration::ZERO..ASKED_EVERY).contains(&(now - at)));
    if just_asked || row.session_id.is_none() {
        return Ok(());
    }
    let (db, since) = (state.db.writer(), now - ASKED_EVERY);
    if !checkout_sessions::take_turn(db, row.id, since, now).await? {
        return Ok(());
    }
    let asking = {
        let state = state.clone();
        state
            .calls
            .clone()
            .spawn(async move { retrieve(&state, &row).await })
    };
    match timeout(PATIENCE, asking).await {
        Ok(Ok(asked)) => asked.map(|_| ()),
        Ok(Err(ended)) => Err(ended.into()),
        Err(_) => Ok(()),
    }
}
