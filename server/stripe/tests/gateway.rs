//! The gateway's calls for what is undone and what goes on by itself, made to Stripe's stand-in: each
//! answer is read by async-stripe as Stripe's would be.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use domain::{
    credit::StripeError,
    money::{Currency, Money},
};
use stripe_gateway::{
    AsyncStripe, Billing, Event, NewCheckout, NewCustomer, NewPortalConfiguration,
    NewPortalSession, NewRefund, PaidBy, Payer, StripeConnector, StripeGateway,
};
use stripe_stand_in::{
    CancelWhen, DisputeKind, DisputeStatus, Fault, FaultKind, Options, PaymentStatus, RefundPlan,
    RefundStatus, Seed, SeedCustomer, SeedPayment, SeedTransaction, StandIn,
};

const KEY: &str = "sk_test_gateway";

async fn scene() -> (StandIn, Arc<dyn StripeGateway>) {
    let stripe = stripe_stand_in::start(Options::default()).await.unwrap();
    let connector = AsyncStripe::new(&stripe.base_url, Duration::from_secs(5));
    let gateway = connector.open(KEY).unwrap();
    (stripe, gateway)
}

/// A payment `pi_1` of $45.00.
fn pay(stripe: &StandIn) {
    let payment = SeedPayment {
        secret_key: KEY.to_owned(),
        id: "pi_1".to_owned(),
        amount: 4500,
        currency: "usd".to_owned(),
        ..SeedPayment::default()
    };
    stripe.seed_payment(payment).unwrap();
}

fn part(amount_cents: i64, token: &str) -> NewRefund<'_> {
    NewRefund {
        payment_intent: "pi_1",
        amount_cents,
        token,
    }
}

fn refused(error: StripeError) -> String {
    match error {
        StripeError::Refused(code) => code,
        other => panic!("{other:?}"),
    }
}

/// The events that the stand-in made, oldest first, as the product reads them.
fn events(stripe: &StandIn) -> Vec<Event> {
    let events = stripe.objects(KEY, None)["events"].clone();
    let events = events.as_array().unwrap().iter();
    events
        .map(|event| Event::read(&event.to_string()))
        .collect()
}

#[tokio::test]
async fn a_refund_is_made_once_per_key_and_found_by_its_token() {
    let (stripe, gateway) = scene().await;
    pay(&stripe);
    stripe.fault(Fault::next(FaultKind::DropAfter).on("POST", "/v1/refunds"));
    let lost = gateway.create_refund(part(1500, "t1"), "key-1").await;
    assert_eq!(lost, Err(StripeError::OutcomeUnknown));
    let found = gateway.refunds_of("pi_1").await.unwrap();
    assert_eq!(found[0].token.as_deref(), Some("t1"));
    let again = gateway.create_refund(part(1500, "t1"), "key-1").await;
    assert_eq!(again.unwrap(), found[0]);
    assert_eq!(found[0].status.as_deref(), Some("succeeded"));
    assert_eq!(found[0].payment_intent.as_deref(), Some("pi_1"));
    let read = events(&stripe).into_iter().find_map(|event| event.refund);
    assert_eq!(read.as_ref(), Some(&found[0]), "its event says the same");
    let refunded = events(&stripe).into_iter().find_map(|event| event.charge);
    let refunded = refunded.unwrap();
    assert_eq!(refunded.amount_refunded, Some(1500));
    assert_eq!(found[0].charge.as_ref(), Some(&refunded.id));

    let other = gateway.create_refund(part(1400, "t1"), "key-1").await;
    assert_eq!(other, Err(StripeError::IdempotencyError));
    let too_much = gateway.create_refund(part(3001, "t2"), "key-2").await;
    assert_eq!(refused(too_much.unwrap_err()), "HTTP 400");
    gateway
        .create_refund(part(3000, "t3"), "key-3")
        .await
        .unwrap();
    let nothing = gateway.create_refund(part(1, "t4"), "key-4").await;
    assert_eq!(refused(nothing.unwrap_err()), "charge_already_refunded");
    let unknown = gateway.refunds_of("pi_none").await;
    assert_eq!(refused(unknown.unwrap_err()), "resource_missing");
}

#[tokio::test]
async fn all_pages_of_refunds_are_read_and_what_becomes_of_them() {
    let (stripe, gateway) = scene().await;
    pay(&stripe);
    stripe.plan_refunds(RefundPlan {
        secret_key: KEY.to_owned(),
        status: RefundStatus::Pending,
        times: 1,
    });
    let pending = gateway.create_refund(part(10, "t"), "key").await.unwrap();
    assert_eq!(pending.status.as_deref(), Some("pending"));
    for _ in 0..120 {
        stripe
            .refund("pi_1", Some(10), RefundStatus::Succeeded)
            .unwrap();
    }
    let all = gateway.refunds_of("pi_1").await.unwrap();
    assert_eq!(all.len(), 121);
    assert_eq!(all.last(), Some(&pending), "the oldest one last");
    stripe
        .settle_refund(&pending.id, RefundStatus::Failed)
        .unwrap();
    let failed = gateway.refunds_of("pi_1").await.unwrap().pop().unwrap();
    assert_eq!(failed.status.as_deref(), Some("failed"));
    assert!(failed.failure_reason.is_some());
    let read = events(&stripe);
    let told = read.iter().find(|event| event.kind() == "refund.failed");
    assert_eq!(told.unwrap().refund, Some(failed));
}

#[tokio::test]
async fn disputes_are_read_with_their_state() {
    let (stripe, gateway) = scene().await;
    pay(&stripe);
    assert_eq!(gateway.disputes_of("pi_1").await, Ok(Vec::new()));
    let opened = stripe.dispute("pi_1", DisputeKind::Inquiry).unwrap();
    let id = opened["id"].as_str().unwrap();
    let status = async || {
        let found = gateway.disputes_of("pi_1").await.unwrap();
        found[0].status.clone().unwrap()
    };
    assert_eq!(status().await, "warning_needs_response");
    for (next, word) in [
        (DisputeStatus::WarningUnderReview, "warning_under_review"),
        (DisputeStatus::NeedsResponse, "needs_response"),
        (DisputeStatus::Lost, "lost"),
        (DisputeStatus::Won, "won"),
    ] {
        stripe.settle_dispute(id, next).unwrap();
        assert_eq!(status().await, word);
        if next == DisputeStatus::Lost {
            let refused_one = gateway.create_refund(part(1, "t"), "key").await;
            assert_eq!(refused(refused_one.unwrap_err()), "charge_disputed");
        }
    }
    let found = gateway.disputes_of("pi_1").await.unwrap();
    assert_eq!(
        (found[0].amount_cents, found[0].currency.as_str()),
        (4500, "usd")
    );
    assert_eq!(found[0].payment_intent.as_deref(), Some("pi_1"));
    let last = events(&stripe).pop().unwrap();
    assert_eq!(last.kind(), "charge.dispute.funds_reinstated");
    assert_eq!(last.dispute.as_ref(), Some(&found[0]));
}

/// A membership of a new customer for $39.00 a month; returns the session's id.
async fn subscribe(stripe: &StandIn, gateway: &dyn StripeGateway) -> String {
    let customer = NewCustomer {
        email: Some("jane@example.com"),
        name: "Jane",
        metadata: BTreeMap::new(),
    };
    let customer = gateway.create_customer(customer, "customer").await.unwrap();
    let new = NewCheckout {
        billing: Billing::Monthly,
        name: "Gold".to_owned(),
        price: Money::new(3900, Currency::Usd),
        payer: Payer::Customer(customer.id),
        reference: "token".to_owned(),
        metadata: BTreeMap::from([("token".to_owned(), "t".to_owned())]),
        success_url: "https://range.example/done".to_owned(),
        cancel_url: "https://range.example/".to_owned(),
        discount: None,
        expires_at: None,
        ships: false,
        return_url: None,
    };
    let checkout = gateway.create_checkout(&new, "checkout").await.unwrap();
    stripe
        .complete(&checkout.id, PaymentStatus::Paid, None)
        .unwrap();
    checkout.id
}

#[tokio::test]
async fn a_subscriptions_payment_is_found_by_the_sessions_invoice() {
    let (stripe, gateway) = scene().await;
    let id = subscribe(&stripe, &*gateway).await;
    let session = gateway.checkout(&id).await.unwrap().unwrap();
    let invoice = session.invoice.unwrap();
    let PaidBy::PaymentIntent(intent) = gateway.invoice_paid_by(&invoice).await.unwrap() else {
        panic!("it was paid by card");
    };
    let refund = NewRefund {
        payment_intent: &intent,
        amount_cents: 3900,
        token: "t",
    };
    let refund = gateway.create_refund(refund, "key").await.unwrap();
    assert_eq!(refund.amount_cents, 3900);
    let unknown = gateway.invoice_paid_by("in_none").await;
    assert_eq!(unknown, Ok(PaidBy::Unknown));
    let paid = events(&stripe);
    let paid = paid.iter().find(|event| event.kind() == "invoice.paid");
    let paid = paid.unwrap().invoice.clone().unwrap();
    assert_eq!(
        (paid.id, paid.subscription),
        (invoice, session.subscription)
    );
    assert_eq!(paid.metadata["token"], "t");
    assert_eq!(
        (paid.amount_due, paid.amount_paid),
        (Some(3900), Some(3900))
    );
    let completed = events(&stripe);
    let completed = completed
        .into_iter()
        .find_map(|event| event.session?.invoice);
    assert!(completed.is_some(), "its event names the invoice too");
}

#[tokio::test]
async fn a_subscription_is_read_and_set_to_end() {
    let (stripe, gateway) = scene().await;
    let id = subscribe(&stripe, &*gateway).await;
    let session = gateway.checkout(&id).await.unwrap().unwrap();
    let id = session.subscription.unwrap();
    let read = async || gateway.subscription(&id).await.unwrap().unwrap();
    let active = read().await;
    assert_eq!(active.status.as_deref(), Some("active"));
    assert_eq!(
        (&active.customer, &active.latest_invoice),
        (&session.customer, &session.invoice)
    );
    assert_eq!(active.metadata["token"], "t");
    let end = active.current_period_end.unwrap();
    assert!(end > stripe.now() + 27 * 24 * 60 * 60);
    assert_eq!(gateway.set_cancel_at_period_end(&id, true).await, Ok(true));
    let ending = read().await;
    assert!(ending.cancel_at_period_end && !ending.ended());
    assert_eq!(ending.cancel_at, Some(end));
    let told = events(&stripe).pop().unwrap();
    assert_eq!(told.subscription, Some(ending));
    assert_eq!(gateway.set_cancel_at_period_end(&id, false).await, Ok(true));
    assert_eq!(read().await, active, "as before");
    stripe.cancel_subscription(&id, CancelWhen::Now).unwrap();
    assert!(read().await.ended());
    assert_eq!(gateway.set_cancel_at_period_end(&id, true).await, Ok(false));
    let unknown = gateway.set_cancel_at_period_end("sub_none", true).await;
    assert_eq!(unknown, Ok(false));
    assert_eq!(gateway.subscription("sub_none").await, Ok(None));
}

#[tokio::test]
async fn the_portal_is_configured_once_per_key_and_visited() {
    let (stripe, gateway) = scene().await;
    let id = subscribe(&stripe, &*gateway).await;
    let session = gateway.checkout(&id).await.unwrap().unwrap();
    let new = || NewPortalConfiguration {
        headline: "Detroit Arms",
        return_url: "https://range.example/account",
        login_page: true,
        metadata: BTreeMap::from([("site".to_owned(), "1".to_owned())]),
    };
    let made = gateway
        .create_portal_configuration(new(), "key")
        .await
        .unwrap();
    let again = gateway
        .create_portal_configuration(new(), "key")
        .await
        .unwrap();
    assert_eq!(made, again);
    assert!(made.active && made.login_url.is_some());
    assert_eq!(made.metadata["site"], "1");
    let found = gateway.portal_configuration(&made.id).await;
    assert_eq!(found, Ok(Some(made.clone())));
    assert_eq!(gateway.portal_configuration("bpc_none").await, Ok(None));
    let stored = stripe.objects(KEY, None)["portal_configurations"][0].clone();
    assert_eq!(stored["features"]["customer_update"]["enabled"], false);
    let cancel = &stored["features"]["subscription_cancel"];
    assert_eq!(
        (&cancel["enabled"], &cancel["mode"]),
        (&true.into(), &"at_period_end".into())
    );
    let customer = session.customer.unwrap();
    let visit = NewPortalSession {
        customer: &customer,
        configuration: &made.id,
        return_url: "https://range.example/back",
    };
    let url = gateway.create_portal_session(visit).await.unwrap();
    assert!(
        url.starts_with(&format!("{}portal/", stripe.base_url)),
        "{url}"
    );
    let unknown = NewPortalSession {
        configuration: "bpc_none",
        ..visit
    };
    let unknown = gateway.create_portal_session(unknown).await;
    assert_eq!(refused(unknown.unwrap_err()), "resource_missing");
}

#[tokio::test]
async fn all_customers_are_read_in_pages_with_their_balances() {
    let (stripe, gateway) = scene().await;
    let customer = |number: i64| SeedCustomer {
        id: format!("cus_{number}"),
        created: Some(1_700_000_000 + number),
        balance_transactions: [(-700, "usd"), (300, "eur")]
            .map(|(amount, currency)| SeedTransaction {
                id: format!("cbtxn_{number}_{currency}"),
                amount,
                currency: currency.to_owned(),
                ..SeedTransaction::default()
            })
            .into(),
        ..SeedCustomer::default()
    };
    let seed = Seed {
        secret_key: KEY.to_owned(),
        customers: (0..150).map(customer).collect(),
        account: None,
    };
    stripe.seed(seed).unwrap();
    let first = gateway.customers_page(None).await.unwrap();
    assert_eq!(first.customers.len(), 100);
    let newest = first.customers.first().unwrap();
    assert_eq!(newest.id, "cus_149");
    for (currency, cents) in [(Currency::Usd, 700), (Currency::Eur, -300)] {
        assert_eq!(newest.credit_in(currency), Money::new(cents, currency));
    }
    let place = first.next.unwrap();
    let rest = gateway.customers_page(Some(&place)).await.unwrap();
    assert_eq!((rest.customers.len(), rest.next), (50, None));
    let error = gateway.customers_page(Some("cus_gone")).await.unwrap_err();
    assert_eq!(refused(error), "resource_missing");
}
