//! Ends a Checkout session early, and decides whether an open one can be used again.

use domain::purchase::{OPEN_AT_MOST, OpenSession, SessionState, Terms, reuse_of};
use store::{checkout_sessions, entities::checkout_session};

use super::{
    retrieve::{self, Standing, connection_of, heard},
    row::{age_of, asked_for},
};
use crate::{Engine, credits::post_returns};

/// The result of using an open session again, or of ending it.
pub enum Reused {
    /// The page at this URL can be used again.
    Page(String),
    /// The session is closed: another may be created.
    Over,
    /// The session was paid, or its payment is being processed: the buyer sees that purchase.
    Bought,
    /// Stripe did not answer. The session may hold a balance, so no other is created.
    Unanswered,
}

/// Returns the open page if it was created under the same terms; otherwise expires the session.
pub async fn reuse(
    engine: &Engine,
    row: &checkout_session::Model,
    wanted: &Terms,
) -> anyhow::Result<Reused> {
    let standing = retrieve::retrieve(engine, row).await?;
    let url = match standing {
        Standing::Open(url) => url,
        Standing::Over => return over(engine, row).await,
        Standing::Unanswered => return unanswered(engine, row).await,
    };
    let open = asked_for(row)?.map(|asked| asked.terms());
    match open.map(|open| reuse_of(&open, wanted)) {
        Some(OpenSession::SamePage) => Ok(Reused::Page(url)),
        Some(OpenSession::ExpireFirst) | None => match expire(engine, row).await? {
            Standing::Over => over(engine, row).await,
            // Stripe just reported the session as open, so it holds the balance, whatever its age
            // by our clock.
            Standing::Open(_) | Standing::Unanswered => Ok(Reused::Unanswered),
        },
    }
}

/// Expires the session and confirms with Stripe that it is closed. If the buyer paid first, the
/// payment counts.
pub async fn end(engine: &Engine, row: &checkout_session::Model) -> anyhow::Result<Reused> {
    match expire(engine, row).await? {
        Standing::Over => over(engine, row).await,
        // An open session holds the balance, whatever its age.
        Standing::Open(_) => Ok(Reused::Unanswered),
        Standing::Unanswered => unanswered(engine, row).await,
    }
}

/// Expires the session, and returns its state afterwards.
async fn expire(engine: &Engine, row: &checkout_session::Model) -> anyhow::Result<Standing> {
    let Some(row) = with_id(engine, row).await? else {
        return Ok(Standing::Over);
    };
    let (Some(connection), Some(session_id)) =
        (connection_of(engine, &row).await?, &row.session_id)
    else {
        return Ok(Standing::Unanswered);
    };
    match connection.gateway.expire_checkout(session_id).await {
        Ok(session) => match session.event() {
            Some(event) => heard(engine, &row, &session, event).await,
            None => Ok(Standing::Unanswered),
        },
        // The session is no longer open, or Stripe did not expire it: retrieving it shows which.
        Err(_) => retrieve::retrieve(engine, &row).await,
    }
}

/// The row with Stripe's session id, which may just have been stored. If it was not, Stripe is
/// asked again. `None`: the session is closed.
async fn with_id(
    engine: &Engine,
    row: &checkout_session::Model,
) -> anyhow::Result<Option<checkout_session::Model>> {
    let now = checkout_sessions::by_id(engine.db.reader(), row.id).await?;
    let Some(row) = now else { return Ok(None) };
    if row.session_id.is_some() {
        return Ok(Some(row));
    }
    match retrieve::retrieve(engine, &row).await? {
        Standing::Over => Ok(None),
        Standing::Open(_) => Ok(checkout_sessions::by_id(engine.db.reader(), row.id).await?),
        Standing::Unanswered => Ok(Some(row)),
    }
}

/// Releases a session that is older than `OPEN_AT_MOST`: Stripe has expired it by then, so it holds
/// no balance, and the buyer need not wait for an answer.
async fn unanswered(engine: &Engine, row: &checkout_session::Model) -> anyhow::Result<Reused> {
    let Some(row) = checkout_sessions::by_id(engine.db.reader(), row.id).await? else {
        return Ok(Reused::Over);
    };
    if age_of(engine, &row) < OPEN_AT_MOST {
        return Ok(Reused::Unanswered);
    }
    checkout_sessions::let_go(engine.db.writer(), row.id).await?;
    Ok(Reused::Over)
}

async fn over(engine: &Engine, row: &checkout_session::Model) -> anyhow::Result<Reused> {
    let now = checkout_sessions::by_id(engine.db.reader(), row.id).await?;
    if now.is_some_and(|now| now.state == SessionState::Complete) {
        return Ok(Reused::Bought);
    }
    // What the session held is to be on the balance before somebody reads it.
    let held = asked_for(row)?.and_then(|asked| asked.discount);
    if let (Some(purchase_id), Some(_)) = (row.purchase_id, held) {
        post_returns(engine, purchase_id).await?;
    }
    Ok(Reused::Over)
}
