//! `POST /api/v1/me/memberships/{id}/portal`: opens Stripe's page on which a membership is managed.

use axum::{Json, extract::State};
use serde::Serialize;
use services::memberships::{self, NoPortal};
use store::PurchaseId;
use utoipa::ToSchema;

use crate::{
    api::{Answer, Caller, Failure, Kind, id::Id},
    state::AppState,
};

pub const PROBLEMS: &[Kind] = &[
    Kind::NotFound,
    Kind::PaymentsNotConnected,
    Kind::PaymentNotAccepted,
    Kind::StripeUnavailable,
];

/// A visit to Stripe's page.
#[derive(Serialize, ToSchema)]
pub struct Portal {
    /// Opens the page for whoever has it, for a short time. Afterwards it leads to the site.
    #[schema(
        format = "uri",
        example = "https://billing.stripe.com/p/session/test_a1"
    )]
    url: String,
}

/// Opens the page that manages a membership
///
/// There the member changes the card, reads invoices and cancels.
#[utoipa::path(
    post,
    path = "/api/v1/me/memberships/{id}/portal",
    operation_id = "open_membership_portal",
    tag = "Member",
    security(("bearer" = [])),
    params(("id" = i64, Path, description = "`id` of the membership", example = 7)),
    responses((status = 200, description = "The address of the page", body = Portal))
)]
pub async fn open(
    State(state): State<AppState>,
    caller: Caller,
    Id(id): Id,
) -> Answer<Json<Portal>> {
    state.rate_limiter.check_purchase(caller.user.id)?;
    let (place, member) = (&caller.place, caller.user.id);
    let (site, base_url) = (&place.site, &place.base_url);
    let id = PurchaseId::new(id);
    match memberships::visit(&state, site, member, id, base_url).await? {
        Ok(url) => Ok(Json(Portal { url })),
        Err(why) => Err(match why {
            NoPortal::NoMembership => Failure::of(Kind::NotFound),
            NoPortal::NotConnected => Failure::of(Kind::PaymentsNotConnected),
            NoPortal::NotAccepted => Failure::of(Kind::PaymentNotAccepted),
            NoPortal::Unanswered => Failure::of(Kind::StripeUnavailable).retry_after(60),
        }),
    }
}
