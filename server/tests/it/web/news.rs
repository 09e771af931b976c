//! Live notifications, and the list of notifications.

use std::time::Duration;

use domain::purchase::ProductKind;
use reqwest::{Method, header::CONTENT_TYPE};
use serde_json::json;
use server_core::zone::Zone;
use services::{jobs::sweep, live::NewNotification, notifications::view};
use store::{MemberId, Scope, notifications, purchases};
use stripe_stand_in::PaymentStatus;
use tokio::time::timeout;

use crate::support::{
    Browser, CODE, GOOD_FORM, Referred, STRIPE_KEY, TestApp, event, moment, on_both_databases,
    session, subscription,
};

on_both_databases!(
    news_reaches_its_member_alone,
    changes_reach_the_admins_of_their_program_alone,
    each_step_of_an_order_reaches_the_admins,
    a_free_ticket_and_a_sale_at_the_counter_reach_the_admins,
    a_subscription_reaches_the_platforms_admins,
    a_payment_that_is_matched_later_reaches_the_admins,
    a_payment_that_an_admin_records_reaches_the_others,
    notifications_are_the_members_own,
    who_signed_out_hears_no_more,
    a_stop_is_not_held_up,
    a_friend_who_joins_reaches_the_referrer_alone,
);

/// The event of a change in the console.
const CHANGE: &str = "event: change\ndata: console\n\n";

async fn news_reaches_its_member_alone(app: TestApp) {
    let mia = app.member(&app.detroit, "Mia", "mia@example.com").await;
    let max = app.member(&app.detroit, "Max", "max@example.com").await;
    let browser = app.browser();
    let stream = browser
        .request(Method::GET, "/notifications/stream")
        .header("accept", "text/event-stream");
    assert_eq!(stream.send().await.unwrap().status(), 204);
    browser.sign_in("mia@example.com").await;
    let (state, db) = (&app.state, app.state.db.writer());
    let now = state.now();
    let before = notifications::insert(db, mia.site_id, mia.id, None, "before", now);
    before.await.unwrap();
    let request = browser.request(Method::GET, "/notifications/stream");
    let mut stream = request.send().await.unwrap();
    assert_eq!(stream.headers()[CONTENT_TYPE], "text/event-stream");
    let first = stream.chunk().await.unwrap().unwrap();
    let unread = "event: news\ndata: {\"unread\":1,\"arrived\":null}\n\n";
    assert_eq!(String::from_utf8_lossy(&first), unread);

    for (user, text) in [(&max, "for Max"), (&mia, "for Mia")] {
        let row = notifications::insert(db, user.site_id, user.id, None, text, now);
        let arrival = NewNotification {
            user_id: user.id,
            notification: view(&row.await.unwrap(), &Zone::utc()),
        };
        state.live.notify(&state.db, arrival).await;
    }
    let next = timeout(Duration::from_secs(30), stream.chunk()).await;
    let next = next.expect("it is told").unwrap().expect("more to come");
    let heard = String::from_utf8_lossy(&next);
    let arrived = "event: news\ndata: {\"unread\":2,\"arrived\":{";
    assert!(heard.starts_with(arrived), "{heard}");
    assert!(heard.contains("for Mia"), "{heard}");
}

/// The stream of a signed-in person, after its first event.
async fn stream_of(browser: Browser, email: &str) -> reqwest::Response {
    browser.sign_in(email).await;
    let request = browser.request(Method::GET, "/notifications/stream");
    let mut stream = request.send().await.unwrap();
    stream.chunk().await.unwrap().unwrap();
    stream
}

async fn next_event(stream: &mut reqwest::Response) -> String {
    let next = timeout(Duration::from_secs(30), stream.chunk()).await;
    let next = next.expect("it is told").unwrap().expect("more to come");
    String::from_utf8_lossy(&next).into_owned()
}

async fn changes_reach_the_admins_of_their_program_alone(app: TestApp) {
    app.admin(&app.detroit, "dana@example.com").await;
    app.admin(&app.coaching, "cole@example.com").await;
    app.platform_admin(&app.detroit, "pat@example.com").await;
    let mia = app.member(&app.detroit, "Mia", "mia@example.com").await;
    let mut dana = stream_of(app.browser(), "dana@example.com").await;
    let mut cole = stream_of(app.browser_at("coaching.localhost"), "cole@example.com").await;
    let mut pat = stream_of(app.browser(), "pat@example.com").await;
    let mut mias = stream_of(app.browser(), "mia@example.com").await;
    for _ in 0..3 {
        app.state.console_changed(Scope::Site(app.detroit.id()));
    }
    assert_eq!(next_event(&mut dana).await, CHANGE);
    app.state.console_changed(Scope::Site(app.coaching.id()));
    assert_eq!(next_event(&mut cole).await, CHANGE);
    app.state.console_changed(Scope::Platform);
    assert_eq!(next_event(&mut pat).await, CHANGE);
    // What these hear next is not a change: they were told of none, or of one alone.
    let (state, db) = (&app.state, app.state.db.writer());
    let dana_id = app.find(&app.detroit, "dana@example.com").await.unwrap().id;
    for (id, stream) in [(mia.id, &mut mias), (dana_id, &mut dana)] {
        let row = notifications::insert(db, app.detroit.id(), id, None, "text", state.now());
        let arrival = NewNotification {
            user_id: id,
            notification: view(&row.await.unwrap(), &Zone::utc()),
        };
        state.live.notify(&state.db, arrival).await;
        let heard = next_event(stream).await;
        assert!(heard.starts_with("event: news"), "{heard}");
    }
}

async fn a_friend_who_joins_reaches_the_referrer_alone(app: TestApp) {
    app.referrer(&app.detroit, "mia@example.com", CODE).await;
    let max = app.member(&app.detroit, "Max", "max@example.com").await;
    let mut mias = stream_of(app.browser(), "mia@example.com").await;
    let mut maxs = stream_of(app.browser(), "max@example.com").await;
    let jane = app.browser();
    jane.get(&format!("/?ref={CODE}")).await;
    jane.go("register", &GOOD_FORM).await;
    let heard = next_event(&mut mias).await;
    assert_eq!(heard, "event: change\ndata: member\n\n");
    // What Max hears next is another thing.
    let (state, db) = (&app.state, app.state.db.writer());
    let row = notifications::insert(db, app.detroit.id(), max.id, None, "text", state.now());
    let arrival = NewNotification {
        user_id: max.id,
        notification: view(&row.await.unwrap(), &Zone::utc()),
    };
    state.live.notify(&state.db, arrival).await;
    let heard = next_event(&mut maxs).await;
    assert!(heard.starts_with("event: news"), "{heard}");
}

async fn each_step_of_an_order_reaches_the_admins(app: TestApp) {
    let referred = app.referred().await;
    app.admin(&app.detroit, "dana@example.com").await;
    let mut dana = stream_of(app.browser(), "dana@example.com").await;
    let jane = app.browser();
    jane.sign_in(&referred.jane.email).await;
    let ticket = referred.ticket.id.to_string();
    for paid in [false, true] {
        jane.go("buy", &[("product_id", &ticket), ("page", "/events")])
            .await;
        assert_eq!(next_event(&mut dana).await, CHANGE, "begun");
        let sessions = app.stripe.objects(STRIPE_KEY, None)["sessions"].clone();
        let session = sessions.as_array().unwrap().last().unwrap()["id"].clone();
        let session = session.as_str().unwrap();
        match paid {
            true => app.stripe.complete(session, PaymentStatus::Paid, None),
            false => app.stripe.expire(session),
        }
        .unwrap();
        assert_eq!(next_event(&mut dana).await, CHANGE, "over");
    }
    app.run_jobs().await;
}

async fn a_free_ticket_and_a_sale_at_the_counter_reach_the_admins(app: TestApp) {
    let referred = app.referred().await;
    let desk = app.detroit_admin().await;
    let mut dana = stream_of(app.browser(), "dana@example.com").await;
    let kind = ProductKind::EventTicket;
    let free = app.product(&app.detroit, kind, "open-day", 0).await;
    let free = free.id.to_string();
    let jane = app.signed_in(&referred.jane.email).await;
    jane.go(
        "buy",
        &[("product_id", &free), ("page", "/events/open-day")],
    )
    .await;
    assert_eq!(next_event(&mut dana).await, CHANGE, "free");
    let (jane, ticket) = (referred.jane.id.to_string(), referred.ticket.id.to_string());
    let sale = [
        ("member_id", jane.as_str()),
        ("product_id", &ticket),
        ("credit", ""),
        ("token", "0123456789abcdef0123456789abcdef"),
    ];
    desk.fetch("record_sale", &sale).await;
    assert_eq!(next_event(&mut dana).await, CHANGE, "sold");
    let sold = app.purchases().await.last().unwrap().id.to_string();
    let undo = [
        ("member_id", jane.as_str()),
        ("purchase_id", &sold),
        ("reason", "Wrong product"),
    ];
    desk.fetch("undo_sale", &undo).await;
    assert_eq!(next_event(&mut dana).await, CHANGE, "undone");
    app.run_jobs().await;
}

async fn a_subscription_reaches_the_platforms_admins(app: TestApp) {
    app.platform_admin(&app.detroit, "pat@example.com").await;
    let mut pat = stream_of(app.browser(), "pat@example.com").await;
    let platform = app.platform().await;
    assert_eq!(next_event(&mut pat).await, CHANGE, "a referrer was added");
    // Not paid yet: no credit is decided, which would be told too.
    let mut session = subscription("cs_1", &platform.pewpros, "new@example.com", None);
    session["payment_status"] = json!("unpaid");
    let body = event("evt_1", "checkout.session.completed", session);
    assert_eq!(app.deliver_to_platform(&platform, &body).await, 200);
    assert_eq!(next_event(&mut pat).await, CHANGE);
}

/// Stripe's event of a payment of Jane's whose purchase is not here.
async fn lost_payment(app: &TestApp, referred: &Referred) {
    let mut paid = session("cs_lost", "paid");
    paid["customer_details"] = json!({"email": "jane@example.com"});
    paid["metadata"] = json!({
        "site": "detroit-arms",
        "purchase_id": "999999",
        "product": format!("/events/{}", referred.ticket.slug),
    });
    let body = event("evt_lost", "checkout.session.completed", paid);
    assert_eq!(app.deliver(&referred.webhook, &body).await, 409);
}

async fn a_payment_that_is_matched_later_reaches_the_admins(app: TestApp) {
    let referred = app.referred().await;
    app.admin(&app.detroit, "dana@example.com").await;
    lost_payment(&app, &referred).await;
    let (db, account) = (app.state.db.writer(), app.account().await);
    let (ticket, jane) = (&referred.ticket, referred.jane.id);
    let row = purchases::insert(db, ticket, jane, Some(account), moment(0)).await;
    let id = row.unwrap().id;
    purchases::set_session(db, id, "cs_lost").await.unwrap();
    let mut dana = stream_of(app.browser(), "dana@example.com").await;
    sweep::round(&app.state).await.unwrap();
    assert_eq!(app.purchase(id).await.state.code(), "paid");
    assert_eq!(next_event(&mut dana).await, CHANGE);
    app.run_jobs().await;
}

async fn a_payment_that_an_admin_records_reaches_the_others(app: TestApp) {
    let referred = app.referred().await;
    let desk = app.detroit_admin().await;
    lost_payment(&app, &referred).await;
    let page = desk.get("/admin/settings?tab=payments").await.text;
    let event = page.split("name=\"event\" value=\"").nth(1).unwrap();
    let event = event.split('"').next().unwrap();
    let mut dana = stream_of(app.browser(), "dana@example.com").await;
    let fields = [("event", event), ("email", "jane@example.com")];
    desk.done("record_unmatched", &fields).await;
    assert_eq!(next_event(&mut dana).await, CHANGE);
    app.run_jobs().await;
}

async fn notifications_are_the_members_own(app: TestApp) {
    let mia = app.member(&app.detroit, "Mia", "mia@example.com").await;
    let max = app.member(&app.detroit, "Max", "max@example.com").await;
    let (db, now) = (app.state.db.writer(), app.state.now());
    let insert = async |user: MemberId, text: &str| {
        notifications::insert(db, app.detroit.id(), user, None, text, now)
            .await
            .unwrap()
            .id
    };
    let (first, _second) = (
        insert(mia.id, "first").await,
        insert(mia.id, "second").await,
    );
    let others = insert(max.id, "for Max").await;
    let unread = async |user| {
        notifications::unread(db, app.detroit.id(), user)
            .await
            .unwrap()
    };

    let browser = app.browser();
    browser.fetch("mark_all_notifications_read", &[]).await;
    let nobody = browser.fetch("notifications", &[]).await;
    assert_eq!(nobody.status, 401);
    assert!(nobody.text.contains("Sign in again"), "{}", nobody.text);
    browser.sign_in("mia@example.com").await;
    let list = browser.fetch("notifications", &[]).await.text;
    assert!(
        list.find("second") < list.find("first") && !list.contains("for Max"),
        "{list}"
    );
    for id in [
        first.to_string(),
        others.to_string(),
        "x".into(),
        "99999999999999999999".into(),
    ] {
        browser
            .fetch("mark_notification_read", &[("id", &id)])
            .await;
    }
    assert_eq!((unread(mia.id).await, unread(max.id).await), (1, 1));
    let answer = browser.submit("mark_all_notifications_read", &[]).await;
    assert_eq!(answer.header("location"), "/notifications");
    assert_eq!((unread(mia.id).await, unread(max.id).await), (0, 1));
}

async fn a_stop_is_not_held_up(app: TestApp) {
    app.member(&app.detroit, "Mia", "mia@example.com").await;
    let browser = app.browser();
    browser.sign_in("mia@example.com").await;
    let request = browser.request(Method::GET, "/notifications/stream");
    let mut stream = request.send().await.unwrap();
    let worker = app.start_worker();

    app.stop();
    let end = async {
        while stream.chunk().await.unwrap().is_some() {}
        worker.await.unwrap().unwrap();
        app.web.await.unwrap().unwrap();
    };
    timeout(Duration::from_secs(20), end)
        .await
        .expect("stream, worker and web end");
}

async fn who_signed_out_hears_no_more(app: TestApp) {
    let mia = app.member(&app.detroit, "Mia", "mia@example.com").await;
    let browser = app.browser();
    browser.sign_in("mia@example.com").await;
    let request = browser.request(Method::GET, "/notifications/stream");
    let mut stream = request.send().await.unwrap();
    stream.chunk().await.unwrap().unwrap();
    browser.go("sign_out", &[]).await;
    let (state, db) = (&app.state, app.state.db.writer());
    let row = notifications::insert(db, mia.site_id, mia.id, None, "secret", state.now());
    let arrival = NewNotification {
        user_id: mia.id,
        notification: view(&row.await.unwrap(), &Zone::utc()),
    };
    state.live.notify(&state.db, arrival).await;
    let next = timeout(Duration::from_secs(30), stream.chunk()).await;
    let heard = next.expect("it ends");
    assert!(!matches!(heard, Ok(Some(_))), "{heard:?}");
}
