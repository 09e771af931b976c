//! **Retry**: a failed credit gets another attempt, and never becomes two credits.

use std::time::Duration;

use app::{
    ports::Ports,
    types::{Outcome, admin::RetryOutcome},
};
use domain::{
    credit::{CreditState, MAX_ATTEMPTS, Program},
    referral::{FailureReason, ReferralStatus},
};
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, Set};
use services::{jobs, operator, queue::Job};
use store::{
    audit_log,
    entities::{platform_referral, referral},
};
use stripe_stand_in::{Fault, FaultKind};

use super::{
    console::{asked, story},
    data::New,
};
use crate::support::{STRIPE_KEY, TestApp, WEBHOOK_SECRET, on_both_databases, subscription};

on_both_databases!(
    after_stripe_is_connected_it_is_credited_once,
    many_at_once_and_what_is_passed_over,
    how_a_retry_ended_is_told,
    a_key_that_repeats_its_refusal_is_not_used_again,
    a_credit_that_stripe_has_in_truth_is_found,
    two_admins_at_once_retry_once,
    what_cannot_be_retried_is_said,
    a_partners_credit_is_retried_too,
);

async fn retry(ports: &Ports, ids: &[i64]) -> Outcome {
    let retried = ports.admin_referrals.retry(Program::Tenant, ids.to_vec());
    retried.await.unwrap()
}

async fn retried(ports: &Ports, ids: &[i64]) -> Option<RetryOutcome> {
    let retried = ports.admin_referrals.retried(Program::Tenant, ids.to_vec());
    retried.await.unwrap()
}

async fn refused(ports: &Ports, program: Program, ids: Vec<i64>) -> String {
    match ports.admin_referrals.retry(program, ids).await.unwrap() {
        Outcome::Refused(refusal) => refusal.message.unwrap(),
        other => panic!("not refused: {other:?}"),
    }
}

fn done(text: &str) -> Outcome {
    Outcome::Done(text.to_owned())
}

/// Does the job of every due credit as often as the credit wants.
async fn settle(app: &TestApp) {
    for _ in 0..=MAX_ATTEMPTS {
        let due: Vec<_> = app.credits().await;
        let due: Vec<_> = due
            .into_iter()
            .filter(|credit| credit.state == CreditState::Due)
            .collect();
        if due.is_empty() {
            return;
        }
        for credit in due {
            let wait = Duration::try_from(credit.next_attempt_at - app.state.now());
            app.advance(wait.unwrap_or_default() + Duration::from_secs(1));
            let job = Job::IssueCredit {
                credit_id: credit.id,
                attempt: credit.attempts,
            };
            jobs::perform(&app.state, &job).await.unwrap();
        }
    }
    panic!("a credit is still due");
}

async fn after_stripe_is_connected_it_is_credited_once(app: TestApp) {
    let referred = app.referred().await;
    operator::disconnect_stripe(&app.state, "detroit-arms")
        .await
        .unwrap();
    let mut news = app.state.live.watch();
    app.start_worker();
    let sale = app.sell(&referred).await;
    app.decide(sale).await;
    let id = app.referral().await.id;
    let failed = asked(&app.dana().await, Program::Tenant, "")
        .await
        .rows
        .remove(0);
    assert_eq!(failed.reason.as_deref(), Some("Stripe is not connected"));
    assert!(failed.can_retry && failed.see_settings);
    assert_eq!(failed.owed.unwrap().to_string(), "$10.00");
    assert_eq!(failed.credit, None);
    let dana = app.find(&app.detroit, "dana@example.com").await.unwrap();
    let ports = app.ports(&app.detroit, Some(&dana)).await;
    let sentence = refused(&ports, Program::Tenant, vec![id.get()]).await;
    assert!(
        sentence.starts_with("Stripe is not connected. Connect it"),
        "{sentence}"
    );
    assert_eq!(app.status().await, ReferralStatus::Failed);
    // The setting changes meanwhile; the amount stays the one that the purchase earned.
    operator::set_tenant_credit(&app.state, "detroit-arms", 9900)
        .await
        .unwrap();
    app.connect_stripe(&app.detroit, STRIPE_KEY, WEBHOOK_SECRET)
        .await;
    let ports = app.ports(&app.detroit, Some(&dana)).await;
    app.next_notification(&mut news).await;
    app.assert_credited_once(&referred.mia).await;
    let rows = app.audit_rows().await;
    let mut again = rows.iter().filter(|row| row.field == "Status");
    assert!(
        again.all(|row| row.actor == audit_log::CONNECTION),
        "nobody did it by hand"
    );
    let again = refused(&ports, Program::Tenant, vec![id.get()]).await;
    assert!(again.contains("Skipped: 1 (not Failed"), "{again}");
}

/// Three credits that failed while Stripe was down, and a Pending referral.
async fn many_at_once_and_what_is_passed_over(app: TestApp) {
    let mut referred = app.referred().await;
    app.stripe
        .fault(at_posting(FaultKind::BadGateway).times(1_000));
    for _ in 0..3 {
        let sale = app.sell(&referred).await;
        app.decide(sale).await;
        app.refer_anew(&mut referred).await;
    }
    settle(&app).await;
    app.stripe.clear_faults();
    let ports = app.dana().await;
    let rows = asked(&ports, Program::Tenant, "dir=asc").await.rows;
    let ids: Vec<_> = rows.iter().map(|row| row.id).chain([999]).collect();
    assert_eq!(rows.iter().filter(|row| row.can_retry).count(), 3);
    let Outcome::Done(said) = retry(&ports, &ids).await else {
        panic!("not retried");
    };
    assert!(said.starts_with("3 credits are being retried: Jane Doe, Jane "));
    assert!(said.ends_with(" Skipped: 2 (not Failed, or already retried)."));
    let running = retried(&ports, &ids[..3]).await.unwrap();
    assert_eq!(running.sentence, "0 of 3 credited, 3 still being retried.");
    assert!(!running.has_settled);
    settle(&app).await;
    let over = retried(&ports, &ids[..3]).await.unwrap();
    assert_eq!(over.sentence, "3 of 3 credited.");
    assert!(over.has_settled && over.is_over);
    assert_eq!(app.balance_transactions().len(), 3);
    let cards = asked(&ports, Program::Tenant, "").await.cards;
    assert_eq!((cards.credited, cards.pending, cards.failed), (3, 1, 0));
    assert_eq!(cards.total_credits, "$30.00");
}

/// One of two fails again; the other's row is not in the filtered table any more.
async fn how_a_retry_ended_is_told(app: TestApp) {
    let mut referred = app.referred().await;
    app.stripe
        .fault(at_posting(FaultKind::BadGateway).times(1_000));
    for _ in 0..2 {
        let sale = app.sell(&referred).await;
        app.decide(sale).await;
        app.refer_anew(&mut referred).await;
    }
    settle(&app).await;
    let ports = app.dana().await;
    let failed = asked(&ports, Program::Tenant, "status=failed&dir=asc").await;
    let ids: Vec<_> = failed.rows.iter().map(|row| row.id).collect();
    // Without JavaScript the table itself tells it.
    let id = ids[0].to_string();
    let back = "/admin/referrals?status=failed";
    let fields = [("program", "tenant"), ("ids[]", &id), ("back", back)];
    let desk = app.signed_in("dana@example.com").await;
    let answer = desk.submit("retry_referrals", &fields).await;
    let page = answer.header("location").to_owned();
    assert!(page.ends_with(&format!("{back}&retried={id}")), "{page}");
    settle(&app).await;
    let desk = app.signed_in("dana@example.com").await;
    let shown = desk.get(&format!("{back}&retried={id}")).await.text;
    assert!(
        shown.contains("0 of 1 credited, 1 failed: Stripe could not be reached."),
        "{shown}"
    );
    app.stripe.clear_faults();
    retry(&ports, &ids[1..]).await;
    settle(&app).await;
    let both = retried(&ports, &ids).await.unwrap();
    assert_eq!(
        both.sentence,
        "1 of 2 credited, 1 failed: Stripe could not be reached."
    );
    assert_eq!(retried(&ports, &[]).await, None);
    let theirs = app.pat().await.admin_referrals;
    let theirs = theirs.retried(Program::Tenant, ids.clone()).await.unwrap();
    assert_eq!(theirs, None, "who may not see the site is told nothing");
    let told = story(&ports, Program::Tenant, ids[1]).await.unwrap();
    let again = told.steps.iter().find(|step| step.what == "Retried");
    let again = &again.unwrap().detail;
    assert!(
        again.ends_with("It had failed: Stripe could not be reached"),
        "{again}"
    );
    let attempts = told.facts.iter().find(|fact| fact.name == "Attempts");
    let expected = (MAX_ATTEMPTS + 1).to_string();
    assert_eq!(attempts.unwrap().value, expected, "all of them");
}

fn at_posting(kind: FaultKind) -> Fault {
    Fault::next(kind)
        .on("POST", "/v1/customers")
        .ending("balance_transactions")
}

async fn a_key_that_repeats_its_refusal_is_not_used_again(app: TestApp) {
    let referred = app.referred().await;
    app.stripe
        .fault(at_posting(FaultKind::Sticky500).times(1_000));
    let sale = app.sell(&referred).await;
    app.decide(sale).await;
    settle(&app).await;
    assert_eq!(app.status().await, ReferralStatus::Failed);
    let spoilt = app.credits().await.remove(0);
    app.stripe.clear_faults();
    let ports = app.dana().await;
    let id = app.referral().await.id;
    assert_eq!(
        retry(&ports, &[id.get()]).await,
        done("1 credit is being retried: Jane Doe.")
    );
    settle(&app).await;
    app.assert_credited_once(&referred.mia).await;
    let credit = app.credits().await.remove(0);
    assert!(credit.key_generation > spoilt.key_generation);
    assert_eq!(credit.attempts, 0);
}

async fn a_credit_that_stripe_has_in_truth_is_found(app: TestApp) {
    let referred = app.referred().await;
    app.stripe.fault(at_posting(FaultKind::DropAfter));
    let sale = app.sell(&referred).await;
    app.decide(sale).await;
    assert_eq!(app.balance_transactions().len(), 1);
    for method in ["GET", "POST"] {
        let outage = Fault::next(FaultKind::BadGateway).on(method, "/v1/");
        app.stripe.fault(outage.times(1_000));
    }
    settle(&app).await;
    assert_eq!(app.status().await, ReferralStatus::Failed);
    app.stripe.clear_faults();
    let ports = app.dana().await;
    let id = app.referral().await.id;
    assert_eq!(
        retry(&ports, &[id.get()]).await,
        done("1 credit is being retried: Jane Doe.")
    );
    assert!(
        app.credits().await[0].key_replays_error,
        "the job looks first"
    );
    settle(&app).await;
    app.assert_credited_once(&referred.mia).await;
}

async fn two_admins_at_once_retry_once(app: TestApp) {
    let referred = app.referred().await;
    app.stripe
        .fault(at_posting(FaultKind::BadGateway).times(1_000));
    let sale = app.sell(&referred).await;
    app.decide(sale).await;
    settle(&app).await;
    app.stripe.clear_faults();
    let ports = app.dana().await;
    let id = app.referral().await.id;
    let ids = [id.get(); 2];
    let (one, two) = tokio::join!(retry(&ports, &ids), retry(&ports, &ids));
    let tried = done("1 credit is being retried: Jane Doe.");
    assert!((one == tried) != (two == tried), "{one:?} {two:?}");
    settle(&app).await;
    app.assert_credited_once(&referred.mia).await;
    let audited = app.audit_rows().await;
    let mut audited = audited.iter().filter(|row| row.field == "Status");
    let row = audited.next().expect("a trace");
    assert!(audited.next().is_none(), "of one of them");
    assert_eq!(row.subject, "Referral 1 of Jane Doe");
    assert_eq!(row.site_id, Some(app.detroit.id()));
    assert_eq!(row.actor, "Dana Stone");
    assert_eq!(
        (row.old_value.as_deref(), row.new_value.as_deref()),
        (Some("Failed"), Some("Pending"))
    );
}

async fn what_cannot_be_retried_is_said(app: TestApp) {
    app.referred().await;
    let ports = app.dana().await;
    let nothing = refused(&ports, Program::Tenant, Vec::new()).await;
    assert!(
        nothing.starts_with("Select the Failed referrals"),
        "{nothing}"
    );
    let much = refused(&ports, Program::Tenant, (1..=101).collect()).await;
    assert_eq!(much, "Select at most 100 referrals at a time.");
    // Failed, although Stripe was never asked for anything.
    let mut row = app.referral().await.into_active_model();
    row.status = Set(ReferralStatus::Failed.into());
    let row: referral::Model = row.update(app.state.db.reader()).await.unwrap();
    let sentence = refused(&ports, Program::Tenant, vec![row.id.get()]).await;
    assert!(sentence.starts_with("Nothing was retried."), "{sentence}");
    assert!(!asked(&ports, Program::Tenant, "").await.rows[0].can_retry);

    let platform_referrer = app.platform_referrer("Pia", "pia@example.com").await.id;
    let own = New {
        status: ReferralStatus::Failed,
        kind: "annual",
        ..New::pending(0)
    };
    let id = app
        .subscribed(platform_referrer, "pia@example.com", &own)
        .await;
    let db = app.state.db.writer();
    let row = platform_referral::Entity::find_by_id(id)
        .one(db)
        .await
        .unwrap();
    let mut row = row.unwrap().into_active_model();
    row.failure_reason = Set(Some(FailureReason::SelfReferral.into()));
    row.update(db).await.unwrap();
    let account = app.account().await;
    store::platform_settings::set_stripe_account(db, Some(account))
        .await
        .unwrap();
    let pat = app.pat().await;
    let shown = asked(&pat, Program::Platform, "").await.rows.remove(0);
    assert!(!shown.can_retry);
    let reason = "The referrer bought with their own email address";
    assert_eq!(shown.reason.as_deref(), Some(reason));
    let sentence = refused(&pat, Program::Platform, vec![id.get()]).await;
    assert!(sentence.contains(reason), "{sentence}");
}

async fn a_partners_credit_is_retried_too(app: TestApp) {
    let platform = app.platform().await;
    let outage = Fault::next(FaultKind::BadGateway).on("GET", "/v1/customers");
    app.stripe.fault(outage.times(1_000));
    let code = Some(platform.jordan.code.as_str());
    let session = subscription("cs_1", &platform.pewpros, "kim@example.com", code);
    app.subscribe(&platform, session).await;
    settle(&app).await;
    app.stripe.clear_faults();
    let pat = app.pat().await;
    for text in ["kim", "jordan+r"] {
        let query = format!("status=failed&plan=annual&q={text}");
        let page = asked(&pat, Program::Platform, &query).await;
        assert_eq!(page.rows.len(), 1, "{text}");
        assert!(page.rows[0].can_retry);
    }
    let id = app.platform_referral().await.id;
    // A member's referral may have the same id.
    let tenants = refused(&app.dana().await, Program::Tenant, vec![id.get()]).await;
    assert!(tenants.starts_with("Stripe is not connected"), "{tenants}");
    let retried = pat
        .admin_referrals
        .retry(Program::Platform, vec![id.get()])
        .await;
    let said = done("1 credit is being retried: kim@example.com.");
    assert_eq!(retried.unwrap(), said);
    settle(&app).await;
    app.assert_partner_credited_once().await;
    let rows = app.audit_rows().await;
    let row = rows.iter().find(|row| row.field == "Status").unwrap();
    assert_eq!(row.subject, "Referral 1 of kim@example.com");
    assert_eq!((row.site_id, row.actor.as_str()), (None, "Pat Stone"));
    let told = story(&pat, Program::Platform, id.get()).await.unwrap();
    let steps: Vec<_> = told.steps.iter().map(|step| step.what.as_str()).collect();
    let whole = "Clicked the link, Bought Annual, Credit decided, Retried, Credited";
    assert_eq!(steps.join(", "), whole);
    let retried = &told.steps[3].detail;
    assert!(
        retried.starts_with("by Pat Stone. Attempts before: "),
        "{retried}"
    );
    assert!(
        retried.ends_with(". It had failed: Stripe could not be reached"),
        "{retried}"
    );
    assert_eq!(told.steps[0].on, "Nov 22, 2026, 2:05 PM UTC");
    assert_eq!(told.steps[2].detail, "$50.00 for Jordan Reyes");
    assert_eq!(told.row.referrer, "Jordan Reyes");
}
