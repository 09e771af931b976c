//! The cookie of a platform referrer who is signed in. It is another one than a member's, so that
//! neither is ever taken for the other.

use server_core::config::Config;
use tower_cookies::{Cookie, Cookies, cookie::SameSite};

/// The session's token, if the browser has one.
pub fn referrer_token(cookies: &Cookies, config: &Config) -> Option<String> {
    let cookie = cookies.get(name(config))?;
    Some(cookie.value().to_owned())
}

/// Has the browser keep the session's token until it is closed.
pub fn keep_referrer_token(cookies: &Cookies, config: &Config, token: String) {
    let cookie = Cookie::build((name(config), token))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(config.behind_tls);
    cookies.add(cookie.build());
}

/// Has the browser forget it.
pub fn forget_referrer_token(cookies: &Cookies, config: &Config) {
    let gone = Cookie::build(name(config)).path("/");
    // A browser accepts a `__Host-` cookie, and its removal, only with `Secure`.
    let gone = gone.secure(config.behind_tls);
    cookies.remove(gone.build());
}

/// With `__Host-`, a page of a neighboring subdomain cannot set this cookie.
fn name(config: &Config) -> &'static str {
    match config.behind_tls {
        true => "__Host-referrer",
        false => "referrer",
    }
}
