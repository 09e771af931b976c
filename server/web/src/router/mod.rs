//! Every route of the product.

use std::path::Path;

use app::{
    components::PREVIEW_PICTURE,
    types::{QR_PNG, QR_SVG, admin::LOGO_UPLOAD},
};
use axum::{
    Router,
    http::{Uri, uri::PathAndQuery},
    middleware::{from_fn, from_fn_with_state},
    response::Redirect,
    routing::{MethodRouter, any, get, post},
};
use leptos_axum::{AxumRouteListing, LeptosRoutes, generate_route_list};
use tokio_util::sync::CancellationToken;
use tower_http::{
    catch_panic::CatchPanicLayer,
    limit::RequestBodyLimitLayer,
    request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer},
    trace::TraceLayer,
};

use crate::{
    api,
    middleware::{
        REQUEST_ID, attach_context, capture, check_origin, compression, drop_bad_request_id,
        find_site, on_panic, refuse_ambiguous_path, secure, session_layer, span_of,
    },
    router::check_access::check_access,
    site_look::{ACCENT, LOGO},
    state::AppState,
    webhook,
};
use table_files::{Members, Orders, Referrals, Subscriptions};

pub mod access;
mod app_links;
mod check_access;
mod checkout;
mod event_calendar;
mod export;
mod files;
mod health;
mod log_files;
mod logo_upload;
pub mod pages;
mod preview;
mod pricing;
mod robots;
pub mod rpc;
mod share;
mod short_link;
mod site_look;
mod stream;
mod table_files;
mod unsubscribe;

/// The largest body that one of our forms can need, in bytes.
const FORM_BYTES: usize = 64 * 1024;
/// The form whose texts may be longer than that.
const LONG_FORM: &str = "/rpc/save_policy";
/// The largest body of that form: a text of the greatest length, each character of it in four encoded bytes.
const LONG_FORM_BYTES: usize = 256 * 1024;
/// The largest body that a Stripe event can need, in bytes.
const EVENT_BYTES: usize = 512 * 1024;
/// Where the console's catalog was until it was spelled the American way.
const OLD_CATALOG: &str = "/admin/catalogue";

/// Every route. Event streams end when `stopping` is canceled.
///
/// # Errors
/// If `CORS_ORIGINS` is not valid, or the OpenAPI document cannot be written.
pub fn router(state: AppState, stopping: CancellationToken) -> anyhow::Result<Router> {
    let site_root = Path::new(&*state.leptos.site_root);
    let package = format!("/{}", state.leptos.site_pkg_dir);
    let other_paths = Router::new()
        .fallback(pages::render)
        .layer(from_fn_with_state(state.clone(), capture));
    let other_paths = of_a_site(other_paths, &state).with_state(state.clone());
    Ok(Router::new()
        .route("/healthz", get(health::lives))
        .route("/readyz", get(health::is_ready))
        .route("/robots.txt", get(robots::text))
        .route(app_links::APPLE, get(app_links::apple))
        .route(app_links::ANDROID, get(app_links::android))
        .merge(moved_routes())
        .merge(webhook_routes())
        .merge(api::routes(&state)?)
        .merge(site_routes(&state, stopping))
        .nest_service(
            &package,
            files::for_good(&site_root.join(&*state.leptos.site_pkg_dir)),
        )
        // Their names have their version.
        .nest_service("/fonts", files::for_good(&site_root.join("fonts")))
        .fallback_service(files::for_a_day(site_root, other_paths))
        .layer(compression())
        .layer(from_fn(refuse_ambiguous_path))
        .layer(CatchPanicLayer::custom(on_panic))
        .layer(from_fn_with_state(state.clone(), secure))
        .layer(TraceLayer::new_for_http().make_span_with(span_of))
        .layer(PropagateRequestIdLayer::new(REQUEST_ID))
        .layer(SetRequestIdLayer::new(REQUEST_ID, MakeRequestUuid))
        .layer(from_fn(drop_bad_request_id))
        .with_state(state))
}

/// Addresses of earlier releases, which people have in bookmarks and histories.
fn moved_routes() -> Router<AppState> {
    Router::new()
        .route(OLD_CATALOG, any(moved_catalog))
        .route(&format!("{OLD_CATALOG}/{{id}}"), any(moved_catalog))
}

/// Sends the browser to the page that took this one's place, with the same query.
async fn moved_catalog(uri: Uri) -> Redirect {
    let address = uri.path_and_query().map_or("", PathAndQuery::as_str);
    let rest = address.strip_prefix(OLD_CATALOG).unwrap_or_default();
    Redirect::permanent(&format!("/admin/catalog{rest}"))
}

/// Stripe's webhook endpoints. Their requests name no site and carry no session.
fn webhook_routes() -> Router<AppState> {
    Router::new()
        .route("/webhooks/stripe/{account}", post(webhook::receive))
        .layer(axum::extract::DefaultBodyLimit::disable())
        .layer(RequestBodyLimitLayer::new(EVENT_BYTES))
}

/// Pages, forms and the event stream: everything that belongs to one site and one visitor.
fn site_routes(state: &AppState, stopping: CancellationToken) -> Router<AppState> {
    let pages = Router::new().leptos_routes_with_handler(page_routes(), pages::render);
    let pages = own_routes(stopping)
        .into_iter()
        .fold(pages, |pages, (path, answer)| pages.route(path, answer))
        .layer(from_fn_with_state(state.clone(), capture));
    let forms = Router::new()
        .route("/rpc/{*function}", any(rpc::call))
        .layer(RequestBodyLimitLayer::new(FORM_BYTES));
    let long_form = Router::new()
        .route(LONG_FORM, any(rpc::call))
        .layer(RequestBodyLimitLayer::new(LONG_FORM_BYTES));
    of_a_site(pages.merge(forms).merge(long_form), state)
}

/// The routes of a site that are neither pages nor server functions.
fn own_routes(stopping: CancellationToken) -> Vec<(&'static str, MethodRouter<AppState>)> {
    vec![
        ("/admin", get(|| async { Redirect::to("/admin/referrals") })),
        (LOGO_UPLOAD, post(logo_upload::upload)),
        ("/admin/referrals.csv", get(table_files::file::<Referrals>)),
        ("/admin/orders.csv", get(table_files::file::<Orders>)),
        (
            "/admin/orders/subscriptions.csv",
            get(table_files::file::<Subscriptions>),
        ),
        ("/admin/members.csv", get(table_files::file::<Members>)),
        ("/admin/settings/audit.csv", get(log_files::audit)),
        ("/admin/settings/security.csv", get(log_files::security)),
        ("/favicon.ico", get(site_look::favicon)),
        (LOGO, get(site_look::logo)),
        (ACCENT, get(site_look::accent)),
        (PREVIEW_PICTURE, get(preview::picture)),
        (QR_SVG, get(share::qr_code)),
        (QR_PNG, get(share::qr_code)),
        (export::PATH, get(export::file)),
        (event_calendar::PATH, get(event_calendar::file)),
        (short_link::PATH, get(short_link::follow)),
        (checkout::PATH, post(checkout::begin)),
        (checkout::RELEASE, post(checkout::release)),
        (
            services::mail::unsubscribe::ONE_CLICK,
            get(unsubscribe::page).post(unsubscribe::one_click),
        ),
        (
            "/notifications/stream",
            get(move |context, state| stream::notifications(context, state, stopping)),
        ),
    ]
}

/// The paths of a site that are neither pages nor server functions, for the test of the access
/// table.
pub fn own_paths() -> Vec<&'static str> {
    let routes = own_routes(CancellationToken::new()).into_iter();
    routes.map(|(path, _)| path).collect()
}

/// Every page of tenant sites and brand sites. Rendering decides which of them a site has.
pub fn page_routes() -> Vec<AxumRouteListing> {
    let mut routes = generate_route_list(app::TenantRoutes);
    for route in generate_route_list(app::PlatformRoutes) {
        if routes.iter().all(|known| known.path() != route.path()) {
            routes.push(route);
        }
    }
    routes
}

fn of_a_site(routes: Router<AppState>, state: &AppState) -> Router<AppState> {
    routes
        .layer(from_fn_with_state(state.clone(), check_access))
        .layer(from_fn_with_state(state.clone(), attach_context))
        .layer(session_layer(state))
        .layer(from_fn(check_origin))
        .layer(from_fn_with_state(state.clone(), find_site))
}
