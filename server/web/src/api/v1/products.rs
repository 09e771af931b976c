//! `GET /api/v1/products`: the products on offer.

use axum::{
    Json,
    extract::State,
    http::{HeaderName, header::CACHE_CONTROL},
};
use serde::Serialize;
use store::products as rows;
use utoipa::ToSchema;

use super::shapes::Product;
use crate::{
    api::{Answer, TenantContext, conditional::A_MINUTE},
    ports::catalog::view,
    state::AppState,
};

/// Everything on offer.
#[derive(Serialize, ToSchema)]
pub struct Products {
    /// Events to come, the soonest first; what has no time, in the order of the catalog; then events that have started,
    /// the latest first.
    data: Vec<Product>,
}

/// What the site sells
///
/// It needs no token, and may be kept for a minute.
#[utoipa::path(
    get,
    path = "/api/v1/products",
    operation_id = "list_products",
    tag = "Shop",
    responses(
        (status = 200, description = "Everything on offer", body = Products),
        (status = 304, description = "As the app has it: it sent the `ETag` as `If-None-Match`")
    )
)]
pub async fn products(
    State(state): State<AppState>,
    place: TenantContext,
) -> Answer<([(HeaderName, &'static str); 1], Json<Products>)> {
    let found = rows::list(state.db.reader(), place.site.id(), None, state.now()).await?;
    let (base, zone) = (&place.base_url, &place.site.row.time_zone);
    let shape = |row| Product::of(view(row, zone), base);
    let products = Products {
        data: found.into_iter().map(shape).collect(),
    };
    Ok(([(CACHE_CONTROL, A_MINUTE)], Json(products)))
}
