//! One file per page; pages are rendered only on the server.

mod account;
pub mod admin;
mod app_return;
mod brand_copy;
mod brand_questions;
mod card_picture;
mod checkout;
mod confirm_email;
mod credits;
mod dashboard;
mod forbidden;
mod forgot_password;
mod friends;
mod home;
mod invitation;
mod landing;
mod memberships;
mod not_found;
mod notifications;
mod open_page;
mod plain;
mod plain_field;
mod policy;
mod pricing;
mod product;
mod purchase;
mod referrer;
mod register;
mod reset_password;
mod section;
mod share;
mod sign_in;
mod sign_in_code;
mod thank_you;
mod unsubscribe;

pub use account::{
    AccountPage, DeleteAccountPage, DeletedPage, NameReferrerPage, SecondFactorPage,
};
pub use app_return::AppReturnPage;
pub use checkout::CheckoutPage;
pub use confirm_email::ConfirmEmailPage;
pub use credits::CreditsPage;
pub use dashboard::DashboardPage;
pub use forbidden::ForbiddenPage;
pub use forgot_password::ForgotPasswordPage;
pub use friends::FriendsPage;
pub use home::HomePage;
pub use invitation::InvitationPage;
pub use landing::LandingPage;
pub use not_found::{NotFoundPage, not_found};
pub use notifications::NotificationsPage;
pub use plain::{broken_page, unknown_host_page};
pub use policy::{PrivacyPage, TermsPage};
pub use pricing::PricingPage;
pub use product::ProductPage;
pub use purchase::PurchasePage;
pub use referrer::{ReferrerPage, ReferrerSignInPage};
pub use register::RegisterPage;
pub use reset_password::ResetPasswordPage;
pub use section::SectionPage;
pub use share::SharePage;
pub use sign_in::SignInPage;
pub use sign_in_code::SignInCodePage;
pub use thank_you::ThankYouPage;
pub use unsubscribe::UnsubscribePage;

use leptos::prelude::*;
use leptos_router::{hooks::use_query_map, location::Url};

use crate::{
    ports::{Ports, Viewer},
    types::{Member, local},
};

/// The signed-in member. A visitor is redirected to the sign-in page, which leads back here.
fn member_or_sign_in(viewer: &Viewer, ports: &Ports) -> Option<Member> {
    if viewer.member.is_none() {
        ports
            .response
            .redirect(&with_next("/sign-in", &viewer.path));
    }
    viewer.member.clone()
}

/// The query's `next` if it is a path of this site; otherwise empty.
fn next_in_query() -> String {
    let next = query("next").unwrap_or_default();
    local::path(&next).unwrap_or_default().to_owned()
}

/// `page` with `next` in its query, if `next` is a path of this site.
pub fn with_next(page: &str, next: &str) -> String {
    match local::path(next) {
        // Slashes and hyphens are allowed in a query and easier to read unescaped.
        Some(next) => {
            let next = Url::escape(next).replace("%2F", "/").replace("%2D", "-");
            format!("{page}?next={next}")
        }
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
    fn next_stays_one_value_of_the_query() {
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
    fn next_is_never_another_site() {
        assert_eq!(with_next("/register", "//evil.example"), "/register");
        assert_eq!(with_next("/register", ""), "/register");
    }
}
