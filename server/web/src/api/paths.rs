//! Paths of endpoints whose idempotency keys do not belong to a member.

/// Signs a device out.
pub const LOGOUT: &str = "/api/v1/auth/logout";

/// Whether this is an unsafe call that needs no token.
pub fn is_open(path: &str) -> bool {
    ["/api/v1/auth/register", "/api/v1/auth/login"].contains(&path)
}
