//! A referral's whole story: each step with its time, and the Stripe ids.

use app::types::admin::ReferralStory;
use domain::{credit::Program, purchase::ProductKind};
use sea_orm::{ActiveModelTrait, IntoActiveModel, Set};
use server_core::{dates, zone::Zone};
use services::{operator, purchases::counter_sale};
use stripe_stand_in::{Fault, FaultKind};

use super::{
    console::story,
    data::{DAY_MS, FIRST_DAY, credited},
};
use crate::support::{STRIPE_KEY, TestApp, WEBHOOK_SECRET, moment, on_both_databases};

on_both_databases!(
    a_credited_one_is_told_to_the_end,
    a_code_that_was_typed_is_no_click,
    what_earned_nothing_is_told_with_the_reason,
    ids_lead_to_stripes_dashboard,
    a_failed_one_says_why,
    what_went_on_by_itself_says_why_it_had_failed,
    one_that_waits_says_for_what,
    a_subscription_is_told_too,
);

fn steps(story: &ReferralStory) -> Vec<&str> {
    story.steps.iter().map(|step| step.what.as_str()).collect()
}

fn fact<'a>(story: &'a ReferralStory, name: &str) -> Option<&'a str> {
    let mut facts = story.facts.iter();
    facts
        .find(|fact| fact.name == name)
        .map(|fact| fact.value.as_str())
}

async fn a_credited_one_is_told_to_the_end(app: TestApp) {
    let referred = app.referred().await;
    let mut row = app.referral().await.into_active_model();
    row.clicked_at = Set(Some(moment(FIRST_DAY * DAY_MS)));
    row.update(app.state.db.reader()).await.unwrap();
    let sale = app.sell(&referred).await;
    app.decide(sale).await;
    let row = app.referral().await;
    let told = story(&app.dana().await, Program::Tenant, row.id.get())
        .await
        .unwrap();
    assert_eq!(
        steps(&told),
        [
            "Clicked the link",
            "Registered",
            "Bought The steel-challenge",
            "Credit decided",
            "Credited",
            "Notification sent"
        ]
    );
    let notified = &told.steps[5].detail;
    assert!(notified.starts_with("You earned a $10.00"), "{notified}");
    assert!(!told.program_is_off);
    assert_eq!(told.steps[0].on, "Nov 1, 2026, 12:00 AM UTC");
    assert_eq!(told.steps[0].at, "2026-11-01T00:00:00Z");
    assert_eq!(
        told.steps[1].on,
        dates::minute(row.created_at, &Zone::utc())
    );
    assert_eq!(told.steps[1].detail, "jane@example.com");
    assert_eq!(told.steps[2].detail, "Event ticket, $45.00, in person");
    assert_eq!(told.steps[3].detail, "$10.00 for Mia Stone");
    assert_eq!(
        told.steps[4].on,
        dates::minute(row.credited_at.unwrap(), &Zone::utc())
    );
    assert!(told.steps.iter().all(|step| !step.on.is_empty()));
    let credit = app.credits().await.remove(0);
    assert_eq!(fact(&told, "Attempts"), Some("1"));
    assert_eq!(
        fact(&told, "Idempotency key"),
        Some(credit.idempotency_key.as_str())
    );
    assert_eq!(
        fact(&told, "Stripe customer"),
        credit.stripe_customer_id.as_deref()
    );
    assert_eq!(
        fact(&told, "Stripe balance transaction"),
        credit.stripe_transaction_id.as_deref()
    );
    assert_eq!(fact(&told, "Next attempt"), None);
    assert_eq!(
        told.referrer_path,
        Some(format!("/admin/members/{}", referred.mia.id))
    );
    assert_eq!(
        told.referred_path,
        Some(format!("/admin/members/{}", referred.jane.id))
    );
    assert_eq!(told.row.referrer, "Mia Stone");
}

async fn a_code_that_was_typed_is_no_click(app: TestApp) {
    app.referred().await;
    let mut row = app.referral().await.into_active_model();
    (row.clicked_at, row.via) = (Set(None), Set(None));
    row.update(app.state.db.reader()).await.unwrap();
    let id = app.referral().await.id;
    let told = story(&app.dana().await, Program::Tenant, id.get())
        .await
        .unwrap();
    assert_eq!(steps(&told), ["Entered the code", "Registered"]);
    assert_eq!(told.steps[0].on, told.steps[1].on);
}

async fn what_earned_nothing_is_told_with_the_reason(app: TestApp) {
    let referred = app.referred().await;
    let free = app
        .product(&app.detroit, ProductKind::EventTicket, "open-day", 0)
        .await;
    let site = app.site().await;
    let given = counter_sale::record(&app.state, &site, referred.jane.id, free.id).await;
    given.unwrap().unwrap();
    operator::set_tenant_credit(&app.state, "detroit-arms", 0)
        .await
        .unwrap();
    let sale = app.sell(&referred).await;
    app.decide(sale).await;
    let id = app.referral().await.id;
    let told = story(&app.dana().await, Program::Tenant, id.get())
        .await
        .unwrap();
    assert_eq!(
        steps(&told),
        [
            "Clicked the link",
            "Registered",
            "Bought The open-day",
            "Bought The steel-challenge"
        ]
    );
    let why = |at: usize| told.steps[at].detail.as_str();
    assert!(why(2).ends_with("Not counted: it was free, or paid with credit"));
    assert!(
        why(3).ends_with("Not counted: bought while the program was off"),
        "{}",
        why(3)
    );
    assert!(told.program_is_off);
}

async fn ids_lead_to_stripes_dashboard(app: TestApp) {
    let referred = app.referred().await;
    let sale = app.sell(&referred).await;
    app.decide(sale).await;
    let id = app.referral().await.id;
    let told = story(&app.dana().await, Program::Tenant, id.get())
        .await
        .unwrap();
    let credit = app.credits().await.remove(0);
    let customer = credit.stripe_customer_id.unwrap();
    let page = format!("https://dashboard.stripe.com/test/customers/{customer}");
    for name in ["Stripe customer", "Stripe balance transaction"] {
        let mut facts = told.facts.iter();
        let fact = facts.find(|fact| fact.name == name).unwrap();
        assert_eq!(fact.dashboard.as_deref(), Some(page.as_str()), "{name}");
    }
    let dana = app.signed_in("dana@example.com").await;
    let shown = dana
        .get(&format!("/admin/referrals/tenant/{id}"))
        .await
        .text;
    assert!(shown.contains(&format!("href=\"{page}\"")), "{shown}");
    assert!(shown.contains("rel=\"noreferrer\""), "{shown}");
}

async fn a_failed_one_says_why(app: TestApp) {
    let referred = app.referred().await;
    operator::disconnect_stripe(&app.state, "detroit-arms")
        .await
        .unwrap();
    let sale = app.sell(&referred).await;
    app.decide(sale).await;
    let id = app.referral().await.id;
    let told = story(&app.dana().await, Program::Tenant, id.get())
        .await
        .unwrap();
    let last = told.steps.last().unwrap();
    assert_eq!(
        (last.what.as_str(), last.detail.as_str()),
        ("Failed", "Stripe is not connected")
    );
    assert!(!last.on.is_empty(), "and when");
    assert!(told.row.can_retry);
}

async fn what_went_on_by_itself_says_why_it_had_failed(app: TestApp) {
    let referred = app.referred().await;
    operator::disconnect_stripe(&app.state, "detroit-arms")
        .await
        .unwrap();
    let sale = app.sell(&referred).await;
    app.decide(sale).await;
    app.connect_stripe(&app.detroit, STRIPE_KEY, WEBHOOK_SECRET)
        .await;
    app.settle().await;
    let id = app.referral().await.id;
    let told = story(&app.dana().await, Program::Tenant, id.get())
        .await
        .unwrap();
    let steps = &told.steps[told.steps.len() - 3..];
    let what: Vec<_> = steps.iter().map(|step| step.what.as_str()).collect();
    assert_eq!(what, ["Went on", "Credited", "Notification sent"]);
    let detail = &steps[0].detail;
    assert!(detail.starts_with("once Stripe could be used"), "{detail}");
    assert!(
        detail.ends_with(". It had failed: Stripe is not connected"),
        "{detail}"
    );
}

async fn one_that_waits_says_for_what(app: TestApp) {
    let referred = app.referred().await;
    let id = app.referral().await.id;
    let ports = app.dana().await;
    let told = story(&ports, Program::Tenant, id.get()).await.unwrap();
    assert_eq!(steps(&told), ["Clicked the link", "Registered"]);
    assert!(told.facts.is_empty());
    app.stripe
        .fault(Fault::next(FaultKind::TooManyRequests).on("GET", "/v1/customers"));
    let sale = app.sell(&referred).await;
    app.decide(sale).await;
    let told = story(&ports, Program::Tenant, id.get()).await.unwrap();
    assert_eq!(fact(&told, "Attempts"), Some("1"));
    let due = app.credits().await[0].next_attempt_at;
    assert_eq!(
        fact(&told, "Next attempt"),
        Some(dates::minute(due, &Zone::utc()).as_str())
    );
}

async fn a_subscription_is_told_too(app: TestApp) {
    let platform_referrer = app
        .platform_referrer("Pia Plum", "pia@example.com")
        .await
        .id;
    let id = app
        .subscribed(
            platform_referrer,
            "zoe@example.com",
            &credited("annual", 5000, 0),
        )
        .await;
    let told = story(&app.pat().await, Program::Platform, id.get())
        .await
        .unwrap();
    assert_eq!(
        steps(&told),
        ["Clicked the link", "Bought Annual", "Credited"]
    );
    assert_eq!(told.steps[1].detail, "Detroit Arms, $1,250.00");
    assert_eq!(told.steps[1].on, "Nov 1, 2026, 12:00 AM UTC");
    assert_eq!(told.steps[2].detail, "$50.00");
    assert!(fact(&told, "Checkout session").unwrap().starts_with("cs_"));
    assert_eq!(fact(&told, "Subscription"), Some("sub_1"));
    assert_eq!((told.referrer_path, told.referred_path), (None, None));
}
