//! `GET /api/v1/purchases/{id}`: one purchase of the member, with its current status.

use axum::{Json, extract::State};
use services::purchases::{brought_up_to_date, open_pages, with_credit_used};
use store::{PurchaseId, entities::purchase, purchases};

use super::shapes::OwnPurchase;
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
    responses((status = 200, description = "The purchase", body = OwnPurchase))
)]
pub async fn purchase(
    State(state): State<AppState>,
    caller: Caller,
    Id(id): Id,
) -> Answer<Json<OwnPurchase>> {
    let (db, user) = (state.db.reader(), &caller.user);
    let row = purchases::one_of_buyer(db, user.site_id, user.id, PurchaseId::new(id)).await?;
    let bought = row.ok_or_else(|| Failure::of(Kind::NotFound))?;
    let bought = brought_up_to_date(&state, bought).await?;
    let row = with_credit_used(&state, &caller.place.site, bought.purchase).await?;
    told(&state, row).await
}

/// The purchase as its buyer is told of it.
pub async fn told(state: &AppState, row: purchase::Model) -> Answer<Json<OwnPurchase>> {
    let site_id = row.site_id;
    let row = [row];
    let pages = open_pages(state, site_id, &row).await?;
    let [row] = &row;
    Ok(Json(OwnPurchase::of(row, pages.get(&row.id))))
}
