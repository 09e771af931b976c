//! Notifications as they come, by server-sent events.

use std::{convert::Infallible, time::Duration};

use axum::{
    Extension,
    extract::State,
    http::StatusCode,
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures::StreamExt;
use tokio_stream::wrappers::BroadcastStream;
use tokio_util::sync::CancellationToken;

use crate::{live::News, middleware::Visit, state::AppState};

/// How long a stream lives. The browser takes it up again by itself, and whether somebody is still
/// signed in is asked anew.
const AT_MOST: Duration = Duration::from_secs(5 * 60);

/// `GET /notifications/stream`: what concerns the signed-in member, until `stopping`.
pub async fn notifications(
    Extension(visit): Extension<Visit>,
    State(state): State<AppState>,
    stopping: CancellationToken,
) -> Response {
    let Some(user) = visit.user else {
        return (StatusCode::UNAUTHORIZED, "Sign in to hear of news.\n").into_response();
    };
    let events = BroadcastStream::new(state.live.watch())
        .filter_map(move |news| {
            std::future::ready(news.ok().filter(|news| news.user_id == user.id))
        })
        .map(|news| Ok::<_, Infallible>(event(&news)))
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

fn event(news: &News) -> Event {
    // Serialising texts and numbers cannot fail; an empty comment changes nothing.
    Event::default()
        .event("notification")
        .json_data(&news.notification)
        .unwrap_or_else(|_| Event::default().comment(""))
}
