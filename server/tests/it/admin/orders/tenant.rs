//! The purchases on a tenant's site.

use domain::{
    credit::Program,
    purchase::{ProductKind, PurchaseState},
    referral::ReferralStatus,
};
use sea_orm::{ActiveModelTrait, IntoActiveModel, Set};
use store::{
    PurchaseId,
    entities::{product, user},
    purchases,
};

use super::{asked, numbers};
use crate::support::{TestApp, moment, on_both_databases};

on_both_databases!(
    an_order_says_who_bought_what_and_whose_referral_it_was,
    an_order_leads_to_its_payment_at_stripe,
    no_order_of_another_site_is_listed_or_found,
    orders_are_found_by_buyer_product_number_and_session,
    orders_are_filtered_by_state,
    older_pages_follow_one_another,
    the_page_without_orders_and_without_matches_says_so,
);

/// A purchase in `state`, begun at this minute.
async fn bought(
    app: &TestApp,
    product: &product::Model,
    buyer: &user::Model,
    state: PurchaseState,
    minute: i64,
) -> PurchaseId {
    let db = app.state.db.writer();
    let at = moment(1_795_356_300_000 + minute * 60_000);
    let row = purchases::insert(db, product, buyer.id, None, at).await;
    let row = row.unwrap();
    let id = row.id;
    let mut row = row.into_active_model();
    row.state = Set(state.into());
    row.in_person = Set(false);
    row.update(db).await.unwrap();
    id
}

async fn dana(app: &TestApp) -> user::Model {
    app.admin(&app.detroit, "dana@example.com").await
}

async fn found(app: &TestApp, dana: &user::Model, query: &str) -> Vec<i64> {
    let page = asked(app, &app.detroit, Some(dana), Program::Tenant, query).await;
    numbers(&page.unwrap().rows)
}

async fn an_order_says_who_bought_what_and_whose_referral_it_was(app: TestApp) {
    let dana = dana(&app).await;
    let referred = app.referred().await;
    let sale = app.sell(&referred).await;
    app.decide(sale).await;
    app.settle().await;
    let again = app.sell(&referred).await;
    app.decide(again).await;
    let free = app
        .product(&app.detroit, ProductKind::Course, "open-house", 0)
        .await;
    let online = bought(&app, &free, &referred.mia, PurchaseState::Paid, -60).await;
    let page = asked(&app, &app.detroit, Some(&dana), Program::Tenant, "").await;
    let page = page.unwrap();
    assert!(page.ignored.is_empty() && page.older.is_none());
    assert_eq!(
        numbers(&page.rows),
        [again.get(), sale.get(), online.get()],
        "newest first"
    );
    let [second, first, free] = &page.rows[..] else {
        panic!("three rows");
    };
    assert_eq!(first.buyer.as_deref(), Some("Jane Doe"));
    let path = format!("/admin/members/{}", referred.jane.id);
    assert_eq!(first.buyer_path.as_deref(), Some(path.as_str()));
    assert_eq!(
        (first.product.as_str(), first.kind.as_str()),
        ("The steel-challenge", "Event ticket")
    );
    assert_eq!(first.price.unwrap().to_string(), "$45.00");
    assert!(first.in_person && !free.in_person);
    let referral = first.referral.as_ref().expect("Mia referred Jane");
    assert_eq!(referral.referrer, "Mia Stone");
    assert_eq!(referral.status, ReferralStatus::Credited);
    assert_eq!(second.referral, None, "another purchase was the first");
    assert_eq!(free.referral, None);

    let desk = app.signed_in("dana@example.com").await;
    let html = desk.get("/admin/orders").await.text;
    for part in [
        "Jane Doe</a>",
        "No referral",
        "At the counter",
        "Online",
        "Free",
    ] {
        assert!(html.contains(part), "{part} is not in {html}");
    }
    let story = desk.get(&referral.path).await;
    assert_eq!(story.status, 200);
    assert!(!html.contains("Platform orders"), "that is not Dana's");
}

async fn an_order_leads_to_its_payment_at_stripe(app: TestApp) {
    let dana = dana(&app).await;
    let referred = app.referred().await;
    let order = app.open_purchase(&referred, "cs_test_a1").await;
    let online = order.id;
    let mut row = order.into_active_model();
    row.payment_intent_id = Set(Some("pi_3Qf".to_owned()));
    row.livemode = Set(Some(false));
    row.update(app.state.db.writer()).await.unwrap();
    let sale = app.sell(&referred).await;
    app.decide(sale).await;
    app.settle().await;
    let page = asked(&app, &app.detroit, Some(&dana), Program::Tenant, "").await;
    let rows = page.unwrap().rows;
    let row = |id: PurchaseId| rows.iter().find(|row| row.number == id.get()).unwrap();
    let ids = row(online).stripe.iter();
    let ids: Vec<_> = ids.map(|id| (&*id.name, &*id.value)).collect();
    let expected = [
        ("Checkout session", "cs_test_a1"),
        ("PaymentIntent", "pi_3Qf"),
    ];
    assert_eq!(ids, expected);
    assert!(row(sale).stripe.is_empty(), "sold at the counter");

    let desk = app.signed_in("dana@example.com").await;
    let html = desk.get("/admin/orders").await.text;
    let payment = "href=\"https://dashboard.stripe.com/test/payments/pi_3Qf\"";
    for part in [payment, "PaymentIntent", "Copy"] {
        assert!(html.contains(part), "{part} is not in {html}");
    }
}

async fn no_order_of_another_site_is_listed_or_found(app: TestApp) {
    let dana = dana(&app).await;
    let carla = app.admin(&app.coaching, "carla@example.com").await;
    let theirs = app
        .product(&app.coaching, ProductKind::Course, "strength", 2000)
        .await;
    let erin = app.member(&app.coaching, "Erin", "erin@example.com").await;
    let id = bought(&app, &theirs, &erin, PurchaseState::Paid, 0).await;
    let db = app.state.db.writer();
    purchases::set_session(db, id, "cs_test_theirs")
        .await
        .unwrap();
    for query in [
        "".to_owned(),
        "q=erin".to_owned(),
        "q=strength".to_owned(),
        format!("q={id}"),
        format!("q=%23{id}"),
        "q=cs_test_theirs".to_owned(),
        "state=paid".to_owned(),
    ] {
        assert!(found(&app, &dana, &query).await.is_empty(), "{query}");
        let own = asked(&app, &app.coaching, Some(&carla), Program::Tenant, &query).await;
        assert_eq!(numbers(&own.unwrap().rows), [id.get()], "{query}");
    }
    let erin = asked(&app, &app.coaching, Some(&erin), Program::Tenant, "").await;
    assert!(erin.is_none(), "a member sees no orders");
    let visitor = asked(&app, &app.detroit, None, Program::Tenant, "").await;
    assert!(visitor.is_none());
    let platform = asked(&app, &app.detroit, Some(&dana), Program::Platform, "").await;
    assert!(platform.is_none(), "the platform program is not Dana's");
}

async fn orders_are_found_by_buyer_product_number_and_session(app: TestApp) {
    let dana = dana(&app).await;
    let jane = app.member(&app.detroit, "Jane", "jane.d@example.com").await;
    let omar = app.member(&app.detroit, "Omar", "omar@example.com").await;
    let (kind, site) = (ProductKind::EventTicket, &app.detroit);
    let steel = app.product(site, kind, "steel", 4500).await;
    let janes = app.product(site, kind, "janes-day", 4500).await;
    let paid = PurchaseState::Paid;
    let one = bought(&app, &steel, &jane, paid, 0).await.get();
    let two = bought(&app, &steel, &omar, paid, 2).await.get();
    let three = bought(&app, &janes, &omar, paid, 1).await.get();
    let four = bought(&app, &janes, &jane, paid, 3).await.get();
    let db = app.state.db.writer();
    purchases::set_session(db, PurchaseId::new(two), "cs_test_Two")
        .await
        .unwrap();
    for (query, expected) in [
        ("q=OMAR".to_owned(), vec![two, three]),
        ("q=omar@example.com".to_owned(), vec![two, three]),
        // As buyer and as product, and each row once.
        ("q=jane".to_owned(), vec![four, three, one]),
        ("q=jane+stone".to_owned(), vec![four, one]),
        ("q=steel".to_owned(), vec![two, one]),
        (format!("q={one}"), vec![one]),
        (format!("q=%23{two}"), vec![two]),
        ("q=cs_test_Two".to_owned(), vec![two]),
        ("q=cs_test_None".to_owned(), vec![]),
        ("q=nobody".to_owned(), vec![]),
        ("q=omar&state=expired".to_owned(), vec![]),
    ] {
        assert_eq!(found(&app, &dana, &query).await, expected, "{query}");
    }
}

async fn orders_are_filtered_by_state(app: TestApp) {
    let dana = dana(&app).await;
    let jane = app.member(&app.detroit, "Jane", "jane@example.com").await;
    let ticket = app
        .product(&app.detroit, ProductKind::EventTicket, "steel", 4500)
        .await;
    let mut ids = Vec::new();
    for (minute, state) in PurchaseState::ALL.into_iter().enumerate() {
        let id = bought(&app, &ticket, &jane, state, minute as i64).await;
        ids.push((state, id.get()));
    }
    for (state, id) in ids {
        for query in ["", "&q=jane", "&q=steel"] {
            let query = format!("state={}{query}", state.code());
            assert_eq!(found(&app, &dana, &query).await, [id], "{query}");
        }
    }
    let page = asked(
        &app,
        &app.detroit,
        Some(&dana),
        Program::Tenant,
        "state=lost",
    );
    let page = page.await.unwrap();
    assert_eq!((page.rows.len(), page.ignored.len()), (6, 1));
}

async fn older_pages_follow_one_another(app: TestApp) {
    let dana = dana(&app).await;
    let jane = app.member(&app.detroit, "Jane", "jane@example.com").await;
    let ticket = app
        .product(&app.detroit, ProductKind::EventTicket, "steel", 4500)
        .await;
    let mut newest_first = Vec::new();
    for number in 0..60_i64 {
        // Some begin in the same moment.
        let id = bought(&app, &ticket, &jane, PurchaseState::Paid, number / 3).await;
        newest_first.insert(0, id.get());
    }
    for query in ["", "q=jane", "q=steel", "state=paid"] {
        let mut query = query.to_owned();
        let (mut seen, mut sizes) = (Vec::new(), Vec::new());
        loop {
            let page = asked(&app, &app.detroit, Some(&dana), Program::Tenant, &query).await;
            let page = page.unwrap();
            sizes.push(page.rows.len());
            seen.extend(numbers(&page.rows));
            let Some(older) = page.older else {
                break;
            };
            query = older.path().split_once('?').unwrap().1.to_owned();
        }
        assert_eq!(seen, newest_first, "{query}");
        assert_eq!(sizes, [25, 25, 10], "{query}");
    }
}

async fn the_page_without_orders_and_without_matches_says_so(app: TestApp) {
    let desk = app.detroit_admin().await;
    let html = desk.get("/admin/orders").await.text;
    assert!(html.contains("No orders yet"), "{html}");
    let html = desk.get("/admin/orders?q=nobody").await.text;
    assert!(html.contains("Nothing matches"), "{html}");
    assert!(html.contains("Show all orders"), "{html}");
    let html = desk.get("/admin/orders?q=%00&after=x&state=1").await;
    assert_eq!(html.status, 200);
    assert!(html.text.contains("so it was ignored"), "{}", html.text);
    let refused = desk.get("/admin/orders?tab=platform").await.text;
    assert!(
        refused.contains("You may not see Platform orders"),
        "{refused}"
    );
}
