//! Notifications as they come, by server-sent events.

use std::time::Duration;

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
use store::{entities::user, users};
use tokio_util::sync::CancellationToken;

use crate::{middleware::Visit, state::AppState};

/// How long a stream lives. The browser takes it up again by itself, and whether somebody is still
/// signed in is asked anew.
const AT_MOST: Duration = Duration::from_secs(5 * 60);
/// When a browser may come back whose stream made room for a newer one of the same member: at once,
/// two tabs would take the place from one another for ever.
const COME_BACK: Duration = Duration::from_secs(60);

/// `GET /notifications/stream`: what concerns the signed-in member, until `stopping`.
pub async fn notifications(
    Extension(visit): Extension<Visit>,
    State(state): State<AppState>,
    stopping: CancellationToken,
) -> Response {
    let Some(user) = visit.user else {
        return StatusCode::NO_CONTENT.into_response();
    };
    let open = state.live.streams.open(user.id);
    let make_room = Event::default().retry(COME_BACK);
    let events = state
        .live
        .watch()
        .filter_map(move |heard| {
            let (state, user) = (state.clone(), user.clone());
            async move { news(&state, &user, heard).await.transpose() }
        })
        .take_until(open.displaced())
        .chain(stream::iter([Ok(make_room)]))
        .map(move |event| {
            // The place is the stream's as long as the stream is there.
            let _ = &open;
            event
        })
        .take_until(stopping.cancelled_owned())
        .take_until(tokio::time::sleep(AT_MOST));
    // A proxy that gathers answers before it passes them on would hold news back.
    let unbuffered = [("x-accel-buffering", "no")];
    (
        unbuffered,
        Sse::new(events).keep_alive(KeepAlive::default()),
    )
        .into_response()
}

/// What `user` is told of what was `heard`; nothing where it is another's. If the count cannot be
/// had, or the session of `user` has ended, the stream breaks, and the browser comes back to hear it.
async fn news(state: &AppState, user: &user::Model, heard: Heard) -> anyhow::Result<Option<Event>> {
    let arrived = match heard {
        Heard::Arrival(arrival) if arrival.user_id != user.id => return Ok(None),
        Heard::Arrival(arrival) => Some(arrival.notification),
        Heard::Gap => None,
    };
    let found = users::with_unread(state.db.reader(), user.site_id, user.id).await?;
    let (_, unread) = found
        .filter(|(now, _)| now.session_version == user.session_version)
        .context("the session has ended")?;
    let unread = unread.try_into().unwrap_or(u32::MAX);
    let event = Event::default().event("news");
    Ok(Some(
        event.json_data(NotificationUpdate { unread, arrived })?,
    ))
}
