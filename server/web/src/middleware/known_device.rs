//! The cookie by which a browser is known in which somebody signed in before. It signs nobody in.

use server_core::config::Config;
use services::accounts::known_devices::DEVICE_KNOWN;
use tower_cookies::{Cookie, Cookies, cookie::SameSite};

/// The browser's token, if it has one.
pub fn device_token(cookies: &Cookies, config: &Config) -> Option<String> {
    let cookie = cookies.get(name(config))?;
    Some(cookie.value().to_owned())
}

/// Has the browser keep its token until nobody has signed in there for a long time.
pub fn keep_device_token(cookies: &Cookies, config: &Config, token: String) {
    let cookie = Cookie::build((name(config), token))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(config.behind_tls)
        .max_age(DEVICE_KNOWN);
    cookies.add(cookie.build());
}

/// With `__Host-`, a page of a neighboring subdomain cannot set this cookie.
fn name(config: &Config) -> &'static str {
    match config.behind_tls {
        true => "__Host-device",
        false => "device",
    }
}
