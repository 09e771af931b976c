//! The apps of a site: where Stripe's page may lead back to, and which apps open the site's links (`docs/rules.md` 211
//! and 212).

mod return_url;
mod typed;

pub use return_url::ReturnUrl;
pub use typed::{AndroidApp, MobileApps, TypedMobileApps};
