//! `GET /api/v1/me/notifications`: the member's notifications, in pages.

use axum::{Json, extract::State};
use serde::Serialize;
use store::{NotificationId, notifications as rows};
use utoipa::ToSchema;

use super::shapes::Notification;
use crate::{
    api::{
        Answer, Caller, Kind,
        cursor::{Page, PageQuery},
    },
    state::AppState,
};

pub const PROBLEMS: &[Kind] = &[Kind::InvalidParameters];

/// A page of notifications, newest first.
#[derive(Serialize, ToSchema)]
pub struct Notifications {
    data: Vec<Notification>,
    /// `cursor` of the next page; null on the last.
    #[schema(required, example = "12")]
    next_cursor: Option<String>,
}

/// What the member was told
///
/// Sentences with what each is about, newest first.
#[utoipa::path(
    get,
    path = "/api/v1/me/notifications",
    operation_id = "list_notifications",
    tag = "Member",
    security(("bearer" = [])),
    params(PageQuery),
    responses((status = 200, description = "A page of it", body = Notifications))
)]
pub async fn notifications(
    State(state): State<AppState>,
    caller: Caller,
    page: Page,
) -> Answer<Json<Notifications>> {
    let (db, user) = (state.db.reader(), &caller.user);
    let mut found = rows::list(
        db,
        user.site_id,
        user.id,
        page.before.map(NotificationId::new),
        page.rows(),
    )
    .await?;
    let next_cursor = page.cut(&mut found, |row| row.id.get());
    Ok(Json(Notifications {
        data: Notification::all(db, user.site_id, &found).await?,
        next_cursor,
    }))
}
