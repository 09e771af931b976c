//! Version 1 of the API: one endpoint per file, each with the problems that only it has.

mod cancel_purchase;
mod credits;
mod delete_me;
pub mod export;
mod list_purchases;
mod login;
mod logout;
mod me;
mod memberships;
mod notifications;
mod patch_me;
mod portal;
mod product;
mod products;
mod purchase;
mod purchases;
mod read_notification;
mod referral_code;
mod referral_link;
mod referrals;
mod referrals_summary;
mod referrer;
mod register;
mod shapes;

use utoipa_axum::{
    router::{OpenApiRouter, UtoipaMethodRouter},
    routes,
};

use super::{document, problem::Kind};
use crate::state::AppState;

/// Every endpoint, with its document completed; `wrap` adds to each the layers that its calls need.
pub fn endpoints(
    wrap: impl Fn(UtoipaMethodRouter<AppState>) -> UtoipaMethodRouter<AppState>,
) -> OpenApiRouter<AppState> {
    let opening = OpenApiRouter::with_openapi(document::opening());
    listed()
        .into_iter()
        .fold(opening, |all, (endpoint, problems)| {
            all.routes(wrap(document::complete(endpoint, problems)))
        })
}

/// Every endpoint, with the problems that only it has.
fn listed() -> Vec<(UtoipaMethodRouter<AppState>, &'static [Kind])> {
    vec![
        (routes!(register::register), register::PROBLEMS),
        (routes!(login::login), login::PROBLEMS),
        (routes!(logout::logout), &[]),
        (routes!(me::me), &[]),
        (routes!(patch_me::patch_me), patch_me::PROBLEMS),
        (routes!(delete_me::delete_me), delete_me::PROBLEMS),
        (routes!(export::export), &[]),
        (routes!(memberships::memberships), &[]),
        (routes!(portal::open), portal::PROBLEMS),
        (routes!(credits::credits), &[]),
        (routes!(referrals::referrals), referrals::PROBLEMS),
        (routes!(referrals_summary::summary), &[]),
        (
            routes!(referral_link::referral_link),
            referral_link::PROBLEMS,
        ),
        (routes!(referrer::name), referrer::PROBLEMS),
        (
            routes!(referral_code::referral_code),
            referral_code::PROBLEMS,
        ),
        (routes!(products::products), &[]),
        (routes!(product::product), product::PROBLEMS),
        (routes!(purchases::begin), purchases::PROBLEMS),
        (routes!(list_purchases::purchases), list_purchases::PROBLEMS),
        (routes!(purchase::purchase), purchase::PROBLEMS),
        (routes!(cancel_purchase::cancel), cancel_purchase::PROBLEMS),
        (
            routes!(notifications::notifications),
            notifications::PROBLEMS,
        ),
        (
            routes!(read_notification::read),
            read_notification::PROBLEMS,
        ),
    ]
}
