//! Live notifications by server-sent events.

use std::{sync::Arc, time::Duration};

use anyhow::Context;
use app::types::NotificationUpdate;
use axum::{
    Extension,
    extract::State,
    http::StatusCode,
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures::{StreamExt, stream};
use services::live::Heard;
use store::{Scope, entities::user, sessions, users};
use tokio_util::sync::CancellationToken;

use crate::{
    middleware::{RequestContext, row_id},
    state::AppState,
};

/// How long a stream lives. The browser reconnects by itself, which checks again whether the member
/// is still signed in.
const AT_MOST: Duration = Duration::from_secs(5 * 60);
/// When a browser may reconnect whose stream was closed for a newer one of the same member. If it
/// reconnected at once, two tabs would displace each other forever.
const COME_BACK: Duration = Duration::from_secs(60);

/// `GET /notifications/stream`: the signed-in member's notifications, until `stopping`.
pub async fn notifications(
    Extension(context): Extension<RequestContext>,
    State(state): State<AppState>,
    stopping: CancellationToken,
) -> Response {
    let (Some(member), Some(row_id)) = (context.user, row_id(&context.session)) else {
        return StatusCode::NO_CONTENT.into_response();
    };
    let open = state.live.streams.open(member.id);
    let listener = Arc::new(Listener { member, row_id });
    let make_room = Event::default().retry(COME_BACK);
    let events = state
        .live
        .watch()
        .filter_map(move |heard| {
            let (state, listener) = (state.clone(), listener.clone());
            async move {
                notification_event(&state, &listener, heard)
                    .await
                    .transpose()
            }
        })
        .take_until(open.displaced())
        .chain(stream::iter([Ok(make_room)]))
        .map(move |event| {
            // The stream owns `open`, so that it keeps its place until it ends.
            let _ = &open;
            event
        })
        .take_until(stopping.cancelled_owned())
        .take_until(tokio::time::sleep(AT_MOST));
    // A proxy that buffers responses would hold events back.
    let unbuffered = [("x-accel-buffering", "no")];
    (
        unbuffered,
        Sse::new(events).keep_alive(KeepAlive::default()),
    )
        .into_response()
}

/// Who listens.
struct Listener {
    member: Arc<user::Model>,
    /// Names the row of their session.
    row_id: String,
}

/// The event that the listener gets for `heard`; `None` for another member's notification or change, and for
/// changes that only admins see. If the count
/// cannot be read, or the session has ended, the stream breaks: the browser then
/// reconnects and learns which.
async fn notification_event(
    state: &AppState,
    listener: &Listener,
    heard: Heard,
) -> anyhow::Result<Option<Event>> {
    let arrived = match heard {
        Heard::Changed(scope) if !runs(&listener.member, scope) => return Ok(None),
        Heard::Changed(_) => {
            with_session(state, listener).await?;
            return Ok(Some(Event::default().event("change").data("console")));
        }
        Heard::MemberChanged(member) if member != listener.member.id => return Ok(None),
        Heard::MemberChanged(_) => {
            with_session(state, listener).await?;
            return Ok(Some(Event::default().event("change").data("member")));
        }
        Heard::NewNotification(arrival) if arrival.user_id != listener.member.id => {
            return Ok(None);
        }
        Heard::NewNotification(arrival) => Some(arrival.notification),
        Heard::Gap => None,
    };
    let unread = with_session(state, listener).await?;
    let unread = unread.try_into().unwrap_or(u32::MAX);
    let event = Event::default().event("news");
    Ok(Some(
        event.json_data(NotificationUpdate { unread, arrived })?,
    ))
}

/// The number of unread notifications; an error if the listener's session has ended.
async fn with_session(state: &AppState, listener: &Listener) -> anyhow::Result<u64> {
    let (db, user) = (state.db.reader(), &listener.member);
    let session = sessions::find(db, &listener.row_id, state.now()).await?;
    session.context("the session has ended")?;
    let found = users::with_unread(db, user.site_id, user.id).await?;
    let (_, unread) = found
        .filter(|(now, _)| now.accepts(user.session_version))
        .context("the session has ended")?;
    Ok(unread)
}

/// Whether `user` has a role in this scope's program.
fn runs(user: &user::Model, scope: Scope) -> bool {
    match scope {
        Scope::Site(site_id) => user.tenant_role.is_some() && user.site_id == site_id,
        Scope::Platform => user.platform_role.is_some(),
    }
}
