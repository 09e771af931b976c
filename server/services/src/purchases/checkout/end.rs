//! Ending a Checkout session before its time, and what an open one is worth to who asks again.

use domain::purchase::{CheckoutAgain, OPEN_AT_MOST, SessionState, Terms, asked_again};
use store::{checkout_sessions, entities::checkout_session};

use super::{
    retrieve::{self, Standing, connection_of, heard},
    row::{age_of, asked_for},
};
use crate::Engine;

/// What became of a session that somebody has open and asks for once more.
pub enum TakenUp {
    /// Its page is the answer.
    Page(String),
    /// It is over, confirmed by Stripe: another may be made.
    Over,
    /// It was paid, or a payment is on its way: the buyer is shown that.
    Bought,
    /// Stripe did not say; it may hold a balance, so no other is made.
    Unanswered,
}

/// Answers with the page that is open, if it was made under the same terms; else ends it.
///
/// # Errors
/// If the database fails.
pub async fn take_up(
    state: &Engine,
    row: &checkout_session::Model,
    wanted: &Terms,
) -> anyhow::Result<TakenUp> {
    let standing = retrieve::retrieve(state, row).await?;
    let url = match standing {
        Standing::Open(url) => url,
        Standing::Over => return over(state, row).await,
        Standing::Unanswered => return unanswered(state, row).await,
    };
    let open = asked_for(row)?.map(|asked| asked.terms());
    match open.map(|open| asked_again(&open, wanted)) {
        Some(CheckoutAgain::SamePage) => Ok(TakenUp::Page(url)),
        Some(CheckoutAgain::ExpireFirst) | None => match expire(state, row).await? {
            Standing::Over => over(state, row).await,
            // Stripe has just said that it is open: however old it is by our clock, it holds the balance.
            Standing::Open(_) | Standing::Unanswered => Ok(TakenUp::Unanswered),
        },
    }
}

/// Expires the session and sees that it has ended. Where its buyer was quicker, it counts.
///
/// # Errors
/// If the database fails.
pub async fn end(state: &Engine, row: &checkout_session::Model) -> anyhow::Result<TakenUp> {
    match expire(state, row).await? {
        Standing::Over => over(state, row).await,
        // However old it is: it still holds the balance.
        Standing::Open(_) => Ok(TakenUp::Unanswered),
        Standing::Unanswered => unanswered(state, row).await,
    }
}

/// Expires it, and answers how it stands afterwards.
async fn expire(state: &Engine, row: &checkout_session::Model) -> anyhow::Result<Standing> {
    let Some(row) = with_id(state, row).await? else {
        return Ok(Standing::Over);
    };
    let (Some(connection), Some(session_id)) = (connection_of(state, &row).await?, &row.session_id)
    else {
        return Ok(Standing::Unanswered);
    };
    match connection.gateway.expire_checkout(session_id).await {
        Ok(session) => match session.news() {
            Some(news) => heard(state, &row, &session, news).await,
            None => Ok(Standing::Unanswered),
        },
        // It is not open any more, or Stripe did not do it: it tells which.
        Err(_) => retrieve::retrieve(state, &row).await,
    }
}

/// The row with Stripe's id of the session, which may have come just now; asked for where it has not.
/// `None`: the session is over.
async fn with_id(
    state: &Engine,
    row: &checkout_session::Model,
) -> anyhow::Result<Option<checkout_session::Model>> {
    let now = checkout_sessions::by_id(state.db.reader(), row.id).await?;
    let Some(row) = now else { return Ok(None) };
    if row.session_id.is_some() {
        return Ok(Some(row));
    }
    match retrieve::retrieve(state, &row).await? {
        Standing::Over => Ok(None),
        Standing::Open(_) => Ok(checkout_sessions::by_id(state.db.reader(), row.id).await?),
        Standing::Unanswered => Ok(Some(row)),
    }
}

/// By a day later Stripe has closed the page by itself: it holds nothing, and its buyer need not wait.
async fn unanswered(state: &Engine, row: &checkout_session::Model) -> anyhow::Result<TakenUp> {
    let Some(row) = checkout_sessions::by_id(state.db.reader(), row.id).await? else {
        return Ok(TakenUp::Over);
    };
    if age_of(state, &row) < OPEN_AT_MOST {
        return Ok(TakenUp::Unanswered);
    }
    checkout_sessions::let_go(state.db.writer(), row.id).await?;
    Ok(TakenUp::Over)
}

async fn over(state: &Engine, row: &checkout_session::Model) -> anyhow::Result<TakenUp> {
    let now = checkout_sessions::by_id(state.db.reader(), row.id).await?;
    let complete = match now {
        Some(now) => now.state == SessionState::Complete,
        None => false,
    };
    Ok(match complete {
        true => TakenUp::Bought,
        false => TakenUp::Over,
    })
}
