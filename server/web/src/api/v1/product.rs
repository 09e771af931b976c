//! `GET /api/v1/products/{id}`: one product on offer.

use axum::{
    Json,
    extract::State,
    http::{HeaderName, header::CACHE_CONTROL},
};
use store::{ProductId, products};

use super::shapes::Product;
use crate::{
    api::{Answer, Failure, Kind, TenantContext, conditional::A_MINUTE, id::Id},
    ports::catalog::view,
    state::AppState,
};

pub const PROBLEMS: &[Kind] = &[Kind::NotFound];

/// One product that the site sells
///
/// One that is not on offer anymore is not found; purchases of it keep its name and price.
#[utoipa::path(
    get,
    path = "/api/v1/products/{id}",
    operation_id = "get_product",
    tag = "Shop",
    params(("id" = i64, Path, description = "`id` of the product", example = 5)),
    responses(
        (status = 200, description = "The product", body = Product),
        (status = 304, description = "As the app has it: it sent the `ETag` as `If-None-Match`")
    )
)]
pub async fn product(
    State(state): State<AppState>,
    place: TenantContext,
    Id(id): Id,
) -> Answer<([(HeaderName, &'static str); 1], Json<Product>)> {
    let db = state.db.reader();
    let row = products::by_id(db, place.site.id(), ProductId::new(id)).await?;
    let row = row.ok_or_else(|| Failure::of(Kind::NotFound))?;
    let product = view(row, &place.site.row.time_zone);
    let product = Product::of(product, &place.base_url);
    Ok(([(CACHE_CONTROL, A_MINUTE)], Json(product)))
}
