//! The access table: what each page, server function and other path of a site requires.
//!
//! An unlisted server function answers nobody, and an unlisted path of the console answers only
//! admins. A test compares this table with the router.

use domain::account::Rights;
use percent_encoding::percent_decode_str;

/// What a path requires of the visitor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    Everyone,
    /// The visitor must be signed in.
    Member,
    /// The right to run this tenant site.
    TenantAdmin,
    /// The right to run the platform program.
    PlatformAdmin,
    /// Either of these rights; the answer contains only what the member's rights allow.
    AnyAdmin,
    /// The function is not listed, so it answers nobody.
    Nobody,
}

/// Marks a page request of a signed-in member who may not see the page.
#[derive(Clone, Copy)]
pub struct Forbidden;

use Access::{AnyAdmin, Everyone, Member, Nobody, PlatformAdmin, TenantAdmin};

/// Pages and other paths that a browser opens.
pub const PAGES: &[(&str, Access)] = &[
    ("/", Everyone),
    ("/events", Everyone),
    ("/events/{slug}", Everyone),
    ("/courses", Everyone),
    ("/courses/{slug}", Everyone),
    ("/memberships", Everyone),
    ("/memberships/{slug}", Everyone),
    ("/shop", Everyone),
    ("/shop/{slug}", Everyone),
    ("/register", Everyone),
    ("/sign-in", Everyone),
    ("/sign-in/code", Everyone),
    ("/forgot-password", Everyone),
    ("/reset-password", Everyone),
    ("/confirm-email", Everyone),
    ("/unsubscribe", Everyone),
    ("/unsubscribe/one-click", Everyone),
    ("/pricing", Everyone),
    ("/pricing/checkout", Everyone),
    ("/pricing/release", Everyone),
    ("/pricing/thank-you", Everyone),
    ("/account", Member),
    ("/account/second-factor", Member),
    ("/dashboard", Member),
    ("/credits", Member),
    ("/notifications", Member),
    ("/notifications/stream", Member),
    ("/purchases/{id}", Member),
    ("/admin", AnyAdmin),
    ("/admin/referrals", AnyAdmin),
    ("/admin/referrals/{program}/{id}", AnyAdmin),
    ("/admin/platform-referrers/{id}", PlatformAdmin),
    ("/admin/orders", AnyAdmin),
    ("/admin/catalog", TenantAdmin),
    ("/admin/catalog/{id}", TenantAdmin),
    ("/admin/mail", AnyAdmin),
    ("/admin/members", TenantAdmin),
    ("/admin/members/{id}", TenantAdmin),
    ("/admin/members/{id}/credits", TenantAdmin),
    ("/admin/settings", AnyAdmin),
];

/// Server functions, by the last part of their path.
pub const FUNCTIONS: &[(&str, Access)] = &[
    ("register", Everyone),
    ("sign_in", Everyone),
    ("enter_code", Everyone),
    ("sign_out", Everyone),
    ("forgot_password", Everyone),
    ("reset_password", Everyone),
    ("take_back_address", Everyone),
    ("confirm_email", Everyone),
    ("unsubscribe", Everyone),
    // A visitor who is not signed in is sent to sign in, and from there back to the product.
    ("buy", Everyone),
    ("release_checkout", Everyone),
    ("purchase", Everyone),
    ("subscription", Everyone),
    ("get_referral_link", Member),
    ("referral_card", Member),
    ("change_name", Member),
    ("change_password", Member),
    ("change_email", Member),
    ("begin_second_factor", Member),
    ("confirm_second_factor", Member),
    ("remove_second_factor", Member),
    ("type_password", Member),
    ("mail_confirmation", Member),
    ("cancel_email_change", Member),
    ("save_mail_preferences", Member),
    ("sign_out_device", Member),
    ("sign_out_browser", Member),
    ("sign_out_others", Member),
    ("notifications", Member),
    ("mark_notification_read", Member),
    ("mark_all_notifications_read", Member),
    ("payment_settings", AnyAdmin),
    ("save_settings", AnyAdmin),
    ("save_minimum_age", TenantAdmin),
    ("connect_stripe", AnyAdmin),
    ("test_stripe", AnyAdmin),
    ("create_webhook_endpoint", AnyAdmin),
    ("disconnect_stripe", AnyAdmin),
    ("record_unmatched", TenantAdmin),
    ("dismiss_unmatched", AnyAdmin),
    ("admin_referrals", AnyAdmin),
    ("retry_referrals", AnyAdmin),
    ("decide_again", AnyAdmin),
    ("platform_referrers", PlatformAdmin),
    ("add_referrer", PlatformAdmin),
    ("change_referrer", PlatformAdmin),
    ("set_referrer_disabled", PlatformAdmin),
    ("choose_customer", PlatformAdmin),
    ("move_referrer_credit", PlatformAdmin),
    ("forget_failed_mail", AnyAdmin),
    ("require_second_factor", AnyAdmin),
    ("save_product", TenantAdmin),
    ("set_product_withdrawn", TenantAdmin),
    ("admin_members", TenantAdmin),
    ("count_confirmed_friends", TenantAdmin),
    ("record_sale", TenantAdmin),
    ("set_billing_email", TenantAdmin),
    ("move_member_credit", TenantAdmin),
    ("return_lost_credit", TenantAdmin),
    ("undo_sale", TenantAdmin),
];

/// What `path` requires. Doubled slashes, a slash at the end and escaped letters lead to the same
/// page, so they must require the same.
pub fn of_path(path: &str) -> Access {
    let path: Vec<_> = path
        .split('/')
        .filter(|segment| !segment.is_empty())
        .map(|segment| percent_decode_str(segment).decode_utf8_lossy())
        .collect();
    let listed = |(pattern, access): &(&str, Access)| {
        let mut segments = pattern.split('/').filter(|segment| !segment.is_empty());
        let same = path.iter().all(|segment| {
            segments
                .next()
                .is_some_and(|pattern| pattern.starts_with('{') || pattern == &**segment)
        });
        (same && segments.next().is_none()).then_some(*access)
    };
    match path.first().map(|segment| &**segment) {
        Some("rpc") => function(path.get(1).map_or("", |name| &**name)),
        Some("admin") => PAGES.iter().find_map(listed).unwrap_or(AnyAdmin),
        // Unknown paths are public: everyone gets the 404.
        _ => PAGES.iter().find_map(listed).unwrap_or(Everyone),
    }
}

fn function(name: &str) -> Access {
    let listed = FUNCTIONS.iter().find(|(listed, _)| *listed == name);
    listed.map_or(Nobody, |(_, access)| *access)
}

impl Access {
    /// Whether a visitor with these rights may open the path.
    pub fn allows(self, signed_in: bool, rights: Rights) -> bool {
        match self {
            Everyone => true,
            Member => signed_in,
            TenantAdmin => rights.tenant,
            PlatformAdmin => rights.platform,
            AnyAdmin => rights.any(),
            Nobody => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_an_address_requires_the_same() {
        for path in [
            "/admin/members/5",
            "/admin/members/5/",
            "//admin//members/5",
            "/%61dmin/members/5",
            "/admin/m%65mbers/abc",
        ] {
            assert_eq!(of_path(path), TenantAdmin, "{path}");
        }
        assert_eq!(of_path("/dashboard/"), Member);
        assert_eq!(of_path("/rpc/record_sale/"), TenantAdmin);
    }

    #[test]
    fn an_unlisted_address_is_refused() {
        assert_eq!(of_path("/admin/new-thing"), AnyAdmin);
        assert_eq!(of_path("/rpc/new_function"), Nobody);
        assert_eq!(of_path("/nowhere"), Everyone);
    }
}
