//! `GET /events/{slug}/calendar.ics`: an event for a member's calendar (`docs/rules.md` 217). Everybody can have it,
//! like the page of the event.

use axum::{
    Extension,
    extract::{Path, State, rejection::PathRejection},
    http::{
        StatusCode,
        header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE},
    },
    response::{IntoResponse, Response},
};
use domain::purchase::ProductKind;
use services::event_calendar::{self, CalendarEvent};
use store::products;

use crate::{error_page, middleware::RequestContext, state::AppState};

pub const PATH: &str = "/events/{slug}/calendar.ics";
/// An admin may move the event to another time.
const A_MINUTE: &str = "public, max-age=60";
const NONE: &str = "There is no event with a date at this address.\n";

/// The file; 404 where no event has a date.
pub async fn file(
    State(state): State<AppState>,
    Extension(context): Extension<RequestContext>,
    typed: Result<Path<String>, PathRejection>,
) -> Response {
    // What cannot be read is no event.
    let Ok(Path(slug)) = typed else {
        return (StatusCode::NOT_FOUND, NONE).into_response();
    };
    match content(&state, &context, &slug).await {
        Ok(Some(content)) => {
            let headers = [
                (CONTENT_TYPE, "text/calendar; charset=utf-8".to_owned()),
                (CACHE_CONTROL, A_MINUTE.to_owned()),
                (
                    CONTENT_DISPOSITION,
                    format!("attachment; filename=\"{slug}.ics\""),
                ),
            ];
            (headers, content).into_response()
        }
        Ok(None) => (StatusCode::NOT_FOUND, NONE).into_response(),
        Err(error) => error_page::internal_error(&error),
    }
}

/// A withdrawn event has its file too, for those who have a ticket; it has no page that the file could name.
async fn content(
    state: &AppState,
    context: &RequestContext,
    slug: &str,
) -> anyhow::Result<Option<String>> {
    let (db, site) = (state.db.reader(), &context.site);
    let event = products::any_by_slug(db, site.id(), ProductKind::EventTicket, slug).await?;
    let Some((event, starts)) = event.and_then(|event| event.starts_at.map(|at| (event, at)))
    else {
        return Ok(None);
    };
    let host = context.base_url.split_once("://");
    let host = host.map_or("", |(_, host)| host);
    let url = format!("{}{}", context.base_url, products::path(&event));
    let file = CalendarEvent {
        uid: &format!("{slug}@{host}"),
        summary: &event.name,
        description: &event.summary,
        starts: starts.moment(),
        location: match event.detail.is_empty() {
            true => &site.row.postal_address,
            false => &event.detail,
        },
        url: event.withdrawn_at.is_none().then_some(url.as_str()),
    };
    event_calendar::file(file, state.now().moment()).map(Some)
}
