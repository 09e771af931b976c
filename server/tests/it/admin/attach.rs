//! Who referred a member, said by the staff afterwards (`docs/rules.md` 191 and 192).

use std::time::Duration;

use domain::{
    account::{Role, TenantRole},
    purchase::ProductKind,
    referral::ReferralStatus,
};
use sea_orm::{EntityTrait, PaginatorTrait};
use server_core::dates;
use store::{
    audit_log::{self, Change, Field},
    entities::{product, referral, user},
    users,
};

use crate::support::{
    Browser, CODE, GOOD_FORM, PASSWORD, STRIPE_KEY, TestApp, WEBHOOK_SECRET, on_both_databases,
};

on_both_databases!(
    the_desk_links_a_friend_and_the_first_purchase_earns,
    the_day_is_the_friends_and_the_trace_goes_under_any_name,
    it_is_refused_beside_the_field_with_who_was_found,
    who_bought_or_is_staff_is_linked_to_nobody,
    of_two_at_once_one_is_saved,
    with_a_sale_at_the_same_moment_it_is_before_or_after,
);

const DESK: &str = "desk@example.com";
const TOKEN: &str = "0123456789abcdef0123456789abcdef";
const REASON: &str = "She came with a friend";

/// Jane, who registered without a link, and a ticket of $45.00.
struct Scene {
    mia: user::Model,
    jane: user::Model,
    ticket: product::Model,
    desk: Browser,
}

async fn scene(app: &TestApp) -> Scene {
    app.connect_stripe(&app.detroit, STRIPE_KEY, WEBHOOK_SECRET)
        .await;
    let mia = app.referrer(&app.detroit, "mia@example.com", CODE).await;
    let ticket = app
        .product(&app.detroit, ProductKind::EventTicket, "steel", 4_500)
        .await;
    let mut form = GOOD_FORM.to_vec();
    form.push(("referred_by", "<b>Mia</b> Stone"));
    app.browser().go("register", &form).await;
    let jane = app.find(&app.detroit, "jane@example.com").await.unwrap();
    app.staff(&app.detroit, Role::Tenant(TenantRole::Desk), DESK)
        .await;
    let desk = app.signed_in(DESK).await;
    Scene {
        mia,
        jane,
        ticket,
        desk,
    }
}

fn form<'a>(member: &'a str, referrer: &'a str, reason: &'a str) -> [(&'a str, &'a str); 3] {
    [
        ("member_id", member),
        ("referrer", referrer),
        ("reason", reason),
    ]
}

fn sale<'a>(member: &'a str, product: &'a str) -> [(&'a str, &'a str); 3] {
    [
        ("member_id", member),
        ("product_id", product),
        ("token", TOKEN),
    ]
}

async fn referrals(app: &TestApp) -> u64 {
    let rows = referral::Entity::find();
    rows.count(app.state.db.reader()).await.unwrap()
}

async fn the_desk_links_a_friend_and_the_first_purchase_earns(app: TestApp) {
    let scene = scene(&app).await;
    let id = scene.jane.id.to_string();
    let path = format!("/admin/members/{id}");
    let page = scene.desk.get(&path).await.text;
    assert!(page.contains("Who referred them"), "{page}");
    let said = "They said when they registered: <bdi>&lt;b&gt;Mia&lt;/b&gt; Stone</bdi>";
    assert!(page.contains(said), "{page}");

    // As people paste it.
    let link = format!("Mia sent me: https://detroit.example/?ref={CODE}.");
    let typed = form(&id, &link, REASON);
    let done = scene.desk.done("attach_referrer", &typed).await;
    assert_eq!(done, "Saved: Mia Stone referred this member.");
    let jane = app.find(&app.detroit, "jane@example.com").await.unwrap();
    assert_eq!(jane.referred_by_user_id, Some(scene.mia.id));
    let row = app.referral().await;
    assert_eq!(
        (row.referrer_id, row.referred_id, *row.status),
        (scene.mia.id, jane.id, ReferralStatus::Pending)
    );
    assert!(row.clicked_at.is_none() && !row.token.is_empty());
    let page = scene.desk.get(&path).await.text;
    assert!(!page.contains("Who referred them"), "once: {page}");

    let line = app.audit_rows().await.pop().unwrap();
    assert_eq!(line.subject, format!("Referral {} of Jane Doe", row.id));
    let told = format!("Member {}: {REASON}", scene.mia.id);
    assert_eq!(line.new_value.as_deref(), Some(told.as_str()));
    let story = format!("/admin/referrals/tenant/{}", row.id);
    let page = scene.desk.get(&story).await.text;
    assert!(page.contains("Referrer named") && page.contains(REASON));
    assert!(!page.contains("Clicked the link"), "{page}");

    let product = scene.ticket.id.to_string();
    scene.desk.done("record_sale", &sale(&id, &product)).await;
    app.run_jobs().await;
    app.assert_credited_once(&scene.mia).await;
}

/// Jane has another name than when the line was written, which is erased all the same.
async fn the_day_is_the_friends_and_the_trace_goes_under_any_name(app: TestApp) {
    let scene = scene(&app).await;
    app.advance(Duration::from_secs(3 * 86_400));
    let id = scene.jane.id.to_string();
    let desk = app.signed_in(DESK).await;
    desk.done("attach_referrer", &form(&id, CODE, REASON)).await;
    let row = app.referral().await;
    let registered = dates::iso(scene.jane.created_at);
    assert_ne!(dates::iso(row.created_at), registered);
    let phone = app.phone_of("mia@example.com").await;
    let told = &phone.get("/api/v1/me/referrals").await.json["data"][0];
    assert_eq!(told["created_at"], registered.as_str());
    assert_eq!(told["steps"][0]["at"], registered.as_str());
    let mia = app.signed_in("mia@example.com").await;
    let page = mia.get("/referrals").await.text;
    assert!(
        page.contains(&format!("datetime=\"{registered}\"")),
        "{page}"
    );

    let jane = app.signed_in("jane@example.com").await;
    let renamed = [("first_name", "Janet"), ("last_name", "Roe")];
    jane.done("change_name", &renamed).await;
    let other = audit_log::referral_subject(row.id.get() * 10, "Kim Roe");
    let change = Change {
        site_id: Some(app.detroit.id()),
        actor: None,
        subject: &other,
        now: app.state.now(),
    };
    let retried = Field {
        name: "Status",
        old: Some("Failed".to_owned()),
        new: Some("Pending".to_owned()),
    };
    let db = app.state.db.writer();
    audit_log::write(db, &change, [retried]).await.unwrap();
    let pages = [
        format!("/admin/referrals/tenant/{}", row.id),
        format!("/admin/referrals/why?member={id}"),
    ];
    for path in &pages {
        let page = desk.get(path).await.text;
        assert!(page.contains("Referrer named") && page.contains(REASON));
        assert!(!page.contains("Retried"), "another one's: {page}");
    }

    let form = [("password", PASSWORD), ("forfeit", "0")];
    jane.go("delete_account", &form).await;
    app.run_jobs().await;
    let log = app.audit_rows().await;
    let line = log.iter().find(|line| line.field == audit_log::REFERRED_BY);
    let line = line.unwrap();
    let subject = audit_log::referral_subject(row.id.get(), "Deleted member");
    assert_eq!(line.subject, subject);
    let named = format!("Member {}", scene.mia.id);
    assert_eq!(line.new_value, Some(named));
    assert!(log.iter().any(|line| line.subject == other));
    for line in &log {
        let text = format!("{line:?}");
        assert!(!text.contains("Jane") && !text.contains(REASON), "{text}");
    }
    let page = desk.get(&pages[0]).await.text;
    assert!(page.contains("Referrer named") && !page.contains(REASON));
}

async fn it_is_refused_beside_the_field_with_who_was_found(app: TestApp) {
    let scene = scene(&app).await;
    let id = scene.jane.id.to_string();
    let max = app.referrer(&app.detroit, "max@example.com", "q9wm4t2k");
    let (max, db) = (max.await, app.state.db.writer());
    users::set_blocked(db, &max, Some(app.state.now()))
        .await
        .unwrap();
    let kim = app.referrer(&app.coaching, "kim@example.com", "hj4kx7mn");
    let kim = kim.await;
    for (referrer, words) in [
        ("ab3kx7mm", "No member here has this code"),
        ("Mia Stone", "No member here has this code"),
        ("hj4kx7mn", "No member here has this code"),
        (kim.email.as_str(), "No member here has this code"),
        (
            "Q9WM-4T2K",
            "Mia Stone (max@example.com) was found. This member is blocked",
        ),
        ("jane@example.com", "Members cannot refer themselves."),
        (
            DESK,
            "Sam Stone (desk@example.com) was found. You cannot make yourself",
        ),
        ("", "Type a code, a link or an email address."),
    ] {
        let refusal = scene
            .desk
            .refused("attach_referrer", &form(&id, referrer, REASON))
            .await;
        let message = refusal.about("referrer").unwrap_or_default();
        assert!(message.contains(words), "{referrer}: {refusal:?}");
    }
    // Without JavaScript what was typed stays.
    let typed = form(&id, "q9wm4t2k", "");
    let answer = scene.desk.submit("attach_referrer", &typed).await;
    let page = scene.desk.get(answer.header("location")).await.text;
    assert!(
        page.contains("Say why.") && page.contains("value=\"q9wm4t2k\""),
        "{page}"
    );
    let strangers = kim.id.to_string();
    let refusal = scene
        .desk
        .refused("attach_referrer", &form(&strangers, CODE, REASON))
        .await;
    assert_eq!(refusal.message.unwrap(), "There is no such member here.");
    assert_eq!(referrals(&app).await, 0);
    app.leave_jobs();
}

async fn who_bought_or_is_staff_is_linked_to_nobody(app: TestApp) {
    let scene = scene(&app).await;
    let own = app.find(&app.detroit, DESK).await.unwrap().id.to_string();
    let refusal = scene
        .desk
        .refused("attach_referrer", &form(&own, CODE, REASON))
        .await;
    assert!(
        refusal
            .message
            .unwrap()
            .contains("This is your own account")
    );
    let page = scene.desk.get(&format!("/admin/members/{own}")).await.text;
    assert!(!page.contains("Who referred them"), "{page}");

    // What is free does not count, and what is paid does.
    let free = app
        .product(&app.detroit, ProductKind::EventTicket, "open-day", 0)
        .await;
    let (id, free) = (scene.jane.id.to_string(), free.id.to_string());
    scene.desk.done("record_sale", &sale(&id, &free)).await;
    let path = format!("/admin/members/{id}");
    assert!(
        scene
            .desk
            .get(&path)
            .await
            .text
            .contains("Who referred them")
    );
    let product = scene.ticket.id.to_string();
    let mut paid = sale(&id, &product);
    paid[2].1 = "ff23456789abcdef0123456789abcdef";
    scene.desk.done("record_sale", &paid).await;
    let refusal = scene
        .desk
        .refused("attach_referrer", &form(&id, CODE, REASON))
        .await;
    let message = refusal.message.unwrap();
    assert!(
        message.contains("made a first purchase before"),
        "{message}"
    );
    assert!(
        !message.contains("Mia Stone"),
        "it is about Jane: {message}"
    );
    assert!(
        !scene
            .desk
            .get(&path)
            .await
            .text
            .contains("Who referred them")
    );

    // Two members do not refer each other.
    let max = app.referrer(&app.detroit, "max@example.com", "q9wm4t2k");
    let max = max.await.id.to_string();
    scene
        .desk
        .done("attach_referrer", &form(&max, CODE, REASON))
        .await;
    let mia = scene.mia.id.to_string();
    let refusal = scene
        .desk
        .refused("attach_referrer", &form(&mia, "q9wm4t2k", REASON))
        .await;
    assert!(refusal.about("referrer").unwrap().contains("each other"));
    let refusal = scene
        .desk
        .refused("attach_referrer", &form(&max, CODE, REASON))
        .await;
    assert!(refusal.message.unwrap().contains("was referred already"));
    assert_eq!(referrals(&app).await, 1);
    app.leave_jobs();
}

async fn of_two_at_once_one_is_saved(app: TestApp) {
    let scene = scene(&app).await;
    app.referrer(&app.detroit, "max@example.com", "q9wm4t2k")
        .await;
    let id = scene.jane.id.to_string();
    let dana = app.detroit_admin().await;
    let forms = [form(&id, CODE, REASON), form(&id, "q9wm4t2k", REASON)];
    let (one, other) = tokio::join!(
        scene.desk.fetch("attach_referrer", &forms[0]),
        dana.fetch("attach_referrer", &forms[1])
    );
    let saved = [&one.text, &other.text].map(|text| text.contains("Saved:"));
    assert!(saved[0] != saved[1], "{} {}", one.text, other.text);
    let row = app.referral().await;
    assert_eq!(referrals(&app).await, 1);
    let jane = app.find(&app.detroit, "jane@example.com").await.unwrap();
    assert_eq!(jane.referred_by_user_id, Some(row.referrer_id));
    app.leave_jobs();
}

/// Either the purchase is the first one that earns, or it was before and nobody is linked.
async fn with_a_sale_at_the_same_moment_it_is_before_or_after(app: TestApp) {
    let scene = scene(&app).await;
    let dana = app.detroit_admin().await;
    let (id, product) = (scene.jane.id.to_string(), scene.ticket.id.to_string());
    let (attaching, selling) = (form(&id, CODE, REASON), sale(&id, &product));
    let (attached, sold) = tokio::join!(
        scene.desk.fetch("attach_referrer", &attaching),
        dana.fetch("record_sale", &selling)
    );
    assert!(
        sold.text.contains("The sale was recorded."),
        "{}",
        sold.text
    );
    app.run_jobs().await;
    match attached.text.contains("Saved:") {
        true => app.assert_credited_once(&scene.mia).await,
        false => {
            assert!(attached.text.contains("first purchase before"));
            assert_eq!(referrals(&app).await, 0);
            assert!(app.credits().await.is_empty());
        }
    }
}
