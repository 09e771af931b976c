//! `GET /api/v1/purchases`: what the member bought or began to buy, in pages (`docs/rules.md` 206).

use axum::{Json, extract::State};
use serde::Serialize;
use services::purchases::open_pages;
use store::{PurchaseId, purchases as rows};
use utoipa::ToSchema;

use super::shapes::OwnPurchase;
use crate::{
    api::{
        Answer, Caller, Kind,
        cursor::{Page, PageQuery},
    },
    state::AppState,
};

pub const PROBLEMS: &[Kind] = &[Kind::InvalidParameters];

/// A page of purchases, newest first.
#[derive(Serialize, ToSchema)]
pub struct Purchases {
    data: Vec<OwnPurchase>,
    /// `cursor` of the next page; null on the last.
    #[schema(required, example = "12")]
    next_cursor: Option<String>,
}

/// The member's purchases
///
/// Those too that were not paid. They are as the site knows them: to have Stripe asked, ask for one.
#[utoipa::path(
    get,
    path = "/api/v1/purchases",
    operation_id = "list_purchases",
    tag = "Shop",
    security(("bearer" = [])),
    params(PageQuery),
    responses((status = 200, description = "A page of them", body = Purchases))
)]
pub async fn purchases(
    State(state): State<AppState>,
    caller: Caller,
    page: Page,
) -> Answer<Json<Purchases>> {
    let (db, user) = (state.db.reader(), &caller.user);
    let before = page.before.map(PurchaseId::new);
    let mut found = rows::all_of_buyer(db, user.site_id, user.id, before, page.rows()).await?;
    let next_cursor = page.cut(&mut found, |row| row.id.get());
    let pages = open_pages(&state, user.site_id, &found).await?;
    let shape = |row| OwnPurchase::of(row, pages.get(&row.id));
    Ok(Json(Purchases {
        data: found.iter().map(shape).collect(),
        next_cursor,
    }))
}
