//! The access table: every path that the router has, tried with every role.

use std::collections::BTreeSet;

use domain::account::Role;
use leptos::server_fn::axum::server_fn_paths;
use reqwest::StatusCode;
use web::router::{access, own_paths, page_routes};

use crate::support::{Browser, Page, TestApp, on_both_databases};

on_both_databases!(every_address_answers_those_it_is_for);

/// The roles, in the order of the columns of [`EXPECTED`].
const ROLES: [&str; 8] = [
    "visitor",
    "member",
    "viewer",
    "desk",
    "manager",
    "owner",
    "platform_manager",
    "platform_owner",
];

/// Each path and the roles that it lets in: `x` yes, `-` no.
const EXPECTED: &str = "
/                                  x x x x x x x x
/events                            x x x x x x x x
/events/{slug}                     x x x x x x x x
/events/{slug}/calendar.ics        x x x x x x x x
/courses                           x x x x x x x x
/courses/{slug}                    x x x x x x x x
/memberships                       x x x x x x x x
/memberships/{slug}                x x x x x x x x
/shop                              x x x x x x x x
/shop/{slug}                       x x x x x x x x
/register                          x x x x x x x x
/sign-in                           x x x x x x x x
/sign-in/code                      x x x x x x x x
/forgot-password                   x x x x x x x x
/reset-password                    x x x x x x x x
/confirm-email                     x x x x x x x x
/app-return                        x x x x x x x x
/terms                             x x x x x x x x
/privacy                           x x x x x x x x
/unsubscribe                       x x x x x x x x
/unsubscribe/one-click             x x x x x x x x
/invitation                        x x x x x x x x
/r/{code}                          x x x x x x x x
/pricing                           x x x x x x x x
/pricing/checkout                  x x x x x x x x
/pricing/release                   x x x x x x x x
/pricing/thank-you                 x x x x x x x x
/favicon.ico                       x x x x x x x x
/site/logo                         x x x x x x x x
/site/accent.css                   x x x x x x x x
/site/preview.png                  x x x x x x x x
/referrer                          x x x x x x x x
/referrer/sign-in                  x x x x x x x x
/account                           - x x x x x x x
/account/second-factor             - x x x x x x x
/credits                           - x x x x x x x
/dashboard                         - x x x x x x x
/referrals                         - x x x x x x x
/share                             - x x x x x x x
/share/qr.svg                      - x x x x x x x
/share/qr.png                      - x x x x x x x
/notifications                     - x x x x x x x
/notifications/stream              - x x x x x x x
/purchases/{id}                    - x x x x x x x
/admin                             - - x x x x x x
/admin/referrals                   - - x x x x x x
/admin/referrals.csv               - - x x x x x x
/admin/referrals/books             - - - - x x x x
/admin/referrals/{program}/{id}    - - x x x x x x
/admin/platform-referrers/{id}     - - - - - - x x
/admin/platform-referrers/same-address - - - - - - x x
/admin/orders                      - - x x x x x x
/admin/orders.csv                  - - x x x x x x
/admin/orders/subscriptions        - - x x x x x x
/admin/orders/subscriptions.csv    - - x x x x x x
/admin/catalog                     - - x x x x - -
/admin/catalog/{id}                - - - - x x - -
/admin/mail                        - - - - x x x x
/admin/members                     - - x x x x - -
/admin/members.csv                 - - x x x x - -
/admin/members/{id}                - - x x x x - -
/admin/members/same-address        - - x x x x - -
/admin/members/{id}/credits        - - x x x x - -
/admin/settings                    - - - - x x x x
/admin/settings/logo               - - - - x x x x
/admin/settings/audit.csv          - - - - x x x x
/admin/settings/security.csv       - - - - x x x x
/admin/team                        - - - - - x - x
/rpc/register                      x x x x x x x x
/rpc/sign_in                       x x x x x x x x
/rpc/enter_code                    x x x x x x x x
/rpc/sign_out                      x x x x x x x x
/rpc/forgot_password               x x x x x x x x
/rpc/reset_password                x x x x x x x x
/rpc/take_back_address             x x x x x x x x
/rpc/confirm_email                 x x x x x x x x
/rpc/unsubscribe                   x x x x x x x x
/rpc/accept_invitation             x x x x x x x x
/rpc/enrol_staff                   x x x x x x x x
/rpc/mail_referrer_link            x x x x x x x x
/rpc/sign_referrer_in              x x x x x x x x
/rpc/sign_referrer_out             x x x x x x x x
/rpc/buy                           x x x x x x x x
/rpc/purchase                      x x x x x x x x
/rpc/release_checkout              x x x x x x x x
/rpc/subscription                  x x x x x x x x
/rpc/get_referral_link             - x x x x x x x
/rpc/dashboard                     - x x x x x x x
/rpc/change_name                   - x x x x x x x
/rpc/change_password               - x x x x x x x
/rpc/change_email                  - x x x x x x x
/rpc/begin_second_factor           - x x x x x x x
/rpc/confirm_second_factor         - x x x x x x x
/rpc/remove_second_factor          - x x x x x x x
/rpc/type_password                 - x x x x x x x
/rpc/mail_confirmation             - x x x x x x x
/rpc/cancel_email_change           - x x x x x x x
/rpc/save_mail_preferences         - x x x x x x x
/rpc/sign_out_device               - x x x x x x x
/rpc/sign_out_browser              - x x x x x x x
/rpc/sign_out_others               - x x x x x x x
/rpc/notifications                 - x x x x x x x
/rpc/mark_notification_read        - x x x x x x x
/rpc/mark_all_notifications_read   - x x x x x x x
/rpc/payment_settings              - - - - x x x x
/rpc/save_settings                 - - - - x x x x
/rpc/save_minimum_age              - - - - x x - -
/rpc/save_terms                    - - - - x x x x
/rpc/switch_off                    - - - - x x x x
/rpc/save_general                  - - - - x x x x
/rpc/remove_logo                   - - - - x x x x
/rpc/save_policy                   - - - - x x x x
/rpc/connect_stripe                - - - - - x - x
/rpc/test_stripe                   - - - - - x - x
/rpc/create_webhook_endpoint       - - - - - x - x
/rpc/disconnect_stripe             - - - - - x - x
/rpc/remove_signing_secret         - - - - - x - x
/rpc/record_unmatched              - - - - x x - -
/rpc/dismiss_unmatched             - - - - x x x x
/rpc/admin_referrals               - - x x x x x x
/rpc/compare_books                 - - - - x x x x
/rpc/settle_difference             - - - - x x x x
/rpc/retry_referrals               - - - - x x x x
/rpc/decide_again                  - - - - x x x x
/rpc/platform_referrers            - - - - - - x x
/rpc/add_referrer                  - - - - - - x x
/rpc/change_referrer               - - - - - - x x
/rpc/set_referrer_disabled         - - - - - - x x
/rpc/choose_customer               - - - - - - x x
/rpc/move_referrer_credit          - - - - - - x x
/rpc/require_second_factor         - - - - - x - x
/rpc/invite_staff                  - - - - - x - x
/rpc/withdraw_invitation           - - - - - x - x
/rpc/change_role                   - - - - - x - x
/rpc/end_staff_sessions            - - - - - x - x
/rpc/forget_failed_mail            - - - - x x x x
/rpc/save_product                  - - - - x x - -
/rpc/set_product_withdrawn         - - - - x x - -
/rpc/admin_members                 - - x x x x - -
/rpc/count_confirmed_friends       - - - - x x - -
/rpc/show_api_docs                 - - - - x x - -
/rpc/show_preview_names            - - - - x x - -
/rpc/save_share_message            - - - - x x - -
/rpc/save_mobile_apps              - - - - x x - -
/rpc/save_referrer_days            - - - - x x - -
/rpc/record_sale                   - - - x x x - -
/rpc/set_billing_email             - - - x x x - -
/rpc/block_member                  - - - - x x - -
/rpc/sign_out_member               - - - - x x - -
/rpc/move_member_credit            - - - - x x - -
/rpc/return_lost_credit            - - - - x x - -
/deleted                           x x x x x x x x
/account/export                    - x x x x x x x
/account/delete                    - x x x x x x x
/account/referrer                  - x x x x x x x
/rpc/name_referrer                 - x x x x x x x
/admin/members/{id}/erase          - - - - x x - -
/admin/members/{id}/grant          - - - - x x - -
/admin/platform-referrers/{id}/grant - - - - - - x x
/admin/orders/{id}/refund          - - - - x x x x
/admin/referrals/{program}/{id}/void - - - - x x x x
/admin/referrals/{program}/{id}/review - - - - x x x x
/admin/referrals/reviews           - - - - x x x x
/admin/referrals/why               - - x x x x x x
/rpc/delete_account                - x x x x x x x
/rpc/manage_membership             - x x x x x x x
/rpc/erase_member                  - - - - x x - -
/rpc/undo_sale                     - - - x x x - -
/rpc/attach_referrer               - - - x x x - -
/rpc/refund_order                  - - - - x x x x
/rpc/give_credit                   - - - - x x x x
/rpc/take_credit                   - - - - x x x x
/rpc/void_referral                 - - - - x x x x
/rpc/decide_review                 - - - - x x x x
";

fn expected() -> Vec<(&'static str, Vec<bool>)> {
    let lines = EXPECTED.lines().filter(|line| !line.is_empty());
    lines
        .map(|line| {
            let mut words = line.split_whitespace();
            let address = words.next().unwrap();
            (address, words.map(|word| word == "x").collect())
        })
        .collect()
}

/// Every path that the router answers for a site.
fn addresses() -> BTreeSet<String> {
    let pages = page_routes();
    let pages = pages.iter().map(|route| match route.path() {
        "" => "/".to_owned(),
        path => path.to_owned(),
    });
    let functions = server_fn_paths().map(|(path, _)| path.to_owned());
    let own = own_paths().into_iter().map(str::to_owned);
    pages.chain(functions).chain(own).collect()
}

#[test]
fn no_address_is_forgotten() {
    let expected: BTreeSet<_> = expected()
        .into_iter()
        .map(|(address, _)| address.to_owned())
        .collect();
    assert_eq!(addresses(), expected, "the router and the table of roles");
    let pages = access::PAGES.iter().map(|(path, _)| (*path).to_owned());
    let functions = access::FUNCTIONS.iter();
    let listed = pages.chain(functions.map(|(name, _)| format!("/rpc/{name}")));
    assert_eq!(listed.collect::<BTreeSet<_>>(), expected, "`access.rs`");
}

async fn every_address_answers_those_it_is_for(app: TestApp) {
    let mut browsers = Vec::new();
    for role in ROLES {
        browsers.push(somebody(&app, role).await);
    }
    for (address, allowed) in expected() {
        for ((role, browser), allowed) in ROLES.iter().zip(&browsers).zip(allowed) {
            // After signing out, the browser would have no role for the next paths.
            if address == "/rpc/sign_out" {
                continue;
            }
            let (status, to) = ask(browser, address).await;
            let refused = matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN)
                || to.starts_with("/sign-in");
            assert_eq!(!refused, allowed, "{role} at {address}: {status} {to}");
        }
    }
}

async fn somebody(app: &TestApp, role: &str) -> Browser {
    let browser = app.browser();
    let email = format!("{}@example.com", role.replace('_', "-"));
    match role {
        "visitor" => return browser,
        "member" => drop(app.member(&app.detroit, "Mia", &email).await),
        code => {
            let role = Role::parse(code).unwrap();
            drop(app.staff(&app.detroit, role, &email).await);
        }
    }
    browser.sign_in(&email).await;
    browser
}

async fn ask(browser: &Browser, address: &str) -> (StatusCode, String) {
    let page = match address.strip_prefix("/rpc/") {
        Some(function) => browser.fetch(function, &[]).await,
        None => {
            let path = address
                .replace("{slug}", "none")
                .replace("{id}", "1")
                .replace("{program}", "tenant");
            headers_of(browser, &path).await
        }
    };
    let to = page.header("location").to_owned();
    (page.status, to)
}

/// An event stream never ends, so only its headers are read.
async fn headers_of(browser: &Browser, path: &str) -> Page {
    let request = browser.request(reqwest::Method::GET, path);
    let response = request.header("accept", "text/html").send().await.unwrap();
    Page {
        status: response.status(),
        headers: response.headers().clone(),
        text: String::new(),
    }
}
