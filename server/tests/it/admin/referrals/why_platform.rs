//! "Why did they get nothing?" about the platform program (`docs/rules.md` 229).

use serde_json::json;
use services::operator;
use store::platform_referrers;

use super::why::in_order;
use crate::support::{Browser, Platform, TestApp, on_both_databases, subscription};

on_both_databases!(
    a_platform_referrer_is_found_by_code_link_name_and_address,
    a_customer_is_found_by_their_address,
    each_subscription_says_the_rule_that_decided,
    a_disabled_platform_referrer_earns_nothing_and_can_be_enabled,
    what_is_decided_again_or_retried_leads_there,
    each_program_is_told_to_its_own_staff,
);

const WHY: &str = "/admin/referrals/why?tab=platform";

/// Pat, who runs the platform program, signed in at Detroit Arms.
async fn pat(app: &TestApp) -> Browser {
    app.platform_admin(&app.detroit, "pat@example.com").await;
    app.signed_in("pat@example.com").await
}

async fn asked(browser: &Browser, text: &str) -> String {
    let text: String = form_urlencoded::byte_serialize(text.as_bytes()).collect();
    let page = browser.get(&format!("{WHY}&q={text}")).await;
    assert_eq!(page.status, 200, "{text}");
    page.text
}

/// An annual plan of PewPros, paid by `email`, who came with `code`.
async fn sold(app: &TestApp, platform: &Platform, id: &str, email: &str, code: Option<&str>) {
    let session = subscription(id, &platform.pewpros, email, code);
    app.subscribe(platform, session).await;
    app.settle().await;
}

async fn a_platform_referrer_is_found_by_code_link_name_and_address(app: TestApp) {
    let platform = app.platform().await;
    let code = platform.jordan.code.as_str();
    let pat = pat(&app).await;
    let page = pat.get("/admin/referrals?tab=platform").await.text;
    assert!(page.contains("/admin/referrals/why?tab=platform"), "{page}");
    let waiting = asked(&pat, code).await;
    let nothing = [
        "This code counts.",
        "Jordan Reyes",
        "are not counted",
        "None yet.",
    ];
    in_order(&waiting, &nothing);
    sold(&app, &platform, "cs_1", "kim@example.com", Some(code)).await;
    let story = format!(
        "/admin/referrals/platform/{}",
        app.platform_referral().await.id
    );
    let link = format!("https://pewpros.com/pricing?ref={code}");
    for text in [code, &link, "Jordan Reyes", "jordan@example.com"] {
        let page = asked(&pat, text).await;
        let told = [
            code,
            "This code counts.",
            "Jordan Reyes",
            "jordan@example.com",
            "are not counted",
            "kim@example.com",
            "The referrer got the credit.",
            &story,
            "Clicked the link",
            "Bought Annual",
            "PewPros, $1,250.00. Paid",
        ];
        in_order(&page, &told);
    }
    let by_id = format!("{WHY}&referrer={}", platform.jordan.id);
    let page = pat.get(&by_id).await.text;
    in_order(&page, &[code, "kim@example.com"]);
    // Another one of the name, and nobody.
    app.platform_referrer("Jordan Marsh", "marsh@example.com")
        .await;
    app.leave_jobs();
    let page = asked(&pat, "Jordan").await;
    in_order(
        &page,
        &["Whom do you mean?", "Jordan Marsh", "Jordan Reyes"],
    );
    for nobody in ["lou@example.com", "<script>"] {
        let page = asked(&pat, nobody).await;
        assert!(page.contains("Nobody found"), "{nobody}: {page}");
    }
    let page = pat.get(&format!("{WHY}&referrer=999999")).await.text;
    assert!(page.contains("Nobody found"), "{page}");
}

async fn a_customer_is_found_by_their_address(app: TestApp) {
    let platform = app.platform().await;
    let code = platform.jordan.code.as_str();
    sold(&app, &platform, "cs_1", "kim@example.com", Some(code)).await;
    sold(&app, &platform, "cs_2", "kim@example.com", None).await;
    sold(&app, &platform, "cs_3", "lou@example.com", Some(code)).await;
    let page = asked(&pat(&app).await, "kim@example.com").await;
    in_order(
        &page,
        &[
            "Subscriptions of customers who match",
            "No referral: it came without a code.",
            "Not recorded",
            "The referrer got the credit.",
            "Jordan Reyes",
        ],
    );
    assert!(!page.contains("lou@example.com"), "{page}");
}

async fn each_subscription_says_the_rule_that_decided(app: TestApp) {
    let platform = app.platform().await;
    let code = platform.jordan.code.as_str();
    let own = "jordan@example.com";
    sold(&app, &platform, "cs_own", own, Some(code)).await;
    sold(
        &app,
        &platform,
        "cs_odd",
        "odd@example.com",
        Some("zzzzzzzz"),
    )
    .await;
    for (id, email, field, value) in [
        (
            "cs_slow",
            "slow@example.com",
            "payment_status",
            json!("unpaid"),
        ),
        ("cs_free", "free@example.com", "amount_total", json!(0)),
    ] {
        let mut session = subscription(id, &platform.pewpros, email, Some(code));
        session[field] = value;
        app.subscribe(&platform, session).await;
    }
    let mut session = subscription("cs_plan", &platform.pewpros, "plan@example.com", Some(code));
    session["metadata"]["plan"] = json!("weekly");
    app.subscribe(&platform, session).await;
    let pat = pat(&app).await;
    for (email, rule) in [
        (own, "The referrer bought with their own email address."),
        (
            "odd@example.com",
            "No referral: no platform referrer has this code.",
        ),
        (
            "slow@example.com",
            "Payment processing, so it earned nothing yet.",
        ),
        ("free@example.com", "No referral: it was free."),
        ("plan@example.com", "No referral: the plan is unknown."),
    ] {
        let page = asked(&pat, email).await;
        assert!(page.contains(rule), "{email}: {page}");
    }
    // The code that is nobody's says so, with what came with it and which code was meant.
    let page = asked(&pat, "zzzzzzzz").await;
    in_order(&page, &["is no platform referrer", "odd@example.com"]);
    let slip = format!(
        "{}{}",
        &code[..7],
        if code.ends_with('z') { 'y' } else { 'z' }
    );
    let page = asked(&pat, &slip).await;
    in_order(&page, &["Nearly the same", code, "Jordan Reyes"]);
}

async fn a_disabled_platform_referrer_earns_nothing_and_can_be_enabled(app: TestApp) {
    let platform = app.platform().await;
    let code = platform.jordan.code.as_str();
    let (db, now) = (app.state.db.writer(), app.state.now());
    platform_referrers::set_disabled(db, &platform.jordan, Some(now))
        .await
        .unwrap();
    sold(&app, &platform, "cs_1", "kim@example.com", Some(code)).await;
    let pat = pat(&app).await;
    let grant = format!("/admin/platform-referrers/{}/grant", platform.jordan.id);
    let enable = format!("referrer={code}");
    let page = asked(&pat, code).await;
    in_order(
        &page,
        &[
            "the platform referrer is disabled",
            "Disabled since",
            &enable,
            "Enable the platform referrer",
            "kim@example.com",
            "the platform referrer was disabled when it was paid",
            &grant,
            "Give credit by hand",
            "Enable the platform referrer",
        ],
    );
    let jordan = app.partner_now(&platform.jordan).await;
    platform_referrers::set_disabled(db, &jordan, None)
        .await
        .unwrap();
    let page = asked(&pat, code).await;
    let still = ["This code counts.", "was disabled when it was paid", &grant];
    in_order(&page, &still);
    assert!(!page.contains("Enable the platform referrer"), "{page}");
}

async fn what_is_decided_again_or_retried_leads_there(app: TestApp) {
    let platform = app.platform().await;
    let code = platform.jordan.code.as_str();
    operator::set_platform_credit(&app.state, 0).await.unwrap();
    sold(&app, &platform, "cs_1", "kim@example.com", Some(code)).await;
    let pat = pat(&app).await;
    let story = format!(
        "href=\"/admin/referrals/platform/{}\"",
        app.platform_referral().await.id
    );
    let page = asked(&pat, code).await;
    in_order(
        &page,
        &[
            "the program is off",
            "Open Payments settings",
            "Bought while the program was off.",
            "Open Payments settings",
            &story,
            "Decide again",
        ],
    );
    operator::set_platform_credit(&app.state, 5000)
        .await
        .unwrap();
    operator::disconnect_platform_stripe(&app.state)
        .await
        .unwrap();
    let id = app.platform_referral().await.id.to_string();
    let fields = [("program", "platform"), ("id", id.as_str())];
    pat.done("decide_again", &fields).await;
    app.run_jobs().await;
    let page = asked(&pat, "kim@example.com").await;
    in_order(
        &page,
        &[
            "Stripe is not connected.",
            "Open Payments settings",
            &story,
            "Retry",
        ],
    );
}

async fn each_program_is_told_to_its_own_staff(app: TestApp) {
    let platform = app.platform().await;
    app.member(&app.detroit, "Mia", "mia@example.com").await;
    let code = platform.jordan.code.as_str();
    let dana = app.detroit_admin().await;
    let page = asked(&dana, code).await;
    assert!(
        page.contains("You may not see Platform Referrals"),
        "{page}"
    );
    assert!(!page.contains("jordan@example.com"), "{page}");
    let by_id = format!("{WHY}&referrer={}", platform.jordan.id);
    let page = dana.get(&by_id).await.text;
    assert!(!page.contains("Jordan Reyes"), "{page}");
    let pat = pat(&app).await;
    let page = pat.get("/admin/referrals/why?tab=tenant&q=Mia").await.text;
    assert!(page.contains("You may not see Tenant Referrals"), "{page}");
    assert!(!page.contains("mia@example.com"), "{page}");
}
