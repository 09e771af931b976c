//! CORS: no page of another origin may call the API, unless the operator names its origin.

use std::time::Duration;

use anyhow::{Context, ensure};
use axum::http::{
    HeaderName, HeaderValue, Method, Uri,
    header::{
        AUTHORIZATION, CONTENT_TYPE, ETAG, IF_NONE_MATCH, LOCATION, RETRY_AFTER, WWW_AUTHENTICATE,
    },
};
use tower_http::cors::{AllowOrigin, CorsLayer};

use super::{
    idempotency::{KEY, REPLAYED},
    quota,
};
use crate::middleware::REQUEST_ID;

/// Lets pages of `origins` call; `None` if there are no origins. Cookies never count, because a
/// call is authenticated by its token alone.
///
/// # Errors
/// If a text is not an origin.
pub fn layer(origins: &[String]) -> anyhow::Result<Option<CorsLayer>> {
    let named = origins.iter().filter(|origin| !origin.trim().is_empty());
    let origins: Vec<_> = named
        .map(|text| origin(text))
        .collect::<anyhow::Result<_>>()?;
    let any = !origins.is_empty();
    let layer = || {
        CorsLayer::new()
            .allow_origin(AllowOrigin::list(origins))
            .allow_methods([Method::GET, Method::POST, Method::PATCH, Method::DELETE])
            .allow_headers([
                AUTHORIZATION,
                CONTENT_TYPE,
                IF_NONE_MATCH,
                REQUEST_ID,
                HeaderName::from_static(KEY),
            ])
            .expose_headers([
                ETAG,
                LOCATION,
                quota::LEFT,
                quota::POLICY,
                REQUEST_ID,
                RETRY_AFTER,
                WWW_AUTHENTICATE,
                HeaderName::from_static(REPLAYED),
            ])
            .max_age(Duration::from_secs(600))
    };
    Ok(any.then(layer))
}

/// Reads an origin as a browser writes it in `Origin`: scheme, host and port, nothing more.
fn origin(text: &str) -> anyhow::Result<HeaderValue> {
    const EXAMPLE: &str =
        "CORS_ORIGINS: write origins like https://app.example.com, without a path";
    let text = text.trim();
    let uri: Uri = text.parse().context(EXAMPLE)?;
    let (scheme, authority) = (uri.scheme_str(), uri.authority());
    let (scheme, authority) = scheme.zip(authority).context(EXAMPLE)?;
    let origin = format!("{scheme}://{authority}").to_ascii_lowercase();
    ensure!(text.eq_ignore_ascii_case(&origin), EXAMPLE);
    Ok(HeaderValue::from_str(&origin)?)
}

#[cfg(test)]
mod tests {
    use super::origin;

    #[test]
    fn an_origin_is_neither_a_page_nor_everybody() {
        assert_eq!(
            origin("https://App.example.com:8443").unwrap(),
            "https://app.example.com:8443"
        );
        for text in [
            "",
            "*",
            "null",
            "app.example.com",
            "https://app.example.com/",
            "https://app.example.com/page",
        ] {
            assert!(origin(text).is_err(), "{text}");
        }
    }
}
