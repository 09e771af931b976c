//! Endpoints that calls are treated by.

/// Where a device signs out.
pub const LOGOUT: &str = "/api/v1/auth/logout";

/// Unsafe calls that need no token.
pub fn is_open(path: &str) -> bool {
    ["/api/v1/auth/register", "/api/v1/auth/login"].contains(&path)
}
