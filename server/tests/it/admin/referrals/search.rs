//! People are found by the beginnings of their names and e-mail addresses.

use app::ports::Ports;
use domain::credit::Program;
use store::Scope;

use super::{
    console::asked,
    data::{New, credited},
};
use crate::support::{TestApp, on_both_databases};

on_both_databases!(
    a_member_is_found_as_referrer_and_as_friend,
    a_partner_and_a_customer_are_found,
    filters_and_search_work_together,
    too_many_is_said,
    another_name_is_another_word,
);

async fn found(ports: &Ports, program: Program, text: &str) -> Vec<i64> {
    let page = asked(ports, program, &format!("dir=asc&q={text}")).await;
    let ids: Vec<_> = page.rows.iter().map(|row| row.id).collect();
    assert_eq!(page.cards.total, ids.len() as u64);
    ids
}

async fn a_member_is_found_as_referrer_and_as_friend(app: TestApp) {
    app.referred().await;
    let janes = app.referral().await;
    // Jane refers somebody herself.
    let omar = app.crowd(&app.detroit, "Omar", 1).await[0];
    let omars = app
        .refer(&app.detroit, janes.referred_id, omar, &New::pending(0))
        .await;
    app.many(&app.coaching, &[New::pending(0)]).await;
    let ports = app.dana().await;
    // Omar's referral began in November 2026, Jane's now, by the machine's clock.
    let both = found(&ports, Program::Tenant, "jane").await;
    assert_eq!(both.len(), 2);
    assert!(both.contains(&janes.id.get()) && both.contains(&omars.get()));
    for text in ["JA", "jane+doe", "doe+ja", "jane%40example.com", "j"] {
        assert_eq!(found(&ports, Program::Tenant, text).await, both, "{text}");
    }
    assert_eq!(
        found(&ports, Program::Tenant, "mia").await,
        [janes.id.get()]
    );
    assert_eq!(found(&ports, Program::Tenant, "omar").await, [omars.get()]);
    for text in ["ane", "jane+omar", "nell", "friend", "%25", "_", "'"] {
        assert!(
            found(&ports, Program::Tenant, text).await.is_empty(),
            "{text}"
        );
    }
    // The text contains no character that can be searched for.
    assert_eq!(found(&ports, Program::Tenant, "%00").await, both);
}

async fn a_partner_and_a_customer_are_found(app: TestApp) {
    let pia = app
        .platform_referrer("Pia Plum", "pia@plum.example")
        .await
        .id;
    let ray = app
        .platform_referrer("Ray Reed", "ray@reed.example")
        .await
        .id;
    let new = New {
        kind: "annual",
        ..New::pending(0)
    };
    let first = app.subscribed(pia, "zoe@example.com", &new).await.get();
    let second = app
        .subscribed(ray, "pia.customer@example.com", &new)
        .await
        .get();
    let ports = app.pat().await;
    for (text, ids) in [
        ("plum", vec![first]),
        ("pia", vec![first, second]),
        ("reed", vec![second]),
        ("zoe", vec![first]),
        ("customer", vec![second]),
        ("nobody", vec![]),
    ] {
        assert_eq!(found(&ports, Program::Platform, text).await, ids, "{text}");
    }
    // The platform's search finds no members of a tenant, and a tenant's finds no platform
    // referrers.
    app.many(&app.detroit, &[New::pending(0)]).await;
    assert!(found(&ports, Program::Platform, "nell").await.is_empty());
    assert!(
        found(&app.dana().await, Program::Tenant, "pia")
            .await
            .is_empty()
    );
}

async fn filters_and_search_work_together(app: TestApp) {
    let news = [
        credited("course", 2500, 0),
        credited("shop_item", 1000, 1),
        New::pending(2),
    ];
    let ids = app.many(&app.detroit, &news).await;
    let ports = app.dana().await;
    let page = asked(
        &ports,
        Program::Tenant,
        "q=nell&status=credited&sort=credit",
    )
    .await;
    let rows: Vec<_> = page.rows.iter().map(|row| row.id).collect();
    assert_eq!(rows, [ids[0].get(), ids[1].get()]);
    assert_eq!(page.cards.total_credits, "$35.00");
    assert_eq!((page.cards.total, page.cards.pending), (2, 0));
    let page = asked(
        &ports,
        Program::Tenant,
        "q=nell&type=course&from=2026-11-01&to=2026-11-01",
    );
    let page = page.await;
    assert_eq!((page.cards.total, page.rows[0].id), (1, ids[0].get()));
    let page = asked(&ports, Program::Tenant, "q=nell&from=2026-11-02").await;
    assert_eq!((page.cards.total, page.rows.len()), (0, 0));
}

async fn too_many_is_said(app: TestApp) {
    app.crowd(&app.detroit, "Zed", 1001).await;
    let ports = app.dana().await;
    let page = asked(&ports, Program::Tenant, "q=zed").await;
    assert_eq!(page.ignored.len(), 1);
    assert!(
        page.ignored[0].contains("More than 1000 people match"),
        "{:?}",
        page.ignored
    );
    let page = asked(&ports, Program::Tenant, "q=zed+number7").await;
    assert!(page.ignored.is_empty(), "{:?}", page.ignored);
}

async fn another_name_is_another_word(app: TestApp) {
    use store::search_words::{self, Subject};
    let db = app.state.db.writer();
    let find = async |text: &str| {
        let text = [text.to_owned()];
        search_words::find(db, Subject::PlatformReferrer, Scope::Platform, &text)
            .await
            .unwrap()
            .ids
    };
    let pia = app
        .platform_referrer("Pia Plum", "pia@example.com")
        .await
        .id;
    assert_eq!(find("plum").await, [pia.get()]);
    search_words::put(
        db,
        Subject::PlatformReferrer,
        Scope::Platform,
        pia.get(),
        &["Pia Peach", "pia@example.com"],
    )
    .await
    .unwrap();
    assert!(find("plum").await.is_empty());
    assert_eq!(find("peach").await, [pia.get()]);
    let none = search_words::find(db, Subject::PlatformReferrer, Scope::Platform, &[])
        .await
        .unwrap();
    assert!(none.ids.is_empty() && !none.more);
}
