//! `GET /api/v1/purchases/{id}`: one purchase of the member, with its current status.

use axum::{Json, extract::State};
use services::purchases::brought_up_to_date;
use store::{PurchaseId, purchases};

use super::shapes::Purchase;
use crate::{
    api::{Answer, Caller, Failure, Kind, id::Id},
    state::AppState,
};

pub const PROBLEMS: &[Kind] = &[Kind::NotFound];

/// One of the member's purchases
///
/// To be asked after Stripe's page was left: while it is not paid, the site asks Stripe.
#[utoipa::path(
    get,
    path = "/api/v1/purchases/{id}",
    operation_id = "get_purchase",
    tag = "Shop",
    security(("bearer" = [])),
    params(("id" = i64, Path, description = "`id` of the purchase", example = 7)),
    responses((status = 200, description = "The purchase", body = Purchase))
)]
pub async fn purchase(
    State(state): State<AppState>,
    caller: Caller,
    Id(id): Id,
) -> Answer<Json<Purchase>> {
    let (db, user) = (state.db.reader(), &caller.user);
    let row = purchases::one_of_buyer(db, user.site_id, user.id, PurchaseId::new(id)).await?;
    let bought = row.ok_or_else(|| Failure::of(Kind::NotFound))?;
    let bought = brought_up_to_date(&state, bought).await?;
    Ok(Json(Purchase::from(&bought.purchase)))
}
