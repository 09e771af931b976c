//! `GET /api/v1/products`: the products on offer.

use axum::{Json, extract::State};
use serde::Serialize;
use store::products as rows;
use utoipa::ToSchema;

use super::shapes::{Amount, Kind};
use crate::{
    api::{Answer, TenantContext},
    ports::catalog::view,
    state::AppState,
};

/// Everything on offer.
#[derive(Serialize, ToSchema)]
pub struct Products {
    /// In the order of the catalog.
    data: Vec<Product>,
}

/// A product.
#[derive(Serialize, ToSchema)]
pub struct Product {
    #[schema(example = 5)]
    id: i64,
    kind: Kind,
    #[schema(example = "Ladies' Night at the Range")]
    name: String,
    /// One line.
    summary: String,
    /// Paragraphs, separated by blank lines.
    description: String,
    /// When it takes place, or how long it lasts; may be empty.
    #[schema(example = "Saturday, December 5, 2026 · 18:00")]
    detail: String,
    /// A membership costs it every month.
    price: Amount,
    /// Its page.
    #[schema(
        format = "uri",
        example = "https://detroitarms.com/events/ladies-night"
    )]
    url: String,
    #[schema(
        format = "uri",
        example = "https://detroitarms.com/art/ladies-night.svg"
    )]
    picture_url: String,
}

/// What the site sells
#[utoipa::path(
    get,
    path = "/api/v1/products",
    operation_id = "list_products",
    tag = "Shop",
    responses((status = 200, description = "Everything on offer", body = Products))
)]
pub async fn products(
    State(state): State<AppState>,
    place: TenantContext,
) -> Answer<Json<Products>> {
    let found = rows::list(state.db.reader(), place.site.id(), None).await?;
    let base = &place.base_url;
    let data = found.into_iter().map(view).map(|product| Product {
        id: product.id,
        kind: product.kind.into(),
        url: format!("{base}{}", product.path()),
        picture_url: format!("{base}{}", product.picture),
        name: product.name,
        summary: product.summary,
        description: product.description,
        detail: product.detail,
        price: product.price.into(),
    });
    Ok(Json(Products {
        data: data.collect(),
    }))
}
