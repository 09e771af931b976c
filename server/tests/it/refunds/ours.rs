//! Refunds by an admin: the card's part through Stripe, the credit's part to the balance, once.

use app::ports::Settings;
use domain::refund::{NotRefundable, RefundStatus};
use sea_orm::{ActiveModelTrait, IntoActiveModel, Set};
use services::refunds::{NewRefund, of_purchase, refund, refundable};
use store::{Paid, PurchaseId, Scope};
use stripe_stand_in::RefundPlan;

use super::{Bought, Scene, buy, rest, scene, usd};
use crate::{
    purchases::spending::{credit_at_stripe, ledger, ticket},
    support::{STRIPE_KEY, TestApp, on_both_databases},
};

on_both_databases!(
    card_and_credit_go_back_and_the_earned_credit_is_taken_back,
    money_goes_back_before_credit,
    what_credit_alone_paid_goes_back_without_stripe,
    several_parts_return_credit_each,
    a_pending_refund_gives_the_credit_back_once_it_succeeds,
    one_form_makes_one_refund,
    two_admins_at_once_refund_no_more_than_was_paid,
    what_cannot_be_refunded_says_why,
    the_other_tenant_refunds_nothing,
    what_stripe_refuses_frees_the_credit,
    a_refund_in_the_dashboard_counts,
    who_refunded_what_is_listed,
);

/// Jane paid $25.00 by card and $20.00 with credit; Mia has her $10.00 for it.
async fn paid_with_credit(app: &TestApp) -> (Scene, Bought) {
    let scene = scene(app).await;
    app.give_balance(&scene.referred.jane, "cus_jane", 2000)
        .await;
    let bought = buy(app, &scene.jane, &scene.referred.ticket, Some(2500)).await;
    rest(app).await;
    assert_eq!(app.balance_of(&scene.referred.mia).await, -1000);
    assert_eq!(credit_at_stripe(app), 0);
    (scene, bought)
}

fn at_stripe(app: &TestApp) -> Vec<i64> {
    let refunds = app.refunds_at_stripe();
    let amounts = refunds.iter().map(|one| one["amount"].as_i64().unwrap());
    amounts.collect()
}

async fn card_and_credit_go_back_and_the_earned_credit_is_taken_back(app: TestApp) {
    let (scene, bought) = paid_with_credit(&app).await;
    let refunded = app.refund(bought.id, 4500).await.unwrap();
    assert_eq!((refunded.card, refunded.credit), (usd(2500), usd(2000)));
    assert_eq!(refunded.status, RefundStatus::Succeeded);
    assert_eq!(
        refunded.words(),
        "Refunded: $25.00 to the card and $20.00 to the credit."
    );
    assert_eq!(at_stripe(&app), [2500]);
    assert_eq!(credit_at_stripe(&app), 2000, "at once");
    rest(&app).await;
    app.assert_taken_back(&scene.referred.mia).await;
    let mia = app.signed_in("mia@example.com").await;
    let statement = mia.get("/credits").await.text;
    let why = "Taken back: a purchase by Jane D. was refunded";
    assert!(statement.contains(why), "{statement}");
    let row = app.paid(bought.id).await;
    assert_eq!(
        (
            row.refunded_cents,
            row.refunded_credit_cents,
            row.refund_pending_cents
        ),
        (2500, 2000, 0)
    );
    assert_eq!(
        ledger(&app.credits().await),
        [
            ("spent", "issued", 2000),
            ("earned", "issued", -1000),
            ("returned", "issued", -2000),
            ("reversed", "issued", 1000),
        ]
    );
    assert_eq!(
        app.refund_rows().await.len(),
        1,
        "its event makes no second"
    );
    let again = app.refund(bought.id, 1).await.unwrap_err();
    assert_eq!(again, NotRefundable::NothingLeft);
    app.assert_nothing_is_left().await;
}

async fn money_goes_back_before_credit(app: TestApp) {
    let (scene, bought) = paid_with_credit(&app).await;
    let first = app.refund(bought.id, 2600).await.unwrap();
    assert_eq!((first.card, first.credit), (usd(2500), usd(100)));
    rest(&app).await;
    assert_eq!(credit_at_stripe(&app), 100);
    app.assert_stands(&scene.referred.mia).await;
    let rest_of_it = app.refund(bought.id, 1900).await.unwrap();
    assert_eq!((rest_of_it.card, rest_of_it.credit), (usd(0), usd(1900)));
    rest(&app).await;
    assert_eq!(at_stripe(&app), [2500]);
    assert_eq!(credit_at_stripe(&app), 2000);
    app.assert_taken_back(&scene.referred.mia).await;
    app.assert_nothing_is_left().await;
}

async fn what_credit_alone_paid_goes_back_without_stripe(app: TestApp) {
    let scene = scene(&app).await;
    app.give_balance(&scene.referred.jane, "cus_jane", 2000)
        .await;
    let cheap = ticket(&app, "cheap", 1500).await;
    let receipt = crate::purchases::spending::buy(&scene.jane, &cheap, 0).await;
    let id: i64 = receipt.rsplit('/').next().unwrap().parse().unwrap();
    let id = PurchaseId::new(id);
    rest(&app).await;
    assert_eq!(credit_at_stripe(&app), 500);
    let refunded = app.refund(id, 1500).await.unwrap();
    assert_eq!((refunded.card, refunded.credit), (usd(0), usd(1500)));
    rest(&app).await;
    assert_eq!(credit_at_stripe(&app), 2000);
    assert!(app.refunds_at_stripe().is_empty());
    let again = app.refund(id, 1).await.unwrap_err();
    assert_eq!(again, NotRefundable::NothingLeft);
    app.assert_nothing_is_left().await;
}

async fn several_parts_return_credit_each(app: TestApp) {
    let (_, bought) = paid_with_credit(&app).await;
    for cents in [2500, 500, 700, 800] {
        app.refund(bought.id, cents).await.unwrap();
        rest(&app).await;
    }
    assert_eq!(credit_at_stripe(&app), 2000);
    let returned = app.credits().await;
    let returned = returned.iter().filter(|row| row.kind.code() == "returned");
    assert_eq!(returned.count(), 3);
    app.assert_nothing_is_left().await;
}

async fn a_pending_refund_gives_the_credit_back_once_it_succeeds(app: TestApp) {
    let (scene, bought) = paid_with_credit(&app).await;
    app.stripe.plan_refunds(RefundPlan {
        secret_key: STRIPE_KEY.to_owned(),
        status: stripe_stand_in::RefundStatus::Pending,
        times: 1,
    });
    let refunded = app.refund(bought.id, 4500).await.unwrap();
    assert_eq!(refunded.status, RefundStatus::Pending);
    rest(&app).await;
    assert_eq!(credit_at_stripe(&app), 0, "not before it succeeded");
    app.assert_stands(&scene.referred.mia).await;
    let refused = app.refund(bought.id, 1).await.unwrap_err();
    assert_eq!(refused, NotRefundable::NothingLeft, "it is on its way");
    let id = app.refunds_at_stripe()[0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    app.stripe
        .settle_refund(&id, stripe_stand_in::RefundStatus::Succeeded)
        .unwrap();
    rest(&app).await;
    assert_eq!(credit_at_stripe(&app), 2000);
    app.assert_taken_back(&scene.referred.mia).await;
    app.assert_nothing_is_left().await;
}

async fn one_form_makes_one_refund(app: TestApp) {
    let (_, bought) = paid_with_credit(&app).await;
    app.refunder().await;
    let form = || app.refund_by_form(bought.id, 1000, "form1", None);
    let (first, second) = tokio::join!(form(), form());
    let (first, second) = (first.unwrap(), second.unwrap());
    assert_eq!((first.card, second.card), (usd(1000), usd(1000)));
    assert_eq!(form().await.unwrap().card, usd(1000), "and Back, and again");
    rest(&app).await;
    assert_eq!(at_stripe(&app), [1000]);
    assert_eq!(app.refund_rows().await.len(), 1);
    let other = ticket(&app, "other", 3000).await;
    let jane = app.signed_in("jane@example.com").await;
    let other = buy(&app, &jane, &other, None).await;
    let used = app.refund_by_form(other.id, 1000, "form1", None).await;
    assert_eq!(used.unwrap_err(), NotRefundable::AnotherForm);
    rest(&app).await;
    app.assert_nothing_is_left().await;
}

async fn two_admins_at_once_refund_no_more_than_was_paid(app: TestApp) {
    let (_, bought) = paid_with_credit(&app).await;
    app.refunder().await;
    let (one, other) = tokio::join!(app.refund(bought.id, 4500), app.refund(bought.id, 4500));
    assert!(one.is_ok() != other.is_ok(), "{one:?} {other:?}");
    rest(&app).await;
    assert_eq!(at_stripe(&app), [2500]);
    assert_eq!(credit_at_stripe(&app), 2000);
    app.assert_nothing_is_left().await;
}

async fn what_cannot_be_refunded_says_why(app: TestApp) {
    let (scene, bought) = paid_with_credit(&app).await;
    for (cents, why) in [
        (0, NotRefundable::NotPositive),
        (-500, NotRefundable::NotPositive),
        (4501, NotRefundable::MoreThanLeft(usd(4500))),
        (1_000_000_000, NotRefundable::MoreThanLeft(usd(4500))),
    ] {
        assert_eq!(app.refund(bought.id, cents).await, Err(why), "{cents}");
    }
    let sold = app.sell(&scene.referred).await;
    assert_eq!(app.refund(sold, 100).await, Err(NotRefundable::InPerson));
    let open = app.open_purchase(&scene.referred, "cs_open").await;
    assert_eq!(app.refund(open.id, 100).await, Err(NotRefundable::NotPaid));
    let nobodys = PurchaseId::new(999);
    assert_eq!(app.refund(nobodys, 100).await, Err(NotRefundable::Unknown));
    // Paid in yen.
    let mut foreign = app.purchase(bought.id).await.into_active_model();
    foreign.paid_cents = Set(None);
    foreign.foreign_amount = Set(Some(18_000));
    foreign.foreign_currency = Set(Some("jpy".to_owned()));
    foreign.update(app.state.db.writer()).await.unwrap();
    let yen = app.refund(bought.id, 100).await;
    assert_eq!(yen, Err(NotRefundable::OtherCurrency));
    assert!(app.refund_rows().await.is_empty());
    assert!(app.refunds_at_stripe().is_empty());
    app.run_jobs().await;
}

async fn the_other_tenant_refunds_nothing(app: TestApp) {
    let (_, bought) = paid_with_credit(&app).await;
    let elsewhere = Scope::Site(app.coaching.id());
    for scope in [elsewhere, Scope::Platform] {
        let seen = refundable(&app.state, scope, Paid::Tenant(bought.id)).await;
        assert_eq!(seen.unwrap(), Err(NotRefundable::Unknown));
        let rows = of_purchase(app.state.db.reader(), scope, Paid::Tenant(bought.id)).await;
        assert!(rows.unwrap().is_empty());
    }
    let chris = app.admin(&app.coaching, "chris@example.com").await;
    let site = std::sync::Arc::new(app.coaching.clone());
    let staff = services::rights::TenantStaff::of(&site, &std::sync::Arc::new(chris));
    let new = NewRefund {
        amount: usd(100),
        form_token: "forged",
        reason: "x",
        ending: None,
    };
    let staff = staff.expect("an owner there").into();
    let refused = refund(&app.state, &staff, Paid::Tenant(bought.id), new).await;
    assert_eq!(refused.unwrap(), Err(NotRefundable::Unknown));
    assert!(app.refund_rows().await.is_empty());
}

async fn what_stripe_refuses_frees_the_credit(app: TestApp) {
    use stripe_stand_in::{Fault, FaultKind};

    let scene = scene(&app).await;
    let bought = buy(&app, &scene.jane, &scene.referred.ticket, None).await;
    // The key may not refund.
    let forbidden = Fault::next(FaultKind::Forbidden).on("POST", "/v1/refunds");
    app.stripe.fault(forbidden);
    let refused = app.refund(bought.id, 4500).await.unwrap();
    assert_eq!(refused.status, RefundStatus::Refused);
    assert!(refused.words().contains("may not make refunds"));
    assert_eq!(app.paid(bought.id).await.refund_pending_cents, 0);
    rest(&app).await;
    app.assert_stands(&scene.referred.mia).await;
    // It can be tried again.
    let again = app.refund(bought.id, 4500).await.unwrap();
    assert_eq!(again.status, RefundStatus::Succeeded);
    rest(&app).await;
    app.assert_taken_back(&scene.referred.mia).await;
    app.assert_nothing_is_left().await;
}

/// Which we learn of only when we refund ourselves.
async fn a_refund_in_the_dashboard_counts(app: TestApp) {
    let (_, bought) = paid_with_credit(&app).await;
    app.stripe.hold_deliveries(STRIPE_KEY);
    let succeeded = stripe_stand_in::RefundStatus::Succeeded;
    app.stripe
        .refund(&bought.payment, Some(2000), succeeded)
        .unwrap();
    let refused = app.refund(bought.id, 2500).await.unwrap();
    assert_eq!(refused.status, RefundStatus::Refused, "{refused:?}");
    assert_eq!(app.paid(bought.id).await.refunded_cents, 2000);
    let left = refundable(
        &app.state,
        Scope::Site(app.detroit.id()),
        Paid::Tenant(bought.id),
    );
    let left = left.await.unwrap().unwrap().left;
    assert_eq!((left.card, left.credit), (usd(500), usd(2000)));
    assert_eq!(app.refund(bought.id, 500).await.unwrap().card, usd(500));
    rest(&app).await;
    assert_eq!(at_stripe(&app), [2000, 500]);
    app.assert_nothing_is_left().await;
}

async fn who_refunded_what_is_listed(app: TestApp) {
    let (_, bought) = paid_with_credit(&app).await;
    app.refund(bought.id, 2600).await.unwrap();
    rest(&app).await;
    let scope = Scope::Site(app.detroit.id());
    let rows = of_purchase(app.state.db.reader(), scope, Paid::Tenant(bought.id)).await;
    let [row] = &rows.unwrap()[..] else {
        panic!("not one refund");
    };
    assert_eq!((row.card.as_str(), row.credit), ("$25.00", Some(usd(100))));
    assert_eq!(row.by.as_deref(), Some("Dana Stone"));
    assert_eq!(row.reason.as_deref(), Some("The event was canceled"));
    let dana = app.find(&app.detroit, "dana@example.com").await;
    let log = app.services(&app.detroit, dana.as_ref()).await;
    let log = log
        .audit(&domain::log_filter::LogFilter::default(), None)
        .await
        .unwrap()
        .entries;
    let line = "$25.00 to the card, $1.00 to the credit: The event was canceled";
    assert!(
        log.iter().any(|entry| entry.new.as_deref() == Some(line)),
        "{log:?}"
    );
}
