//! Refuses changes that were not sent from a page of the same site.

use axum::{
    extract::Request,
    http::{
        HeaderMap, Method, StatusCode,
        header::{COOKIE, ORIGIN},
    },
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::Host;

const REFUSAL: &str = "This form was sent from another site, so nothing was changed. \
    Open the page on this site and try again.\n";

/// Refuses a request for a change that another site's page sends in the visitor's name.
pub async fn check_origin(request: Request, next: Next) -> Response {
    let own = request
        .extensions()
        .get::<Host>()
        .map(|host| host.base_url.as_str());
    let reads = matches!(
        *request.method(),
        Method::GET | Method::HEAD | Method::OPTIONS
    );
    if reads || comes_from(own, request.headers()) {
        next.run(request).await
    } else {
        (StatusCode::FORBIDDEN, REFUSAL).into_response()
    }
}

fn comes_from(own: Option<&str>, headers: &HeaderMap) -> bool {
    let header = |name: &str| {
        headers
            .get(name)
            .map(|value| value.to_str().unwrap_or_default())
    };
    match (header("sec-fetch-site"), header(ORIGIN.as_str())) {
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        (None, Some(origin)) => own.is_some_and(|own| own.eq_ignore_ascii_case(origin)),
        // Every browser sends one of the two headers. A program without a cookie acts for itself.
        (None, None) => !headers.contains_key(COOKIE),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passes(headers: &[(&'static str, &'static str)]) -> bool {
        let headers = headers.iter().map(|(name, value)| {
            (
                axum::http::HeaderName::from_static(name),
                value.parse().unwrap(),
            )
        });
        comes_from(Some("http://localhost:3000"), &headers.collect())
    }

    #[test]
    fn pages_of_the_site_pass() {
        assert!(passes(&[
            ("sec-fetch-site", "same-origin"),
            ("cookie", "a=b")
        ]));
        assert!(passes(&[("sec-fetch-site", "none"), ("cookie", "a=b")]));
        assert!(passes(&[
            ("origin", "http://localhost:3000"),
            ("cookie", "a=b")
        ]));
        assert!(passes(&[]));
    }

    #[test]
    fn others_do_not() {
        for headers in [
            &[("sec-fetch-site", "cross-site")][..],
            &[("sec-fetch-site", "same-site")],
            &[
                ("sec-fetch-site", "cross-site"),
                ("origin", "http://localhost:3000"),
            ],
            &[("origin", "http://evil.example")],
            &[("origin", "https://localhost:3000")],
            &[("origin", "http://localhost")],
            &[("origin", "null")],
            &[("origin", "")],
            &[("cookie", "a=b")],
        ] {
            assert!(!passes(headers), "{headers:?}");
        }
    }
}
