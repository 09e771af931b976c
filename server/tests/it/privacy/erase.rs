//! An admin erases a member (`docs/rules.md` 103).

use std::time::Duration;

use crate::support::{Browser, TestApp, on_both_databases};

on_both_databases!(
    an_admin_erases_a_member,
    it_is_confirmed_and_has_a_reason_that_names_nobody,
    it_needs_a_recent_password,
    nothing_is_sold_to_who_left,
    another_tenants_member_is_not_there,
);

/// What a form for a counter sale sends.
const TOKEN: &str = "0123456789abcdef0123456789abcdef";
const REASON: &str = "The member asked for it by letter.";

async fn erase(dana: &Browser, id: &str, confirm: &str, reason: &str) -> String {
    let form = [("member_id", id), ("confirm", confirm), ("reason", reason)];
    dana.fetch("erase_member", &form).await.text
}

async fn an_admin_erases_a_member(app: TestApp) {
    let referred = app.referred().await;
    app.give_balance(&referred.jane, "cus_jane", 700).await;
    let dana = app.detroit_admin().await;
    let id = referred.jane.id.to_string();
    let member = dana.get(&format!("/admin/members/{id}")).await.text;
    let path = format!("/admin/members/{id}/erase");
    assert!(member.contains(&path), "{member}");
    let page = dana.get(&path).await.text;
    assert!(page.contains("They lose their credit of $7.00."), "{page}");
    let answer = erase(&dana, &id, " Jane@Example.com ", REASON).await;
    assert!(answer.contains("is being erased"), "{answer}");
    app.run_jobs().await;
    assert!(app.is_deleted(&referred.jane).await);
    let log = app.audit_rows().await;
    let line = log
        .iter()
        .find(|row| row.field == "Erased, because")
        .unwrap();
    assert_eq!(line.subject, format!("Member {id}"));
    assert_eq!(line.new_value.as_deref(), Some(REASON));
    assert_eq!(line.actor, "Dana Stone");
    for row in &log {
        let text = format!("{row:?}");
        assert!(!text.contains("Jane") && !text.contains("jane@"), "{text}");
    }
    let member = dana.get(&format!("/admin/members/{id}")).await.text;
    assert!(member.contains("Deleted, or being deleted"), "{member}");
    assert!(!member.contains("Jane") && !member.contains(&path));
    app.run_jobs().await;
}

async fn it_is_confirmed_and_has_a_reason_that_names_nobody(app: TestApp) {
    let jane = app.member(&app.detroit, "Jane", "jane@example.com").await;
    let boss = app.admin(&app.detroit, "boss@example.com").await;
    let dana = app.detroit_admin().await;
    let id = jane.id.to_string();
    for (confirm, reason, words) in [
        ("", REASON, "Type jane@example.com to confirm"),
        ("jane", REASON, "Type jane@example.com to confirm"),
        ("jane@example.com", " ", "Say why the member is erased."),
        (
            "jane@example.com",
            "Jane asked for it",
            "Leave the name and the address out",
        ),
        (
            "jane@example.com",
            "Mail of JANE@example.com",
            "Leave the name and the address out",
        ),
    ] {
        let answer = erase(&dana, &id, confirm, reason).await;
        assert!(answer.contains(words), "{confirm}, {reason}: {answer}");
    }
    let staff = erase(&dana, &boss.id.to_string(), "boss@example.com", REASON).await;
    assert!(staff.contains("Take it away first"), "{staff}");
    let form = [("member_id", &*id), ("confirm", "jane"), ("reason", REASON)];
    let page = dana.submit("erase_member", &form).await;
    assert_eq!(
        page.header("location"),
        format!("/admin/members/{id}/erase")
    );
    let shown = dana.get(page.header("location")).await.text;
    assert!(shown.contains(REASON), "what was typed stays: {shown}");
    for member in [&jane, &boss] {
        assert_eq!(app.row_of(member).await.deletion_requested_at, None);
    }
}

async fn it_needs_a_recent_password(app: TestApp) {
    app.stop_our_clock();
    let jane = app.member(&app.detroit, "Jane", "jane@example.com").await;
    let dana = app.detroit_admin().await;
    app.advance(Duration::from_secs(60 * 60));
    let id = jane.id.to_string();
    let answer = erase(&dana, &id, "jane@example.com", REASON).await;
    assert!(
        answer.contains("It is an hour since you typed your password"),
        "{answer}"
    );
    let page = dana.get(&format!("/admin/members/{id}/erase")).await.text;
    assert!(page.contains("since you entered your password"), "{page}");
    assert_eq!(app.row_of(&jane).await.deletion_requested_at, None);
}

async fn nothing_is_sold_to_who_left(app: TestApp) {
    let referred = app.referred().await;
    let dana = app.detroit_admin().await;
    let (id, ticket) = (referred.jane.id.to_string(), referred.ticket.id.to_string());
    erase(&dana, &id, "jane@example.com", REASON).await;
    let sale = [
        ("member_id", &*id),
        ("product_id", &*ticket),
        ("token", TOKEN),
    ];
    let billing = [("member_id", &*id), ("billing_email", "new@example.com")];
    for (function, form) in [
        ("record_sale", &sale[..]),
        ("set_billing_email", &billing[..]),
    ] {
        let answer = dana.fetch(function, form).await.text;
        assert!(answer.contains("There is no such member here."), "{answer}");
    }
    assert!(app.purchases().await.is_empty());
    app.run_jobs().await;
}

async fn another_tenants_member_is_not_there(app: TestApp) {
    let other = app.member(&app.coaching, "Jane", "jane@example.com").await;
    let dana = app.detroit_admin().await;
    let id = other.id.to_string();
    let page = dana.get(&format!("/admin/members/{id}/erase")).await;
    assert_eq!(page.status, 404);
    let answer = erase(&dana, &id, "jane@example.com", REASON).await;
    assert!(answer.contains("There is no such member here."), "{answer}");
    assert_eq!(app.row_of(&other).await.deletion_requested_at, None);
}
