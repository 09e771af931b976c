//! Ending a Checkout session before its time, and what an open one is worth to who asks again.

use domain::{CheckoutAgain, Fault, OPEN_AT_MOST, SessionState, Terms, asked_again};

use super::retrieve::{self, Standing, connection_of, heard};
use crate::{
    clock::from_ms,
    db::{checkout_sessions, entities::checkout_session},
    state::AppState,
};

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
    state: &AppState,
    row: &checkout_session::Model,
    wanted: &Terms,
) -> anyhow::Result<TakenUp> {
    let standing = retrieve::retrieve(state, row).await?;
    let url = match standing {
        Standing::Open(url) => url,
        Standing::Over => return over(state, row).await,
        // By now Stripe has closed the page: it holds nothing, and its buyer need not wait.
        Standing::Unanswered if is_closed_by_itself(state, row) => {
            checkout_sessions::let_go(state.db.writer(), row.id).await?;
            return Ok(TakenUp::Over);
        }
        Standing::Unanswered => return Ok(TakenUp::Unanswered),
    };
    let open = row.new_checkout()?.map(|asked| asked.terms());
    match open.map(|open| asked_again(&open, wanted)) {
        Some(CheckoutAgain::SamePage) => Ok(TakenUp::Page(url)),
        Some(CheckoutAgain::ExpireFirst) | None => end(state, row).await,
    }
}

fn is_closed_by_itself(state: &AppState, row: &checkout_session::Model) -> bool {
    state.clock.now() - from_ms(row.created_at) >= OPEN_AT_MOST
}

/// Expires the session and sees that it has ended. Where its buyer was quicker, it counts.
///
/// # Errors
/// If the database fails.
pub async fn end(state: &AppState, row: &checkout_session::Model) -> anyhow::Result<TakenUp> {
    // Its id may have come with an answer just now.
    let row = checkout_sessions::by_id(state.db.conn(), row.id)
        .await?
        .unwrap_or_else(|| row.clone());
    let Some(connection) = connection_of(state, &row).await? else {
        return Ok(TakenUp::Unanswered);
    };
    let Some(session_id) = &row.session_id else {
        return Ok(match retrieve::retrieve(state, &row).await? {
            Standing::Over => over(state, &row).await?,
            Standing::Open(_) => Box::pin(end(state, &row)).await?,
            Standing::Unanswered => TakenUp::Unanswered,
        });
    };
    match connection.gateway.expire_checkout(session_id).await {
        Ok(session) => match session.news() {
            Some(news) => heard(state, &row, &session, news).await?,
            None => return Ok(TakenUp::Unanswered),
        },
        // It is not open any more, or the answer was lost: it tells which.
        Err(Fault::Refused(_) | Fault::Unknown | Fault::Server) => {
            if !matches!(retrieve::retrieve(state, &row).await?, Standing::Over) {
                return Ok(TakenUp::Unanswered);
            }
        }
        Err(_) => return Ok(TakenUp::Unanswered),
    }
    over(state, &row).await
}

async fn over(state: &AppState, row: &checkout_session::Model) -> anyhow::Result<TakenUp> {
    let now = checkout_sessions::by_id(state.db.conn(), row.id).await?;
    let complete = match now {
        Some(now) => now.session_state()? == SessionState::Complete,
        None => false,
    };
    Ok(match complete {
        true => TakenUp::Bought,
        false => TakenUp::Over,
    })
}
