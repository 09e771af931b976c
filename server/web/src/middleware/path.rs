//! Refuses addresses that two readers could read as different paths.

use axum::{
    extract::Request,
    http::StatusCode,
    middleware::Next,
    response::{IntoResponse, Response},
};
use percent_encoding::percent_decode_str;

const REFUSAL: &str = "This address cannot be read. Check it and try again.\n";

/// Answers 400 to a path with a segment `.` or `..`, a backslash or an encoded slash. A browser resolves
/// these before it asks (WHATWG URL, 4.4), as our pages' router does and the access table does not:
/// the two must never speak of different pages.
pub async fn refuse_ambiguous_path(request: Request, next: Next) -> Response {
    match is_ambiguous(request.uri().path()) {
        true => (StatusCode::BAD_REQUEST, REFUSAL).into_response(),
        false => next.run(request).await,
    }
}

fn is_ambiguous(path: &str) -> bool {
    path.split('/').any(|segment| {
        let decoded: Vec<u8> = percent_decode_str(segment).collect();
        matches!(&decoded[..], b"." | b"..") || decoded.iter().any(|byte| b"\\/".contains(byte))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_has_one_reading() {
        for path in [
            "/x/../admin/members",
            "/%2e/admin/settings",
            "/foo/%2E%2e/admin/referrals",
            "/.%2e/admin",
            "/./admin",
            "/admin/.",
            "/admin\\catalog",
            "/admin%5Ccatalog",
            "/admin%2fcatalog",
        ] {
            assert!(is_ambiguous(path), "{path}");
        }
        for path in [
            "/",
            "//admin",
            "/events/night.shoot",
            "/.well-known/security.txt",
            "/events/...",
            "/events/a%20b",
        ] {
            assert!(!is_ambiguous(path), "{path}");
        }
    }
}
