//! `POST /api/v1/me/notifications/{id}/read`: marks a notification as read.

use axum::{Json, extract::State};
use store::{NotificationId, notifications};

use super::shapes::Notification;
use crate::{
    api::{Answer, Caller, Failure, Kind, id::Id},
    state::AppState,
};

pub const PROBLEMS: &[Kind] = &[Kind::NotFound];

/// Marks a notification as read
///
/// Once is enough: marking it again changes nothing.
#[utoipa::path(
    post,
    path = "/api/v1/me/notifications/{id}/read",
    operation_id = "read_notification",
    tag = "Member",
    security(("bearer" = [])),
    params(("id" = i64, Path, description = "`id` of the notification", example = 3)),
    responses((status = 200, description = "The notification, read", body = Notification))
)]
pub async fn read(
    State(state): State<AppState>,
    caller: Caller,
    Id(id): Id,
) -> Answer<Json<Notification>> {
    let (db, user) = (state.db.writer(), &caller.user);
    let now = state.now();
    notifications::mark_read(
        db,
        user.site_id,
        user.id,
        Some(NotificationId::new(id)),
        now,
    )
    .await?;
    let row = notifications::one(db, user.site_id, user.id, NotificationId::new(id)).await?;
    let row = row.ok_or_else(|| Failure::of(Kind::NotFound))?;
    let told = Notification::all(state.db.reader(), user.site_id, &[row]).await?;
    let told = told.into_iter().next();
    Ok(Json(told.ok_or_else(|| Failure::of(Kind::NotFound))?))
}
