//! A debit that a restored backup lost: an admin sees it and returns it, once.

use app::types::Outcome;
use stripe_stand_in::{Fault, FaultKind, PaymentStatus};

use super::{Scene, buy, credit_at_stripe, ledger, scene, session, ticket};
use crate::support::{Browser, TestApp, on_both_databases};

on_both_databases!(
    an_admin_returns_it_once,
    a_page_that_does_not_close_keeps_it,
    who_pays_while_it_is_returned_does_not_get_it_too,
    it_is_found_where_the_customers_row_was_lost_too,
    without_an_answer_the_job_returns_it,
    what_the_ledger_knows_is_not_offered,
    nobody_returns_what_is_no_debit,
);

/// What Jane had before, as the desk's page read it, and what went back.
const RETURNED: [(&str, &str, i64); 2] =
    [("observed", "issued", -2000), ("returned", "issued", -2000)];

/// Jane's page held $20.00 when a backup from before was restored.
async fn lost(app: &TestApp) -> (Scene, Browser) {
    let scene = scene(app).await;
    let desk = app.detroit_admin().await;
    let course = ticket(app, "course", 3000).await;
    app.back_up().await;
    buy(&scene.jane, &course, 1000).await;
    assert_eq!(credit_at_stripe(app), 0);
    app.restore().await;
    (scene, desk)
}

/// The desk's page of Jane's credit, and the key of the debit that it offers to return.
async fn offered(scene: &Scene, desk: &Browser) -> (String, Option<String>) {
    let path = format!("/admin/members/{}/credits", scene.referred.jane.id);
    let page = desk.get(&path).await;
    assert_eq!(page.status, 200, "{}", page.text);
    let key = page.text.split("name=\"key\" value=\"").nth(1);
    let key = key.and_then(|rest| rest.split('"').next());
    let key = key.map(str::to_owned);
    (page.text, key)
}

async fn give_back(scene: &Scene, desk: &Browser, key: &str) -> Outcome {
    let jane = scene.referred.jane.id.to_string();
    let form = [("member_id", jane.as_str()), ("key", key)];
    desk.call("return_lost_credit", &form).await
}

fn refused(outcome: Outcome) -> String {
    match outcome {
        Outcome::Refused(refusal) => refusal.message.unwrap(),
        other => panic!("not refused: {other:?}"),
    }
}

async fn an_admin_returns_it_once(app: TestApp) {
    let (scene, desk) = lost(&app).await;
    let (page, key) = offered(&scene, &desk).await;
    assert!(page.contains("Return $20.00"), "{page}");
    assert!(page.contains("no record of this change"), "{page}");
    let key = key.unwrap();
    let said = give_back(&scene, &desk, &key).await;
    let done = Outcome::Done("$20.00 goes back to the balance.".to_owned());
    assert_eq!(said, done);
    assert_eq!(credit_at_stripe(&app), 2000);
    let page = session(&app);
    assert_eq!(
        page["status"], "expired",
        "or Jane has the credit and the course"
    );
    let id = page["id"].as_str().unwrap();
    let paid = app.stripe.complete(id, PaymentStatus::Paid, None);
    assert!(paid.is_err(), "{paid:?}");
    app.delivered().await;
    assert_eq!(ledger(&app.credits().await), RETURNED);
    let again = refused(give_back(&scene, &desk, &key).await);
    assert_eq!(again, "There is nothing to return anymore.");
    let (page, key) = offered(&scene, &desk).await;
    assert!(
        key.is_none() && !page.contains("without a record"),
        "{page}"
    );
    assert_eq!(credit_at_stripe(&app), 2000);
    let changes = app.audit_rows().await;
    assert!(
        changes.iter().any(|row| row.field == "Credit returned"),
        "{changes:?}"
    );
    app.run_jobs().await;
    app.assert_nothing_is_left().await;
}

async fn a_page_that_does_not_close_keeps_it(app: TestApp) {
    let (scene, desk) = lost(&app).await;
    let (_, key) = offered(&scene, &desk).await;
    let key = key.unwrap();
    let id = session(&app)["id"].as_str().unwrap().to_owned();
    let expire = format!("/v1/checkout/sessions/{id}/expire");
    for fault in [
        Fault::next(FaultKind::FailBefore).on("POST", &expire),
        Fault::next(FaultKind::Forbidden).on("POST", &expire),
        Fault::next(FaultKind::FailBefore).on("GET", "/v1/checkout/sessions"),
    ] {
        app.stripe.fault(fault);
        let said = refused(give_back(&scene, &desk, &key).await);
        assert!(said.contains("can still pay the rest"), "{said}");
        assert_eq!(credit_at_stripe(&app), 0);
        assert_eq!(session(&app)["status"], "open");
    }
    let said = give_back(&scene, &desk, &key).await;
    assert!(matches!(said, Outcome::Done(_)), "{said:?}");
    assert_eq!(credit_at_stripe(&app), 2000, "it is not stranded");
    app.run_jobs().await;
}

async fn who_pays_while_it_is_returned_does_not_get_it_too(app: TestApp) {
    let (scene, desk) = lost(&app).await;
    let (_, key) = offered(&scene, &desk).await;
    let key = key.unwrap();
    let id = session(&app)["id"].as_str().unwrap().to_owned();
    let expire = format!("/v1/checkout/sessions/{id}/expire");
    let hung = Fault::next(FaultKind::Hang).on("POST", &expire);
    app.stripe.fault(hung);
    let meanwhile = async {
        let received = app.stripe.wait_until_received("POST", &expire, 1).await;
        received.unwrap();
        let paid = app.stripe.complete(&id, PaymentStatus::Paid, None);
        paid.unwrap();
        app.stripe.release_hung();
    };
    let (said, ()) = tokio::join!(give_back(&scene, &desk, &key), meanwhile);
    let said = refused(said);
    assert!(said.contains("was just now paying"), "{said}");
    assert_eq!(credit_at_stripe(&app), 0);
    assert!(
        ledger(&app.credits().await)
            .iter()
            .all(|(kind, ..)| *kind != "returned")
    );
    app.leave_jobs();
}

/// Jane's customer was made by Checkout since the backup, and her balance by hand in Stripe's dashboard.
async fn it_is_found_where_the_customers_row_was_lost_too(app: TestApp) {
    let referred = app.referred().await;
    let desk = app.detroit_admin().await;
    let jane = app.signed_in("jane@example.com").await;
    let course = ticket(&app, "course", 3000).await;
    app.back_up().await;
    app.give_balance(&referred.jane, "cus_jane", 2000).await;
    buy(&jane, &course, 1000).await;
    app.restore().await;
    let scene = Scene { referred, jane };
    let (page, key) = offered(&scene, &desk).await;
    assert!(page.contains("Return $20.00"), "{page}");
    give_back(&scene, &desk, &key.unwrap()).await;
    assert_eq!(credit_at_stripe(&app), 2000);
    assert_eq!(offered(&scene, &desk).await.1, None);
    app.run_jobs().await;
    app.assert_nothing_is_left().await;
}

async fn without_an_answer_the_job_returns_it(app: TestApp) {
    let (scene, desk) = lost(&app).await;
    let (_, key) = offered(&scene, &desk).await;
    let answer = Fault::next(FaultKind::DropAfter).on("POST", "/v1/customers/cus_jane/");
    app.stripe.fault(answer);
    give_back(&scene, &desk, &key.unwrap()).await;
    let (_, key) = offered(&scene, &desk).await;
    assert_eq!(key, None, "it is on its way");
    app.settle().await;
    assert_eq!(credit_at_stripe(&app), 2000);
    assert_eq!(ledger(&app.credits().await), RETURNED);
}

async fn what_the_ledger_knows_is_not_offered(app: TestApp) {
    let scene = scene(&app).await;
    let desk = app.detroit_admin().await;
    let course = ticket(&app, "course", 3000).await;
    buy(&scene.jane, &course, 1000).await;
    let (page, key) = offered(&scene, &desk).await;
    assert!(key.is_none() && page.contains("Reserved for"), "{page}");
    let of_debit = app.credits().await[0].idempotency_key.clone();
    let said = refused(give_back(&scene, &desk, &of_debit).await);
    assert_eq!(said, "There is nothing to return anymore.");
    app.leave_jobs();
}

async fn nobody_returns_what_is_no_debit(app: TestApp) {
    let (scene, desk) = lost(&app).await;
    for key in ["", "credit:spent:0", "credit:tenant:a", "cbtxn_of_cus_jane"] {
        let said = refused(give_back(&scene, &desk, key).await);
        assert_eq!(said, "There is nothing to return anymore.", "{key}");
    }
    assert_eq!(credit_at_stripe(&app), 0);
}
