//! Security headers: they keep browsers from doing what our pages never want.

use std::{env, sync::LazyLock};

use axum::{
    extract::{Request, State},
    http::{HeaderName, HeaderValue, header},
    middleware::Next,
    response::Response,
};

use crate::state::AppState;

/// Which sites may embed an answer.
pub const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// What no page of ours uses, and nothing that it embeds may.
const UNUSED: &str = "accelerometer=(), autoplay=(), camera=(), display-capture=(), \
    encrypted-media=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), \
    payment=(), publickey-credentials-get=(), screen-wake-lock=(), usb=()";

const HEADERS: [(HeaderName, HeaderValue); 4] = [
    (
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    ),
    (
        header::REFERRER_POLICY,
        HeaderValue::from_static("strict-origin-when-cross-origin"),
    ),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static(UNUSED),
    ),
    // Neither a page that opened ours nor one that ours opens holds its window.
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("same-origin"),
    ),
];
const TWO_YEARS: HeaderValue = HeaderValue::from_static("max-age=63072000");

/// The policy that says where a page may load from. The page's own inline scripts and its style carry
/// `nonce`. There is no `form-action`, because a form may be answered by a redirect to Stripe's page.
pub fn content_security_policy(nonce: Option<&str>) -> String {
    policy(nonce, RELOAD_PORT.as_deref())
}

/// Where pages wait to be loaded again under `cargo xtask dev`, which sets both variables. A release
/// does not read them.
static RELOAD_PORT: LazyLock<Option<String>> = LazyLock::new(|| {
    let watched = cfg!(debug_assertions) && env::var_os("LEPTOS_WATCH").is_some();
    watched.then(|| env::var("LEPTOS_RELOAD_PORT").ok())?
});

fn policy(nonce: Option<&str>, reload_port: Option<&str>) -> String {
    let nonce = nonce
        .map(|nonce| format!(" 'nonce-{nonce}'"))
        .unwrap_or_default();
    let reload = reload_port
        .map(|port| format!("; connect-src 'self' ws://*:{port}"))
        .unwrap_or_default();
    format!(
        "default-src 'self'; script-src 'self'{nonce} 'wasm-unsafe-eval'; style-src 'self'{nonce}; \
         img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; object-src 'none'{reload}"
    )
}

/// Adds the security headers to every answer; a page that set its own policy keeps it.
pub async fn secure(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, value);
    }
    // CORS, which the mobile API grants, is not affected.
    headers
        .entry(RESOURCE_POLICY)
        .or_insert(HeaderValue::from_static("same-origin"));
    if state.config.behind_tls {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, TWO_YEARS);
    }
    if let Ok(policy) = HeaderValue::from_str(&content_security_policy(None)) {
        headers
            .entry(header::CONTENT_SECURITY_POLICY)
            .or_insert(policy);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::policy;

    #[test]
    fn pages_connect_elsewhere_only_while_they_are_watched() {
        assert!(!policy(Some("n"), None).contains("ws:"));
        let watched = policy(Some("n"), Some("3001"));
        assert!(
            watched.ends_with("; connect-src 'self' ws://*:3001"),
            "{watched}"
        );
        assert!(watched.contains("script-src 'self' 'nonce-n' 'wasm-unsafe-eval'"));
        assert!(watched.contains("style-src 'self' 'nonce-n'; "));
        assert!(policy(None, None).contains("style-src 'self'; "));
    }
}
