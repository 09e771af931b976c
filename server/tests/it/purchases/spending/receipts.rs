//! The receipt that is mailed for a purchase, once, whatever paid for it.

use domain::{
    mail::{MailKind, MailTopic},
    purchase::ProductKind,
};
use mailbox::ReceivedMail;
use serde_json::json;
use store::{
    mails::{self, NewMail},
    users,
};
use stripe_stand_in::{Fault, FaultKind, PaymentStatus};

use super::{bought, buy, counter, scene, session, sessions, ticket, undoing};
use crate::support::{self, TestApp, event, on_both_databases};

on_both_databases!(
    with mail:
    a_payment_at_stripe_is_receipted_once_and_cannot_be_muted,
    credit_that_paid_for_a_part_is_named,
    what_credit_covers_is_receipted,
    a_free_ticket_is_receipted,
    a_sale_at_the_counter_is_receipted,
    a_sale_for_credit_at_the_counter_is_receipted,
    a_sale_that_was_undone_says_so,
    a_membership_names_what_the_balance_paid,
    a_membership_is_receipted_without_stripes_answer,
    a_sale_that_an_admin_records_is_receipted,
    a_purchase_has_one_receipt,
    nothing_unpaid_is_receipted,
);

/// The receipts that arrived after every job was done, twice.
async fn receipts(app: &TestApp) -> Vec<ReceivedMail> {
    app.run_jobs().await;
    app.run_jobs().await;
    let mut mails = app.mailbox.mails();
    mails.retain(|mail| mail.subject.starts_with("Your receipt"));
    mails
}

/// The only receipt, which has these lines about the purchase.
async fn one(app: &TestApp, facts: &[&str]) -> ReceivedMail {
    let mut mails = receipts(app).await;
    assert_eq!(mails.len(), 1, "{mails:?}");
    let mail = mails.remove(0);
    let facts = facts.join("\n");
    for text in [&mail.text, &mail.html] {
        let text = text.replace("\r\n", "\n");
        assert!(text.contains(&facts), "{facts}\nin\n{text}");
    }
    mail
}

async fn a_payment_at_stripe_is_receipted_once_and_cannot_be_muted(app: TestApp) {
    let referred = app.referred().await;
    let db = app.state.db.writer();
    for topic in MailTopic::ALL {
        let muted = users::set_muted(db, app.detroit.id(), referred.jane.id, topic, true);
        muted.await.unwrap();
    }
    assert_eq!(
        referred.jane.email_confirmed_at, None,
        "it goes there all the same"
    );
    let purchase = app.open_purchase(&referred, "cs_1").await;
    for (id, kind) in [
        ("evt_1", "checkout.session.completed"),
        ("evt_1", "checkout.session.completed"),
        ("evt_2", "checkout.session.completed"),
        ("evt_3", "checkout.session.async_payment_succeeded"),
    ] {
        let paid = event(id, kind, support::session("cs_1", "paid"));
        assert_eq!(app.deliver(&referred.webhook, &paid).await, 200);
    }
    let mail = one(
        &app,
        &[
            "Event ticket: The steel-challenge",
            "Price: $45.00",
            "Paid: $45.00",
            "Date: ",
        ],
    )
    .await;
    assert_eq!(mail.to, ["jane@example.com"]);
    assert_eq!(mail.from, "Detroit Arms <no-reply@pewpros.example>");
    assert_eq!(mail.subject, "Your receipt: The steel-challenge");
    let page = format!("/purchases/{}", purchase.id);
    assert!(mail.link(&page).is_some(), "{}", mail.text);
    assert!(!mail.raw.contains("List-Unsubscribe"));
    assert!(!mail.text.contains("Credit used"));
}

async fn credit_that_paid_for_a_part_is_named(app: TestApp) {
    let scene = scene(&app).await;
    buy(&scene.jane, &scene.referred.ticket, 2500).await;
    assert!(receipts(&app).await.is_empty(), "it is not paid yet");
    app.pay(&session(&app), PaymentStatus::Paid).await;
    let facts = ["Price: $45.00", "Credit used: $20.00", "Paid: $25.00"];
    one(&app, &facts).await;
}

async fn what_credit_covers_is_receipted(app: TestApp) {
    let scene = scene(&app).await;
    let cheap = ticket(&app, "cheap", 1500).await;
    let receipt = buy(&scene.jane, &cheap, 0).await;
    assert!(receipt.starts_with("/purchases/"), "{receipt}");
    let facts = ["Price: $15.00", "Credit used: $15.00", "Paid: $0.00"];
    one(&app, &facts).await;
}

async fn a_free_ticket_is_receipted(app: TestApp) {
    let scene = scene(&app).await;
    let free = ticket(&app, "open-day", 0).await;
    let id = free.id.to_string();
    let form = [
        ("product_id", id.as_str()),
        ("page", "/events/open-day"),
        ("form_token", "form1"),
    ];
    for _ in 0..2 {
        scene.jane.go("buy", &form).await;
    }
    one(&app, &["Price: $0.00", "Paid: $0.00"]).await;
}

async fn a_sale_at_the_counter_is_receipted(app: TestApp) {
    let referred = app.referred().await;
    app.sell(&referred).await;
    one(&app, &["Price: $45.00", "Paid: $45.00"]).await;
}

/// The ticket, to Jane, for so many cents of her credit.
async fn sell_for_credit(app: &TestApp, cents: &str) {
    let scene = scene(app).await;
    let desk = app.detroit_admin().await;
    let sale = (scene.referred.jane.id.get(), scene.referred.ticket.id.get());
    for _ in 0..2 {
        let token = "0123456789abcdef0123456789abcdef";
        counter::sell(&desk, sale, cents, token).await.unwrap();
    }
}

async fn a_sale_for_credit_at_the_counter_is_receipted(app: TestApp) {
    sell_for_credit(&app, "2000").await;
    let facts = ["Price: $45.00", "Credit used: $20.00", "Paid: $25.00"];
    one(&app, &facts).await;
}

async fn a_sale_that_was_undone_says_so(app: TestApp) {
    sell_for_credit(&app, "2000").await;
    let desk = app.signed_in("dana@example.com").await;
    let jane = app.find(&app.detroit, "jane@example.com").await.unwrap();
    let sale = app.purchases().await[0].id;
    undoing::undo(&desk, &jane, sale).await.unwrap();
    let mail = one(&app, &["Price: $45.00"]).await;
    assert!(
        mail.text.contains("This sale has since been undone."),
        "{}",
        mail.text
    );
}

/// Jane pays $39.00 a month, with $20.00 on her balance.
async fn join(app: &TestApp) {
    let scene = scene(app).await;
    let kind = ProductKind::Membership;
    let product = app.product(&app.detroit, kind, "member", 3900).await;
    let id = product.id.to_string();
    let form = [("product_id", id.as_str()), ("page", "/memberships/member")];
    scene.jane.go("buy", &form).await;
    app.pay(&session(app), PaymentStatus::Paid).await;
}

async fn a_membership_names_what_the_balance_paid(app: TestApp) {
    join(&app).await;
    let facts = ["Price: $39.00/month", "Credit used: $20.00", "Paid: $19.00"];
    let mail = one(&app, &facts).await;
    assert!(!mail.text.contains("the receipt says how much"));
}

async fn a_membership_is_receipted_without_stripes_answer(app: TestApp) {
    join(&app).await;
    let silent = Fault::next(FaultKind::BadGateway).on("GET", "/v1/customers/cus_jane/");
    let silent = Fault { times: 9, ..silent };
    app.stripe.fault(silent);
    for job in app.waiting_jobs().await {
        // The decision about the credit waits for Stripe.
        services::jobs::perform(&app.state, &job).await.ok();
    }
    let receipt = app.mailbox.mails().pop().unwrap();
    assert!(
        receipt.text.contains("Price: $39.00/month"),
        "{}",
        receipt.text
    );
    assert!(!receipt.text.contains("Paid:"));
    assert!(receipt.text.contains("the receipt says how much"));
    app.leave_jobs();
}

async fn a_sale_that_an_admin_records_is_receipted(app: TestApp) {
    let referred = app.referred().await;
    let desk = app.detroit_admin().await;
    let mut lost = support::session("cs_lost", "paid");
    lost["metadata"] = json!({
        "site": "detroit-arms",
        "purchase_id": "999999",
        "product": "/events/steel-challenge",
    });
    lost["customer_details"] = json!({"email": "jane@example.com"});
    let paid = event("evt_1", "checkout.session.completed", lost);
    assert_eq!(app.deliver(&referred.webhook, &paid).await, 409);
    assert!(receipts(&app).await.is_empty());
    let page = desk.get("/admin/settings?tab=payments").await.text;
    let event = page.split("name=\"event\" value=\"").nth(1).unwrap();
    let event = event.split('"').next().unwrap();
    let form = [("event", event), ("email", "jane@example.com")];
    desk.done("record_unmatched", &form).await;
    assert_eq!(app.deliver(&referred.webhook, &paid).await, 200);
    one(&app, &["Price: $45.00", "Paid: $45.00"]).await;
}

async fn a_purchase_has_one_receipt(app: TestApp) {
    let referred = app.referred().await;
    let purchase = app.sell(&referred).await;
    let again = NewMail {
        site_id: app.detroit.id(),
        user_id: Some(referred.jane.id),
        kind: MailKind::Receipt,
        address: "jane@example.com",
        subject: "Your receipt: again",
        purchase_id: Some(purchase),
        sealed_body: None,
        token: "another".to_owned(),
    };
    let written = mails::insert(app.state.db.writer(), again, app.state.now()).await;
    assert_eq!(written.unwrap(), None);
    one(&app, &["Price: $45.00"]).await;
}

async fn nothing_unpaid_is_receipted(app: TestApp) {
    let scene = scene(&app).await;
    buy(&scene.jane, &scene.referred.ticket, 2500).await;
    let page = sessions(&app)[0]["id"].as_str().unwrap().to_owned();
    app.stripe.expire(&page).unwrap();
    app.delivered().await;
    assert_eq!(bought(&app).await.state.code(), "expired");
    assert!(receipts(&app).await.is_empty());
}
