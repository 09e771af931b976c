//! What a member sees: a referral link that never changes, referrals in pages, and their own
//! notifications.

use serde_json::{Value, json};

use super::{ME, REGISTER, body_with};
use crate::support::{TestApp, on_both_databases};

const LINK: &str = "/api/v1/me/referral-link";
const REFERRALS: &str = "/api/v1/me/referrals";
const NOTIFICATIONS: &str = "/api/v1/me/notifications";

on_both_databases!(
    referrals_come_in_pages_newest_first,
    a_link_is_made_once_and_for_ever,
    a_notification_is_read_by_its_member_alone,
);

async fn referrals_come_in_pages_newest_first(app: TestApp) {
    app.referrer(&app.detroit, "mia@example.com", "ab3kx7mn")
        .await;
    for number in 0..5 {
        let friend = body_with("email", json!(format!("friend{number}@example.com")));
        assert_eq!(app.phone().post(REGISTER, &friend).await.status, 201);
    }
    let mia = app.phone_of("mia@example.com").await;
    let all = ids(&mia.get(REFERRALS).await.json);
    assert_eq!(all.len(), 5);
    assert!(all.is_sorted_by(|one, next| one > next));
    let mut read = Vec::new();
    let mut to = format!("{REFERRALS}?limit=2");
    loop {
        let page = mia.get(&to).await.json;
        assert!(ids(&page).len() <= 2);
        read.extend(ids(&page));
        match page["next_cursor"].as_str() {
            Some(cursor) => to = format!("{REFERRALS}?limit=2&cursor={cursor}"),
            None => break,
        }
    }
    assert_eq!(read, all);
    for query in [
        "limit=0",
        "limit=101",
        "limit=x",
        "cursor=x",
        "cursor=-1",
        "limit=1&limit=2",
    ] {
        for list in [REFERRALS, NOTIFICATIONS] {
            let response = mia.get(&format!("{list}?{query}")).await;
            response.assert_problem(400, "invalid-parameters");
        }
    }
    let others = app.phone_of("friend0@example.com").await;
    assert_eq!(ids(&others.get(REFERRALS).await.json), Vec::<i64>::new());
}

fn ids(page: &Value) -> Vec<i64> {
    let data = page["data"].as_array().unwrap().iter();
    data.map(|one| one["id"].as_i64().unwrap()).collect()
}

async fn a_link_is_made_once_and_for_ever(app: TestApp) {
    app.member(&app.detroit, "Mia", "mia@example.com").await;
    let mia = app.phone_of("mia@example.com").await;
    let me = mia.get(ME).await.json;
    assert_eq!(
        me["referral"]["link"],
        Value::Null,
        "made when it is asked for, not before"
    );
    let calls = futures::future::join_all((0..5).map(|_| mia.order(LINK))).await;
    let code = calls[0].text("code");
    assert!(calls.iter().all(|response| response.text("code") == code));
    assert_eq!(calls[0].text("link"), format!("{}?ref={code}", mia.origin));
    let me = mia.get(ME).await.json;
    assert_eq!(me["referral"]["link"], calls[0].json["link"]);
    assert_eq!(me["referral"]["reward"]["text"], "$10.00");

    let off = services::operator::set_tenant_credit(&app.state, "detroit-arms", 0);
    off.await.unwrap();
    let off = json!({ "reward": null, "code": code, "link": null, "share_text": null });
    assert_eq!(mia.get(ME).await.json["referral"], off, "the code stays");
    mia.order(LINK)
        .await
        .assert_problem(409, "referral-program-off");
    app.member(&app.detroit, "Jane", "jane@example.com").await;
    let jane = app.phone_of("jane@example.com").await;
    jane.order(LINK)
        .await
        .assert_problem(409, "referral-program-off");
    let on = services::operator::set_tenant_credit(&app.state, "detroit-arms", 1000);
    on.await.unwrap();
    assert_eq!(mia.order(LINK).await.json, calls[0].json);
}

async fn a_notification_is_read_by_its_member_alone(app: TestApp) {
    let mia = app.member(&app.detroit, "Mia", "mia@example.com").await;
    app.member(&app.detroit, "Jane", "jane@example.com").await;
    let (db, now) = (app.state.db.writer(), app.state.now());
    let mut rows = Vec::new();
    for text in ["One", "Two"] {
        let site = app.detroit.id();
        let row = store::notifications::insert(db, site, mia.id, None, text, now).await;
        rows.push(row.unwrap().id.get());
    }
    let read = |id: i64| format!("{NOTIFICATIONS}/{id}/read");
    let jane = app.phone_of("jane@example.com").await;
    jane.order(&read(rows[0]))
        .await
        .assert_problem(404, "not-found");
    let mia = app.phone_of("mia@example.com").await;
    assert_eq!(mia.get(ME).await.json["unread_notifications"], 2);
    let first = mia.order(&read(rows[0])).await.json;
    app.advance(std::time::Duration::from_secs(60));
    let again = mia.order(&read(rows[0])).await.json;
    assert_eq!(first, again, "reading twice changes nothing");
    let newest = mia.get(&format!("{NOTIFICATIONS}?limit=1")).await.json;
    let cursor = newest["next_cursor"].as_str().unwrap();
    let rest = mia
        .get(&format!("{NOTIFICATIONS}?cursor={cursor}"))
        .await
        .json;
    assert_eq!(ids(&rest), [rows[0]]);
    let list = mia.get(NOTIFICATIONS).await.json;
    assert_eq!(list["data"][0]["text"], "Two");
    assert_eq!(list["data"][0]["read_at"], Value::Null);
    assert_eq!(list["data"][1], first);
    for path in [
        "0",
        "-1",
        "x",
        "999999",
        "99999999999999999999",
        "%20",
        "1%00",
    ] {
        let response = mia.order(&format!("{NOTIFICATIONS}/{path}/read")).await;
        response.assert_problem(404, "not-found");
    }
}
