//! `GET /share/qr.svg` and `/share/qr.png`: the QR code of the signed-in member's own link, and of nobody else's. With
//! `?page=` it leads to that page of the catalog.

use app::types::{QR_PNG, QR_SVG};
use axum::{
    Extension,
    extract::State,
    http::{
        StatusCode, Uri,
        header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE},
    },
    response::{IntoResponse, Response},
};
use domain::sharing::{CatalogPage, Channel};
use services::referral_qr;

use crate::{
    error_page,
    middleware::RequestContext,
    ports::{Services, referrals::own_link},
    state::AppState,
};

const NONE: &str = "You have no referral link yet.\n";

/// The file at this path; 404 for a member without a link.
pub async fn qr_code(
    State(state): State<AppState>,
    Extension(context): Extension<RequestContext>,
    uri: Uri,
) -> Response {
    let services = Services { state, context };
    let shared = shared_page(uri.query().unwrap_or_default());
    let page = shared.as_deref().and_then(CatalogPage::at);
    let Some(link) = own_link(&services, page) else {
        return (StatusCode::NOT_FOUND, NONE).into_response();
    };
    let link = Channel::Qr.marked(&link);
    let file = match uri.path() {
        QR_SVG => referral_qr::svg(&link).map(|svg| ("image/svg+xml", svg.into_bytes())),
        QR_PNG => referral_qr::png(&link).map(|png| ("image/png", png)),
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    match file {
        Ok((media_type, content)) => {
            let headers = [
                (CONTENT_TYPE, media_type),
                (CACHE_CONTROL, "private, no-store"),
                (CONTENT_SECURITY_POLICY, "default-src 'none'"),
            ];
            (headers, content).into_response()
        }
        Err(error) => error_page::internal_error(&error),
    }
}

/// The path that the query names as the page to share.
fn shared_page(query: &str) -> Option<String> {
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    let (_, page) = pairs.find(|(name, _)| name == "page")?;
    Some(page.into_owned())
}
