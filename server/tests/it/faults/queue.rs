//! The queue itself, with its worker and its real waits: after a fault at every call, each job is
//! retried by itself, ends, and leaves one credit.

use std::time::Duration;

use domain::credit::Program;
use stripe_stand_in::FaultKind;
use tokio::{task::yield_now, time::timeout};

use super::{Call, owed::Owed};
use crate::support::{TestApp, event, on_both_databases, subscription};

on_both_databases!(
    members_credits_need_no_help,
    a_partners_credits_need_no_help,
);

/// How long the jobs may take: a few short waits, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);
/// Sales at the same time.
const SALES: usize = 3;

/// Lets a fault strike at each call that a first credit makes.
fn strike_everywhere(app: &TestApp) {
    for (call, kind) in [
        (Call::CustomersByEmail, FaultKind::TooManyRequests),
        (Call::CreateCustomer, FaultKind::Conflict),
        (Call::PostBalance, FaultKind::DropAfter),
    ] {
        app.stripe.fault(call.fault(kind));
    }
}

/// Waits until every job is done, and nothing is due.
async fn all_done(app: &TestApp) {
    let done = async {
        while app.anything_due().await || !app.waiting_jobs().await.is_empty() {
            yield_now().await;
        }
    };
    if timeout(PATIENCE, done).await.is_err() {
        panic!("{:?}\n{:?}", app.credits().await, app.jobs().await);
    }
    assert_eq!(app.stripe.clear_faults(), 0, "all struck");
}

async fn members_credits_need_no_help(app: TestApp) {
    let Owed::Member(mut referred) = Owed::of(&app, Program::Tenant).await else {
        panic!("a member");
    };
    strike_everywhere(&app);
    let mut news = app.state.live.watch();
    let mut referrers = Vec::new();
    for _ in 0..SALES {
        app.sell(&referred).await;
        referrers.push(referred.mia.clone());
        app.refer_anew(&mut referred).await;
    }
    app.start_worker();
    for _ in 0..SALES {
        app.next_notification(&mut news).await;
    }
    all_done(&app).await;
    for mia in referrers {
        assert_eq!(app.balance_of(&mia).await, -1000);
        let told = app.notifications(&mia).await;
        assert_eq!(told, ["You earned a $10.00 credit from your referral"]);
    }
    assert_eq!(app.balance_transactions().len(), SALES);
}

async fn a_partners_credits_need_no_help(app: TestApp) {
    let Owed::PlatformReferrer(platform) = Owed::of(&app, Program::Platform).await else {
        panic!("a partner");
    };
    strike_everywhere(&app);
    app.start_worker();
    let code = Some(platform.jordan.code.as_str());
    for number in 0..SALES {
        let id = format!("cs_{number}");
        let session = subscription(&id, &platform.pewpros, "kim@example.com", code);
        let body = event(
            &format!("evt_{number}"),
            "checkout.session.completed",
            session,
        );
        assert_eq!(app.deliver_to_platform(&platform, &body).await, 200);
    }
    // One of the answers is lost, so one credit is posted twice.
    let posting = app
        .stripe
        .wait_until_received("POST", "/v1/customers/", SALES + 1);
    posting.await.unwrap();
    all_done(&app).await;
    let customers = app.platform_objects("customers");
    assert_eq!(customers.len(), 1, "{customers:?}");
    assert_eq!(customers[0]["balance"], -15_000);
    assert_eq!(app.platform_objects("balance_transactions").len(), SALES);
    for credit in app.credits().await {
        assert_eq!(credit.state.code(), "issued");
    }
}
