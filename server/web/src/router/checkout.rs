//! `POST /pricing/checkout?plan=annual|monthly`: redirects from a brand's plan to Stripe's Checkout
//! page. A `GET` shows the plan and begins nothing.

use axum::{
    Extension,
    extract::{Request, State},
    http::{
        StatusCode,
        header::{CACHE_CONTROL, LOCATION},
    },
    response::{IntoResponse, Response},
};
use domain::{account::SiteKind, forms::Refusal, purchase::Plan};

use super::pages;
use crate::{
    error_page,
    middleware::RequestContext,
    ports::{Services, form_response, subscriptions::Begun},
    state::AppState,
};

pub const PATH: &str = "/pricing/checkout";
/// The path that expires the open Checkout session.
pub const RELEASE: &str = "/pricing/release";

/// The form whose refusal the pricing page shows.
const FORM: &str = "checkout";

/// Begins a Checkout session. A tenant's site has no such page and answers 404.
pub async fn begin(
    state: State<AppState>,
    context: Extension<RequestContext>,
    request: Request,
) -> Response {
    if context.site.kind() == SiteKind::Tenant {
        return pages::render(state, context, request).await;
    }
    let services = Services {
        state: state.0,
        context: context.0,
    };
    let query = request.uri().query().unwrap_or_default().to_owned();
    match next(&services, &query).await {
        Ok(to) => {
            let headers = [(LOCATION, to), (CACHE_CONTROL, "no-store".to_owned())];
            (StatusCode::SEE_OTHER, headers).into_response()
        }
        Err(error) => error_page::internal_error(&error),
    }
}

/// `POST /pricing/release`: expires the Checkout session that the browser has open.
pub async fn release(state: State<AppState>, context: Extension<RequestContext>) -> Response {
    let services = Services {
        state: state.0,
        context: context.0,
    };
    match released(&services).await {
        Ok(to) => {
            let headers = [(LOCATION, to), (CACHE_CONTROL, "no-store".to_owned())];
            (StatusCode::SEE_OTHER, headers).into_response()
        }
        Err(error) => error_page::internal_error(&error),
    }
}

async fn released(services: &Services) -> anyhow::Result<String> {
    match services.release_checkout().await? {
        Begun::Go(to) => Ok(to),
        Begun::Refused(sentence) => {
            let refusal = Refusal::message(sentence);
            form_response::keep(&services.context, FORM, &refusal).await?;
            Ok("/pricing".to_owned())
        }
    }
}

/// Begins the Checkout session and returns the address to redirect to.
async fn next(services: &Services, query: &str) -> anyhow::Result<String> {
    let pairs = form_urlencoded::parse(query.as_bytes());
    let plan = pairs.filter(|(name, _)| name == "plan").last();
    let Some(plan) = plan.and_then(|(_, code)| Plan::parse(&code)) else {
        return Ok("/pricing?unknown_plan=1".to_owned());
    };
    match services.subscribe(plan).await? {
        Begun::Go(url) => Ok(url),
        Begun::Refused(sentence) => {
            let refusal = Refusal::message(sentence);
            form_response::keep(&services.context, FORM, &refusal).await?;
            Ok(format!("/pricing?plan={}", plan.code()))
        }
    }
}
