//! One file per page; rendered on the server alone.

pub mod admin;
mod brand_copy;
mod checkout;
mod dashboard;
mod forbidden;
mod home;
mod landing;
mod not_found;
mod notifications;
mod plain;
mod pricing;
mod product;
mod purchase;
mod register;
mod section;
mod sign_in;
mod thank_you;

pub use checkout::CheckoutPage;
pub use dashboard::DashboardPage;
pub use forbidden::ForbiddenPage;
pub use home::HomePage;
pub use landing::LandingPage;
pub use not_found::{NotFoundPage, not_found};
pub use notifications::NotificationsPage;
pub use plain::{broken_page, unknown_host_page};
pub use pricing::PricingPage;
pub use product::ProductPage;
pub use purchase::PurchasePage;
pub use register::RegisterPage;
pub use section::SectionPage;
pub use sign_in::SignInPage;
pub use thank_you::ThankYouPage;

use leptos::prelude::ReadUntracked;
use leptos_router::{hooks::use_query_map, location::Url};

use crate::{
    ports::{Ports, Viewer},
    types::{Member, local},
};

/// The signed-in member; a visitor is sent to sign in and comes back afterwards.
fn member_or_sign_in(viewer: &Viewer, ports: &Ports) -> Option<Member> {
    if viewer.member.is_none() {
        ports
            .exchange
            .redirect(&with_next("/sign-in", &viewer.path));
    }
    viewer.member.clone()
}

/// Where the query says to go next, if that is a path of this site; empty otherwise.
fn next_in_query() -> String {
    let next = query("next").unwrap_or_default();
    local::path(&next).unwrap_or_default().to_owned()
}

/// `page`, knowing where to go afterwards if `next` is a path of this site.
pub(crate) fn with_next(page: &str, next: &str) -> String {
    match local::path(next) {
        // A slash is at home in a query; escaped, it only makes the address hard to read.
        Some(next) => format!("{page}?next={}", Url::escape(next).replace("%2F", "/")),
        None => page.to_owned(),
    }
}

fn query(name: &str) -> Option<String> {
    use_query_map().read_untracked().get(name)
}

#[cfg(test)]
mod tests {
    use super::with_next;

    #[test]
    fn where_to_go_next_survives_as_one_value() {
        assert_eq!(
            with_next("/sign-in", "/purchases/5"),
            "/sign-in?next=/purchases/5"
        );
        assert_eq!(
            with_next("/sign-in", "/a?b=c&d"),
            "/sign-in?next=/a%3Fb%3Dc%26d"
        );
    }

    #[test]
    fn another_site_is_not_a_place_to_go() {
        assert_eq!(with_next("/register", "//evil.example"), "/register");
        assert_eq!(with_next("/register", ""), "/register");
    }
}
