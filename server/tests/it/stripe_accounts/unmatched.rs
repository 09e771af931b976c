//! An event about a payment of ours whose purchase is not found here is never treated as "seen
//! before".

use std::time::Duration;

use app::types::Outcome;
use domain::credit::Program;
use sea_orm::EntityTrait;
use serde_json::{Value, json};
use services::jobs::sweep;
use store::{
    PurchaseId,
    entities::{purchase, stripe_event},
    purchases,
};

use crate::support::{Referred, TestApp, event, moment, on_both_databases, session, subscription};

on_both_databases!(
    it_is_applied_once_its_purchase_is_there,
    the_sweep_applies_it,
    after_three_days_stripe_is_told_to_stop_and_it_is_kept,
    what_another_site_sold_is_no_concern,
    what_nobody_paid_is_not_waited_for,
    an_admin_records_the_sale,
    an_admin_dismisses_it,
    nobody_elses_is_shown_or_touched,
    a_brand_that_is_not_here_is_waited_for,
);

const COMPLETED: &str = "checkout.session.completed";

fn ours() -> Value {
    let mut ours = session("cs_lost", "paid");
    ours["metadata"] = json!({"site": "detroit-arms", "purchase_id": "999999"});
    ours
}

async fn stored(app: &TestApp) -> stripe_event::Model {
    let rows = stripe_event::Entity::find().all(app.state.db.reader());
    let mut rows = rows.await.unwrap();
    assert_eq!(rows.len(), 1, "{rows:?}");
    rows.remove(0)
}

/// Restores the purchase, as a newer backup does.
async fn put_back(app: &TestApp, referred: &Referred) -> PurchaseId {
    let (db, account) = (app.state.db.writer(), app.account().await);
    let (ticket, jane) = (&referred.ticket, referred.jane.id);
    let row = purchases::insert(db, ticket, jane, Some(account), moment(0)).await;
    let row = row.unwrap();
    purchases::set_session(db, row.id, "cs_lost").await.unwrap();
    row.id
}

async fn it_is_applied_once_its_purchase_is_there(app: TestApp) {
    let referred = app.referred().await;
    let body = event("evt_1", COMPLETED, ours());
    for _ in 0..2 {
        assert_eq!(app.deliver(&referred.webhook, &body).await, 409);
        assert!(stored(&app).await.unmatched_since.is_some());
    }
    let purchase = put_back(&app, &referred).await;
    assert_eq!(app.deliver(&referred.webhook, &body).await, 200);
    assert_eq!(app.purchase(purchase).await.state.code(), "paid");
    assert_eq!(stored(&app).await.unmatched_since, None);
    assert_eq!(app.deliver(&referred.webhook, &body).await, 200);
    app.decide(purchase).await;
    app.assert_credited_once(&referred.mia).await;
}

async fn the_sweep_applies_it(app: TestApp) {
    let referred = app.referred().await;
    let body = event("evt_1", COMPLETED, ours());
    assert_eq!(app.deliver(&referred.webhook, &body).await, 409);
    sweep::round(&app.state).await.unwrap();
    assert!(stored(&app).await.unmatched_since.is_some());
    let purchase = put_back(&app, &referred).await;
    sweep::round(&app.state).await.unwrap();
    assert_eq!(app.purchase(purchase).await.state.code(), "paid");
    assert_eq!(stored(&app).await.unmatched_since, None);
    app.decide(purchase).await;
    app.assert_credited_once(&referred.mia).await;
}

async fn after_three_days_stripe_is_told_to_stop_and_it_is_kept(app: TestApp) {
    let referred = app.referred().await;
    let body = event("evt_1", COMPLETED, ours());
    assert_eq!(app.deliver(&referred.webhook, &body).await, 409);
    app.advance(Duration::from_secs(71 * 60 * 60));
    assert_eq!(app.deliver(&referred.webhook, &body).await, 409);
    app.advance(Duration::from_secs(60 * 60));
    assert_eq!(app.deliver(&referred.webhook, &body).await, 200);
    assert!(stored(&app).await.unmatched_since.is_some());
    // If the event is delivered again after all, it is still applied.
    let purchase = put_back(&app, &referred).await;
    assert_eq!(app.deliver(&referred.webhook, &body).await, 200);
    assert_eq!(app.purchase(purchase).await.state.code(), "paid");
    app.run_jobs().await;
}

async fn what_another_site_sold_is_no_concern(app: TestApp) {
    let referred = app.referred().await;
    let mut theirs = ours();
    theirs["metadata"]["site"] = json!("a-shop-of-somebody-else");
    let body = event("evt_1", COMPLETED, theirs);
    assert_eq!(app.deliver(&referred.webhook, &body).await, 200);
    assert_eq!(stored(&app).await.unmatched_since, None);
}

async fn a_brand_that_is_not_here_is_waited_for(app: TestApp) {
    let platform = app.platform().await;
    let mut session = subscription("cs_1", &platform.pewpros, "kim@example.com", None);
    session["metadata"]["brand"] = json!("not-here-yet");
    let body = event("evt_1", COMPLETED, session);
    assert_eq!(app.deliver_to_platform(&platform, &body).await, 409);
    assert!(stored(&app).await.unmatched_since.is_some());
    assert!(app.platform_purchases().await.is_empty());
}

async fn what_nobody_paid_is_not_waited_for(app: TestApp) {
    let referred = app.referred().await;
    let body = event("evt_1", "checkout.session.expired", ours());
    assert_eq!(app.deliver(&referred.webhook, &body).await, 200);
    assert_eq!(stored(&app).await.unmatched_since, None);
}

/// Jane's payment for the ticket, for which no purchase is found.
async fn lost(app: &TestApp, referred: &Referred) -> String {
    let mut lost = ours();
    lost["metadata"]["product"] = json!("/events/steel-challenge");
    lost["customer_details"] = json!({"email": "jane@example.com"});
    let body = event("evt_1", COMPLETED, lost);
    assert_eq!(app.deliver(&referred.webhook, &body).await, 409);
    stored(app).await.id.to_string()
}

const PANEL: &str = "Payments we could not match";
const PAYMENTS: &str = "/admin/settings?tab=payments";

async fn an_admin_records_the_sale(app: TestApp) {
    let referred = app.referred().await;
    let dana = app.detroit_admin().await;
    assert!(!dana.get(PAYMENTS).await.text.contains(PANEL));
    let event = lost(&app, &referred).await;
    let page = dana.get(PAYMENTS).await.text;
    for shown in [PANEL, "$45.00", "jane@example.com", "cs_lost"] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    let nobody = [("event", event.as_str()), ("email", "nobody@example.com")];
    let refusal = dana.refused("record_unmatched", &nobody).await;
    assert!(refusal.about("email").is_some());
    let jane = [("event", event.as_str()), ("email", "jane@example.com")];
    let said = dana.done("record_unmatched", &jane).await;
    assert_eq!(said, "The sale was recorded.");
    let purchase = purchase::Entity::find().one(app.state.db.reader()).await;
    let purchase = purchase.unwrap().expect("a purchase");
    assert_eq!(
        (
            purchase.state.code(),
            purchase.paid_cents,
            purchase.buyer_id
        ),
        ("paid", Some(4500), referred.jane.id)
    );
    assert_eq!(purchase.checkout_session_id.as_deref(), Some("cs_lost"));
    app.decide(purchase.id).await;
    app.assert_credited_once(&referred.mia).await;
    let again = dana.refused("record_unmatched", &jane).await;
    assert!(again.message.unwrap().contains("is no longer open"));
    assert!(!dana.get(PAYMENTS).await.text.contains(PANEL));
    let rows = app.audit_rows().await;
    let row = rows.iter().find(|row| row.field == "Recorded").unwrap();
    assert_eq!(row.subject, "Payment without a purchase");
    let said = "$45.00, The steel-challenge for Jane Doe (cs_lost)";
    assert_eq!(row.new_value.as_deref(), Some(said));
}

async fn an_admin_dismisses_it(app: TestApp) {
    let referred = app.referred().await;
    let event = lost(&app, &referred).await;
    let dana = app.detroit_admin().await;
    let fields = [("event", event.as_str()), ("program", "tenant")];
    let said = dana.done("dismiss_unmatched", &fields).await;
    assert_eq!(said, "The payment was dismissed.");
    assert!(!dana.get(PAYMENTS).await.text.contains(PANEL));
    let row = stored(&app).await;
    assert_eq!(row.unmatched_since, None);
    assert_eq!(row.outcome, "an admin dismissed it");
    assert!(
        purchase::Entity::find()
            .one(app.state.db.reader())
            .await
            .unwrap()
            .is_none()
    );
    let rows = app.audit_rows().await;
    let row = rows.iter().find(|row| row.field == "Dismissed").unwrap();
    assert_eq!(row.new_value.as_deref(), Some("$45.00 (cs_lost)"));
    assert_eq!(row.actor, "Dana Stone");
}

async fn nobody_elses_is_shown_or_touched(app: TestApp) {
    let referred = app.referred().await;
    let event = lost(&app, &referred).await;
    app.platform_admin(&app.detroit, "pat@example.com").await;
    let pat = app.signed_in("pat@example.com").await;
    assert!(!pat.get(PAYMENTS).await.text.contains(PANEL));
    let rose = app.admin(&app.coaching, "rose@example.com").await;
    let ports = app.ports(&app.coaching, Some(&rose)).await;
    assert_eq!(ports.settings.unmatched().await.unwrap(), []);
    let id = event.parse().unwrap();
    let recorded = ports
        .settings
        .record_unmatched(id, "rose@example.com")
        .await;
    assert!(matches!(recorded.unwrap(), Outcome::Refused(_)));
    for program in [Program::Tenant, Program::Platform] {
        let dismissed = ports.settings.dismiss_unmatched(program, id).await;
        assert!(matches!(dismissed.unwrap(), Outcome::Refused(_)));
    }
    let fields = [("event", event.as_str()), ("program", "platform")];
    assert!(
        pat.refused("dismiss_unmatched", &fields)
            .await
            .message
            .is_some()
    );
    assert!(stored(&app).await.unmatched_since.is_some());
}
