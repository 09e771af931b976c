//! What makes a page look like its site's: `GET /site/logo` and `GET /site/accent.css`, whose addresses
//! change with their content, so that browsers keep them for good, and the icon.

use axum::{
    Extension,
    extract::{RawQuery, State},
    http::{
        StatusCode,
        header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE},
    },
    response::{IntoResponse, Redirect, Response},
};
use store::site_profiles;

use crate::{error_page, middleware::RequestContext, state::AppState};

const FOR_GOOD: &str = "public, max-age=31536000, immutable";
const NOTHING: &str = "There is nothing at this address.\n";

/// The logo's file.
pub async fn logo(
    State(state): State<AppState>,
    Extension(context): Extension<RequestContext>,
    RawQuery(query): RawQuery,
) -> Response {
    let site = &context.site.row;
    match site_profiles::logo(state.db.reader(), site.id).await {
        Ok(Some(logo)) => {
            let kept = kept(query.as_deref(), site.logo_hash.as_deref());
            let headers = [
                (CONTENT_TYPE, logo.media_type),
                (CACHE_CONTROL, kept.to_owned()),
                (CONTENT_SECURITY_POLICY, "default-src 'none'".to_owned()),
            ];
            (headers, logo.content).into_response()
        }
        Ok(None) => (StatusCode::NOT_FOUND, NOTHING).into_response(),
        Err(error) => error_page::internal_error(&error.into()),
    }
}

/// Leads to the icon of the site's theme, for programs that ask for the old address without reading a page. Many of
/// those read no SVG.
pub async fn favicon(Extension(context): Extension<RequestContext>) -> Redirect {
    Redirect::to(&format!("/favicons/{}.png", context.site.row.theme))
}

/// The style sheet that puts the site's accent in place of the theme's.
pub async fn accent(
    Extension(context): Extension<RequestContext>,
    RawQuery(query): RawQuery,
) -> Response {
    let Some(accent) = context.site.row.accent else {
        return (StatusCode::NOT_FOUND, NOTHING).into_response();
    };
    let digits = accent.to_string();
    let kept = kept(query.as_deref(), digits.strip_prefix('#'));
    let headers = [
        (CONTENT_TYPE, "text/css; charset=utf-8"),
        (CACHE_CONTROL, kept),
    ];
    (headers, accent.css()).into_response()
}

/// An address of before, in a page that is still open, must not keep what is there now.
fn kept(asked: Option<&str>, now: Option<&str>) -> &'static str {
    match asked.is_some() && asked == now {
        true => FOR_GOOD,
        false => "no-cache",
    }
}
