//! Refuses addresses that two readers could read as different paths.

use axum::{
    extract::Request,
    http::StatusCode,
    middleware::Next,
    response::{IntoResponse, Response},
};
use percent_encoding::percent_decode_str;

const REFUSAL: &str = "This address cannot be read. Check it and try again.\n";

/// Below it stands whatever somebody pasted, as one segment: a link has slashes. Neither our pages' router nor the
/// access table reads it.
const LOOK_UP: &str = "/api/v1/referral-codes/";

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
    let pasted = path.strip_prefix(LOOK_UP);
    if let Some(pasted) = pasted.filter(|pasted| !pasted.contains('/')) {
        return matches!(
            &*percent_decode_str(pasted).collect::<Vec<u8>>(),
            b"." | b".."
        );
    }
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
            "/api/v1/referral-codes/%2e%2e",
            "/api/v1/referral-codes/x/..%2fme",
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
            "/api/v1/referral-codes/https%3A%2F%2Fdetroitarms.com%2Fr%2Fab3kx7mn",
        ] {
            assert!(!is_ambiguous(path), "{path}");
        }
    }
}
