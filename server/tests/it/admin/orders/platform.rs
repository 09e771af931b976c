//! The purchases of the platform's brands, which only platform admins see.

use domain::{credit::Program, referral::ReferralStatus};

use super::{asked, numbers};
use crate::support::{TestApp, on_both_databases, subscription};

on_both_databases!(
    a_sale_without_a_platform_referrer_is_listed,
    platform_orders_are_found_by_buyer_plan_brand_number_and_session,
);

async fn a_sale_without_a_platform_referrer_is_listed(app: TestApp) {
    let pat = app.platform_admin(&app.detroit, "pat@example.com").await;
    let platform = app.platform().await;
    let alone = subscription("cs_1", &platform.pewpros, "office@range.example", None);
    app.subscribe(&platform, alone).await;
    let code = Some(platform.jordan.code.as_str());
    let referred = subscription("cs_2", &platform.coachpros, "coach@example.com", code);
    app.subscribe(&platform, referred).await;
    app.settle().await;
    let page = asked(&app, &app.detroit, Some(&pat), Program::Platform, "").await;
    let rows = page.unwrap().rows;
    assert_eq!(rows.len(), 2, "{rows:?}");
    let row = |email: &str| {
        let mut rows = rows.iter();
        rows.find(|row| row.buyer.as_deref() == Some(email))
            .unwrap()
    };
    let alone = row("office@range.example");
    assert_eq!(alone.referral, None);
    assert_eq!(alone.price.unwrap().to_string(), "$1,250.00");
    assert_eq!(
        (alone.product.as_str(), alone.kind.as_str(), alone.label),
        ("Annual", "PewPros", "Paid")
    );
    let referral = row("coach@example.com").referral.as_ref().unwrap();
    assert_eq!(referral.referrer, "Jordan Reyes");
    assert_eq!(referral.status, ReferralStatus::Credited);
    let ids = alone.stripe.iter();
    let ids: Vec<_> = ids.map(|id| (&*id.name, &*id.value)).collect();
    let expected = [
        ("Checkout session", "cs_1"),
        ("Subscription", "sub_of_cs_1"),
    ];
    assert_eq!(ids, expected);
    let page = "https://dashboard.stripe.com/test/subscriptions/sub_of_cs_1";
    assert_eq!(alone.stripe[1].dashboard.as_deref(), Some(page));

    let page = asked(&app, &app.detroit, Some(&pat), Program::Tenant, "").await;
    assert!(page.is_none(), "the site's orders are not Pat's");
    let browser = app.signed_in("pat@example.com").await;
    let html = browser.get("/admin/orders").await.text;
    assert!(html.contains("office@range.example"), "{html}");
    assert_eq!(browser.get(&referral.path).await.status, 200);
}

async fn platform_orders_are_found_by_buyer_plan_brand_number_and_session(app: TestApp) {
    let pat = app.platform_admin(&app.detroit, "pat@example.com").await;
    let platform = app.platform().await;
    let brands = [&platform.pewpros, &platform.coachpros];
    for (number, email) in ["a.first@example.com", "b.second@example.com"]
        .into_iter()
        .enumerate()
    {
        let session = format!("cs_test_{number}");
        let session = subscription(&session, brands[number], email, None);
        app.subscribe(&platform, session).await;
    }
    let ids: Vec<_> = app
        .platform_purchases()
        .await
        .iter()
        .map(|row| row.id.get())
        .collect();
    let [first, second] = ids[..] else {
        panic!("two purchases");
    };
    for (query, expected) in [
        ("q=first".to_owned(), vec![first]),
        ("q=B.Second@example.com".to_owned(), vec![second]),
        ("q=coachpros".to_owned(), vec![second]),
        ("q=pewpros+annual".to_owned(), vec![first]),
        ("q=monthly".to_owned(), vec![]),
        (format!("q={second}"), vec![second]),
        ("q=cs_test_0".to_owned(), vec![first]),
        ("q=first&state=paid".to_owned(), vec![first]),
        ("state=open".to_owned(), vec![]),
        ("q=nobody".to_owned(), vec![]),
    ] {
        let page = asked(&app, &app.detroit, Some(&pat), Program::Platform, &query).await;
        assert_eq!(numbers(&page.unwrap().rows), expected, "{query}");
    }
}
