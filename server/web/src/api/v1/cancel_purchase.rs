//! `POST /api/v1/purchases/{id}/cancel`: closes the page of a purchase that is not paid (`docs/rules.md` 206).

use axum::{Json, extract::State};
use domain::purchase::PurchaseState;
use services::purchases::checkout::{Reused, end};
use store::{PurchaseId, checkout_sessions, purchases};

use super::{purchase::told, shapes::OwnPurchase};
use crate::{
    api::{Answer, Caller, Failure, Kind, id::Id},
    state::AppState,
};

pub const PROBLEMS: &[Kind] = &[Kind::NotFound, Kind::PurchasePaid, Kind::StripeUnavailable];

/// Cancels a purchase that is not paid
///
/// Stripe's page closes, and nothing is charged. Credit that was set aside for the purchase can be used again. One that
/// was never paid stays as it is. What is paid already is not given back: that is for the site to do. While credit is
/// being taken for it, or Stripe does not answer, it can still become paid: then the answer is `stripe-unavailable`.
#[utoipa::path(
    post,
    path = "/api/v1/purchases/{id}/cancel",
    operation_id = "cancel_purchase",
    tag = "Shop",
    security(("bearer" = [])),
    params(("id" = i64, Path, description = "`id` of the purchase", example = 7)),
    responses((status = 200, description = "The purchase, which cannot be paid anymore", body = OwnPurchase))
)]
pub async fn cancel(
    State(state): State<AppState>,
    caller: Caller,
    Id(id): Id,
) -> Answer<Json<OwnPurchase>> {
    let (db, user, id) = (state.db.reader(), &caller.user, PurchaseId::new(id));
    let found = || purchases::one_of_buyer(db, user.site_id, user.id, id);
    let mut bought = found().await?.ok_or_else(|| Failure::of(Kind::NotFound))?;
    if *bought.purchase.state == PurchaseState::Open {
        state.rate_limiter.check_purchase(user.id)?;
        if let Some(session) = checkout_sessions::of_purchase(db, id).await?
            && let Reused::Bought = end(&state, &session).await?
        {
            return Err(Failure::of(Kind::PurchasePaid));
        }
        bought = found().await?.ok_or_else(|| Failure::of(Kind::NotFound))?;
    }
    match *bought.purchase.state {
        // Stripe did not answer, or there is no page to close: credit is paying, and Stripe says soon whether it did.
        PurchaseState::Open => Err(Failure::of(Kind::StripeUnavailable).retry_after(60)),
        PurchaseState::Paid | PurchaseState::Processing => Err(Failure::of(Kind::PurchasePaid)),
        PurchaseState::Failed | PurchaseState::Expired | PurchaseState::Undone => {
            told(&state, bought.purchase).await
        }
    }
}
