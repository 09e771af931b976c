//! `GET /api/v1/me/memberships`: the member's memberships.

use axum::{Json, extract::State};
use serde::Serialize;
use store::subscriptions;
use utoipa::ToSchema;

use super::shapes::Membership;
use crate::{
    api::{Answer, Caller},
    state::AppState,
};

/// The member's memberships.
#[derive(Serialize, ToSchema)]
pub struct Memberships {
    /// Newest first, those too that ended.
    data: Vec<Membership>,
}

/// The member's memberships
///
/// With when each is paid next, ends or ended, as Stripe said last.
#[utoipa::path(
    get,
    path = "/api/v1/me/memberships",
    operation_id = "list_memberships",
    tag = "Member",
    security(("bearer" = [])),
    responses((status = 200, description = "The memberships", body = Memberships))
)]
pub async fn memberships(
    State(state): State<AppState>,
    caller: Caller,
) -> Answer<Json<Memberships>> {
    let (db, user) = (state.db.reader(), &caller.user);
    let rows = subscriptions::of_member(db, user.site_id, user.id).await?;
    let rows = rows.iter();
    Ok(Json(Memberships {
        data: rows
            .map(|(purchase, row)| Membership::of(purchase, row))
            .collect(),
    }))
}
