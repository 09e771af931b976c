//! The access table: what each page, server function and other path of a site requires.
//!
//! An unlisted server function answers nobody, and an unlisted path of the console answers only
//! staff. A test compares this table with the router.

use domain::{
    account::{Permission, Rights},
    credit::Program,
};
use percent_encoding::percent_decode_str;

/// What a path requires of the visitor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    Everyone,
    /// The visitor must be signed in.
    Member,
    /// The permission on this tenant's site.
    Tenant(Permission),
    /// The permission in the platform program.
    Platform(Permission),
    /// The permission in either program; the answer contains only what the member's role allows.
    Either(Permission),
    /// The function is not listed, so it answers nobody.
    Nobody,
}

/// Marks a page request of a signed-in member who may not see the page.
#[derive(Clone, Copy)]
pub struct Forbidden;

use Access::{Either, Everyone, Member, Nobody, Platform, Tenant};
use Permission::{
    ManageCatalog, ManageCredits, ManageMembers, ManageReferrers, ManageSettings, ManageStripe,
    ManageTeam, See, Sell,
};

/// Pages and other paths that a browser opens.
pub const PAGES: &[(&str, Access)] = &[
    ("/", Everyone),
    ("/events", Everyone),
    ("/events/{slug}", Everyone),
    ("/events/{slug}/calendar.ics", Everyone),
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
    ("/deleted", Everyone),
    ("/terms", Everyone),
    ("/privacy", Everyone),
    ("/app-return", Everyone),
    ("/unsubscribe", Everyone),
    ("/unsubscribe/one-click", Everyone),
    ("/invitation", Everyone),
    ("/r/{code}", Everyone),
    ("/pricing", Everyone),
    ("/pricing/checkout", Everyone),
    ("/pricing/release", Everyone),
    ("/pricing/thank-you", Everyone),
    ("/favicon.ico", Everyone),
    ("/site/logo", Everyone),
    ("/site/accent.css", Everyone),
    ("/site/preview.png", Everyone),
    // The port checks the session of a platform referrer, who has no account.
    ("/referrer", Everyone),
    ("/referrer/sign-in", Everyone),
    ("/account", Member),
    ("/account/second-factor", Member),
    ("/account/export", Member),
    ("/account/delete", Member),
    ("/account/referrer", Member),
    ("/dashboard", Member),
    ("/credits", Member),
    ("/referrals", Member),
    ("/share", Member),
    ("/share/qr.svg", Member),
    ("/share/qr.png", Member),
    ("/notifications", Member),
    ("/notifications/stream", Member),
    ("/purchases/{id}", Member),
    ("/admin", Either(See)),
    ("/admin/referrals", Either(See)),
    ("/admin/referrals.csv", Either(See)),
    ("/admin/referrals/books", Either(ManageCredits)),
    ("/admin/referrals/reviews", Either(ManageCredits)),
    ("/admin/referrals/why", Either(See)),
    ("/admin/referrals/{program}/{id}", Either(See)),
    (
        "/admin/referrals/{program}/{id}/review",
        Either(ManageCredits),
    ),
    (
        "/admin/referrals/{program}/{id}/void",
        Either(ManageCredits),
    ),
    // The first that matches counts.
    ("/admin/platform-referrers/same-address", Platform(See)),
    ("/admin/platform-referrers/{id}", Platform(ManageCredits)),
    (
        "/admin/platform-referrers/{id}/grant",
        Platform(ManageCredits),
    ),
    ("/admin/orders", Either(See)),
    ("/admin/orders.csv", Either(See)),
    ("/admin/orders/subscriptions", Either(See)),
    ("/admin/orders/subscriptions.csv", Either(See)),
    ("/admin/orders/{id}/refund", Either(ManageCredits)),
    ("/admin/catalog", Tenant(See)),
    ("/admin/catalog/{id}", Tenant(ManageCatalog)),
    ("/admin/mail", Either(ManageSettings)),
    ("/admin/members", Tenant(See)),
    ("/admin/members.csv", Tenant(See)),
    ("/admin/members/same-address", Tenant(See)),
    ("/admin/members/{id}", Tenant(See)),
    ("/admin/members/{id}/credits", Tenant(See)),
    ("/admin/members/{id}/erase", Tenant(ManageMembers)),
    ("/admin/members/{id}/grant", Tenant(ManageCredits)),
    ("/admin/settings", Either(ManageSettings)),
    ("/admin/settings/logo", Either(ManageSettings)),
    ("/admin/settings/audit.csv", Either(ManageSettings)),
    ("/admin/settings/security.csv", Either(ManageSettings)),
    ("/admin/team", Either(ManageTeam)),
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
    ("accept_invitation", Everyone),
    ("enrol_staff", Everyone),
    ("mail_referrer_link", Everyone),
    ("sign_referrer_in", Everyone),
    ("sign_referrer_out", Everyone),
    // A visitor who is not signed in is sent to sign in, and from there back to the product.
    ("buy", Everyone),
    ("release_checkout", Everyone),
    ("purchase", Everyone),
    ("subscription", Everyone),
    ("manage_membership", Member),
    ("get_referral_link", Member),
    ("name_referrer", Member),
    ("dashboard", Member),
    ("change_name", Member),
    ("change_password", Member),
    ("change_email", Member),
    ("begin_second_factor", Member),
    ("confirm_second_factor", Member),
    ("remove_second_factor", Member),
    ("type_password", Member),
    ("delete_account", Member),
    ("mail_confirmation", Member),
    ("cancel_email_change", Member),
    ("save_mail_preferences", Member),
    ("sign_out_device", Member),
    ("sign_out_browser", Member),
    ("sign_out_others", Member),
    ("notifications", Member),
    ("mark_notification_read", Member),
    ("mark_all_notifications_read", Member),
    ("payment_settings", Either(ManageSettings)),
    ("save_settings", Either(ManageSettings)),
    ("save_minimum_age", Tenant(ManageSettings)),
    ("save_terms", Either(ManageSettings)),
    ("switch_off", Either(ManageSettings)),
    ("save_general", Either(ManageSettings)),
    ("remove_logo", Either(ManageSettings)),
    ("save_policy", Either(ManageSettings)),
    ("connect_stripe", Either(ManageStripe)),
    ("test_stripe", Either(ManageStripe)),
    ("create_webhook_endpoint", Either(ManageStripe)),
    ("disconnect_stripe", Either(ManageStripe)),
    ("remove_signing_secret", Either(ManageStripe)),
    ("record_unmatched", Tenant(ManageCredits)),
    ("dismiss_unmatched", Either(ManageCredits)),
    ("admin_referrals", Either(See)),
    ("compare_books", Either(ManageCredits)),
    ("settle_difference", Either(ManageCredits)),
    ("retry_referrals", Either(ManageCredits)),
    ("decide_again", Either(ManageCredits)),
    ("platform_referrers", Platform(See)),
    ("add_referrer", Platform(ManageReferrers)),
    ("change_referrer", Platform(ManageReferrers)),
    ("set_referrer_disabled", Platform(ManageReferrers)),
    ("choose_customer", Platform(ManageCredits)),
    ("move_referrer_credit", Platform(ManageCredits)),
    ("refund_order", Either(ManageCredits)),
    ("give_credit", Either(ManageCredits)),
    ("take_credit", Either(ManageCredits)),
    ("void_referral", Either(ManageCredits)),
    ("decide_review", Either(ManageCredits)),
    ("forget_failed_mail", Either(ManageSettings)),
    ("require_second_factor", Either(ManageTeam)),
    ("invite_staff", Either(ManageTeam)),
    ("withdraw_invitation", Either(ManageTeam)),
    ("change_role", Either(ManageTeam)),
    ("end_staff_sessions", Either(ManageTeam)),
    ("save_product", Tenant(ManageCatalog)),
    ("set_product_withdrawn", Tenant(ManageCatalog)),
    ("admin_members", Tenant(See)),
    ("count_confirmed_friends", Tenant(ManageSettings)),
    ("show_api_docs", Tenant(ManageSettings)),
    ("show_preview_names", Tenant(ManageSettings)),
    ("save_share_message", Tenant(ManageSettings)),
    ("save_mobile_apps", Tenant(ManageSettings)),
    ("save_referrer_days", Tenant(ManageSettings)),
    ("record_sale", Tenant(Sell)),
    ("set_billing_email", Tenant(Sell)),
    ("erase_member", Tenant(ManageMembers)),
    ("block_member", Tenant(ManageMembers)),
    ("sign_out_member", Tenant(ManageMembers)),
    ("move_member_credit", Tenant(ManageCredits)),
    ("return_lost_credit", Tenant(ManageCredits)),
    ("undo_sale", Tenant(Sell)),
    ("attach_referrer", Tenant(Sell)),
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
        Some("admin") => PAGES.iter().find_map(listed).unwrap_or(Either(See)),
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
            Tenant(permission) => rights.may(Program::Tenant, permission),
            Platform(permission) => rights.may(Program::Platform, permission),
            Either(permission) => rights.may_anywhere(permission),
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
            assert_eq!(of_path(path), Tenant(See), "{path}");
        }
        assert_eq!(of_path("/dashboard/"), Member);
        assert_eq!(of_path("/rpc/record_sale/"), Tenant(Sell));
    }

    #[test]
    fn an_unlisted_address_is_refused() {
        assert_eq!(of_path("/admin/new-thing"), Either(See));
        assert_eq!(of_path("/rpc/new_function"), Nobody);
        assert_eq!(of_path("/nowhere"), Everyone);
    }
}
