//! Subscriptions as time passes: renewals, failed payments, ends, and the invoices of it.

use serde_json::{Value, json};
use stripe_stand_in::{AsyncPaymentResult, CancelWhen, PaymentStatus, StandIn};

use crate::{
    client::{KEY, StripeClient, stand_in},
    session::session,
};

const DAY: i64 = 24 * 60 * 60;

/// A membership of a customer over $20.00 a month.
struct Scene {
    stripe: StandIn,
    client: StripeClient,
    customer: String,
    /// The completed session.
    session: Value,
    id: String,
}

async fn subscribed() -> Scene {
    let (stripe, client) = stand_in().await;
    let customer = client.customer().await;
    let session = session(&client, "subscription", &[("customer", &customer)]).await;
    let session = stripe.complete(&session, PaymentStatus::Paid, None);
    let session = session.expect("paid");
    let id = session["subscription"].as_str().expect("an id").to_owned();
    Scene {
        stripe,
        client,
        customer,
        session,
        id,
    }
}

impl Scene {
    async fn subscription(&self) -> Value {
        let path = format!("/v1/subscriptions/{}", self.id);
        self.client.get(&path).await.json()
    }

    /// Newest first.
    async fn invoices(&self) -> Vec<Value> {
        let path = format!("/v1/invoices?subscription={}", self.id);
        let found = self.client.get(&path).await.json()["data"].clone();
        found.as_array().cloned().expect("a list")
    }

    /// How often an event was told.
    fn told(&self, kind: &str) -> usize {
        let events = self.stripe.objects(KEY, None)["events"].clone();
        let events = events.as_array().cloned().expect("a list");
        events.iter().filter(|event| event["type"] == kind).count()
    }

    /// Moves the clock to the end of the current period.
    async fn finish_period(&self) {
        let subscription = self.subscription().await;
        let end = subscription["items"]["data"][0]["current_period_end"].as_i64();
        let left = end.expect("a moment") - self.stripe.now();
        self.stripe.advance_clock(left);
    }

    async fn give(&self, cents: &str) {
        let path = format!("/v1/customers/{}/balance_transactions", self.customer);
        let form = [("amount", cents), ("currency", "usd")];
        assert_eq!(self.client.post(&path, &form).await.status, 200);
    }

    async fn balance(&self) -> i64 {
        let path = format!("/v1/customers/{}", self.customer);
        let customer = self.client.get(&path).await.json();
        customer["balance"].as_i64().expect("a number")
    }
}

#[tokio::test]
async fn the_first_invoice_leads_from_the_session_to_its_payment() {
    let scene = subscribed().await;
    let subscription = scene.subscription().await;
    let item = &subscription["items"]["data"][0];
    assert_eq!(item["price"]["unit_amount"], 2000);
    assert!(
        subscription["current_period_end"].is_null(),
        "it is on the item"
    );
    let invoice = scene.session["invoice"].as_str().expect("an id");
    assert_eq!(subscription["latest_invoice"], json!(invoice));
    let path = format!("/v1/invoice_payments?invoice={invoice}&status=paid");
    let payments = scene.client.get(&path).await.json()["data"].clone();
    let intent = payments[0]["payment"]["payment_intent"]
        .as_str()
        .expect("an id");
    let form = [("payment_intent", intent)];
    let refund = scene.client.post("/v1/refunds", &form).await.json();
    assert_eq!(refund["amount"], 2000);
    let unknown = scene
        .client
        .get("/v1/invoice_payments?invoice=in_none")
        .await;
    assert_eq!(unknown.error("code"), "resource_missing");
    let [invoice] = &scene.invoices().await[..] else {
        panic!("one invoice");
    };
    assert_eq!(invoice["billing_reason"], "subscription_create");
    assert_eq!(
        (&invoice["status"], &invoice["amount_paid"]),
        (&json!("paid"), &json!(2000))
    );
    let details = &invoice["parent"]["subscription_details"];
    assert_eq!(details["subscription"], json!(scene.id));
}

#[tokio::test]
async fn what_the_balance_paid_in_whole_has_no_payment() {
    let (stripe, client) = stand_in().await;
    let customer = client.customer().await;
    let path = format!("/v1/customers/{customer}/balance_transactions");
    client
        .post(&path, &[("amount", "-2000"), ("currency", "usd")])
        .await;
    let session = session(&client, "subscription", &[("customer", &customer)]).await;
    let session = stripe
        .complete(&session, PaymentStatus::Paid, None)
        .expect("paid");
    let invoice = session["invoice"].as_str().expect("an id");
    let shown = client.get(&format!("/v1/invoices/{invoice}")).await.json();
    assert_eq!(
        (&shown["status"], &shown["amount_due"]),
        (&json!("paid"), &json!(0))
    );
    assert_eq!(shown["starting_balance"], -2000);
    let payments = client
        .get(&format!("/v1/invoice_payments?invoice={invoice}"))
        .await;
    assert_eq!(payments.json()["data"], json!([]));
    assert_eq!(client.count("/v1/charges").await, 0);
}

#[tokio::test]
async fn a_month_later_it_is_renewed_and_spends_the_balance() {
    let scene = subscribed().await;
    let first = scene.subscription().await["items"]["data"][0].clone();
    scene.give("-1500").await;
    scene.stripe.advance_clock(70 * DAY);
    let subscription = scene.subscription().await;
    assert_eq!(subscription["status"], "active");
    let item = &subscription["items"]["data"][0];
    assert!(item["current_period_start"].as_i64() > first["current_period_end"].as_i64());
    let [third, second, _] = &scene.invoices().await[..] else {
        panic!("three invoices");
    };
    assert_eq!(second["billing_reason"], "subscription_cycle");
    assert_eq!(
        second["created"], first["current_period_end"],
        "at its moment"
    );
    let amounts = |invoice: &Value| {
        ["total", "starting_balance", "ending_balance", "amount_paid"]
            .map(|field| invoice[field].as_i64().expect("a number"))
    };
    assert_eq!(amounts(second), [2000, -1500, 0, 500]);
    assert_eq!(amounts(third), [2000, 0, 0, 2000]);
    assert_eq!(scene.balance().await, 0);
    let path = format!("/v1/customers/{}/balance_transactions", scene.customer);
    let spent = scene.client.get(&path).await.json()["data"][0].clone();
    assert_eq!(
        (&spent["type"], &spent["amount"]),
        (&json!("applied_to_invoice"), &json!(1500))
    );
    assert_eq!(spent["invoice"], second["id"]);
    assert_eq!(scene.told("invoice.paid"), 3);
    assert_eq!(scene.told("customer.subscription.updated"), 2);
}

#[tokio::test]
async fn a_debt_is_added_to_the_next_invoice_and_too_little_becomes_one() {
    let scene = subscribed().await;
    scene.give("700").await;
    scene.stripe.advance_clock(32 * DAY);
    assert_eq!(scene.invoices().await[0]["amount_paid"], 2700);
    assert_eq!(scene.balance().await, 0);
    scene.give("-1980").await;
    scene.stripe.advance_clock(31 * DAY);
    let invoice = scene.invoices().await[0].clone();
    assert_eq!(
        (&invoice["status"], &invoice["amount_paid"]),
        (&json!("paid"), &json!(0))
    );
    assert_eq!(scene.balance().await, 20, "carried to the next one");
}

#[tokio::test]
async fn a_declined_card_is_tried_again_until_the_subscription_ends() {
    let scene = subscribed().await;
    scene
        .stripe
        .fail_payments(&scene.customer, true)
        .expect("declined");
    scene.finish_period().await;
    assert_eq!(scene.subscription().await["status"], "past_due");
    let invoice = scene.invoices().await[0].clone();
    assert_eq!(
        (&invoice["status"], &invoice["attempt_count"]),
        (&json!("open"), &json!(1))
    );
    assert!(invoice["next_payment_attempt"].is_i64());
    scene.stripe.advance_clock(16 * DAY);
    let ended = scene.subscription().await;
    assert_eq!(ended["status"], "canceled");
    assert_eq!(ended["cancellation_details"]["reason"], "payment_failed");
    assert_eq!(scene.invoices().await[0]["attempt_count"], 4);
    assert_eq!(scene.told("invoice.payment_failed"), 4);
    assert_eq!(scene.told("customer.subscription.deleted"), 1);
    scene.stripe.advance_clock(90 * DAY);
    assert_eq!(scene.invoices().await.len(), 2, "nothing more is charged");
}

#[tokio::test]
async fn a_card_that_works_again_pays_what_is_open() {
    let scene = subscribed().await;
    scene
        .stripe
        .fail_payments(&scene.id, true)
        .expect("declined");
    scene.finish_period().await;
    scene.stripe.fail_payments(&scene.id, false).expect("works");
    scene.stripe.advance_clock(3 * DAY);
    assert_eq!(scene.subscription().await["status"], "active");
    let invoice = scene.invoices().await[0].clone();
    assert_eq!(
        (&invoice["status"], &invoice["attempt_count"]),
        (&json!("paid"), &json!(2))
    );
    let id = invoice["id"].as_str().expect("an id");
    let path = format!("/v1/invoice_payments?invoice={id}");
    let payments = scene.client.get(&path).await.json()["data"].clone();
    assert_eq!(
        payments.as_array().map(Vec::len),
        Some(1),
        "one payment, two charges"
    );
    assert_eq!(payments[0]["status"], "paid");
}

#[tokio::test]
async fn one_that_is_set_to_end_ends_with_its_period_unless_it_is_kept() {
    let scene = subscribed().await;
    let path = format!("/v1/subscriptions/{}", scene.id);
    let set = |cancel: &'static str| {
        let (client, path) = (scene.client.clone(), path.clone());
        async move {
            client
                .post(&path, &[("cancel_at_period_end", cancel)])
                .await
        }
    };
    let end = scene.subscription().await["items"]["data"][0]["current_period_end"].clone();
    let set_to_end = set("true").await.json();
    assert_eq!(
        (&set_to_end["cancel_at"], &set_to_end["status"]),
        (&end, &json!("active"))
    );
    assert!(set_to_end["canceled_at"].is_i64() && set_to_end["ended_at"].is_null());
    let kept = set("false").await.json();
    assert!(kept["cancel_at"].is_null() && kept["canceled_at"].is_null());
    assert_eq!(scene.told("customer.subscription.updated"), 2);
    scene
        .stripe
        .cancel_subscription(&scene.id, CancelWhen::AtPeriodEnd)
        .expect("set to end");
    scene.stripe.advance_clock(32 * DAY);
    let ended = scene.subscription().await;
    assert_eq!(
        (&ended["status"], &ended["ended_at"]),
        (&json!("canceled"), &end)
    );
    assert_eq!(scene.invoices().await.len(), 1);
    assert_eq!(scene.told("customer.subscription.deleted"), 1);
    let refused = set("true").await;
    assert_eq!(refused.status, 400, "{}", refused.text);
    let again = scene.stripe.cancel_subscription(&scene.id, CancelWhen::Now);
    assert!(again.is_err());
}

#[tokio::test]
async fn a_trial_is_charged_when_it_ends() {
    let (stripe, client) = stand_in().await;
    let trial = [
        ("customer_email", "a@example.com"),
        ("subscription_data[trial_period_days]", "14"),
    ];
    let session = session(&client, "subscription", &trial).await;
    let session = stripe
        .complete(&session, PaymentStatus::Paid, None)
        .expect("begun");
    let id = session["subscription"].as_str().expect("an id");
    let path = format!("/v1/subscriptions/{id}");
    assert_eq!(client.get(&path).await.json()["status"], "trialing");
    stripe.advance_clock(15 * DAY);
    assert_eq!(client.get(&path).await.json()["status"], "active");
    let invoices = client.get("/v1/invoices").await.json()["data"].clone();
    let paid = |at: usize| invoices[at]["amount_paid"].clone();
    assert_eq!((paid(0), paid(1)), (json!(2000), json!(0)));
}

#[tokio::test]
async fn a_first_payment_that_fails_leaves_nothing_to_collect() {
    let (stripe, client) = stand_in().await;
    for (result, status, invoice) in [
        (AsyncPaymentResult::Succeeded, "active", "paid"),
        (AsyncPaymentResult::Failed, "incomplete_expired", "void"),
    ] {
        let form = [("customer_email", "a@example.com")];
        let id = session(&client, "subscription", &form).await;
        let waiting = stripe
            .complete(&id, PaymentStatus::Unpaid, None)
            .expect("waiting");
        let path = format!(
            "/v1/subscriptions/{}",
            waiting["subscription"].as_str().expect("an id")
        );
        assert_eq!(client.get(&path).await.json()["status"], "incomplete");
        stripe.finish_async_payment(&id, result).expect("an end");
        assert_eq!(client.get(&path).await.json()["status"], status);
        let path = format!(
            "/v1/invoices/{}",
            waiting["invoice"].as_str().expect("an id")
        );
        assert_eq!(client.get(&path).await.json()["status"], invoice);
    }
}

#[tokio::test]
async fn the_subscriptions_of_a_deleted_customer_end() {
    let scene = subscribed().await;
    scene
        .client
        .delete(&format!("/v1/customers/{}", scene.customer))
        .await;
    assert_eq!(scene.subscription().await["status"], "canceled");
    let listed = scene.client.get("/v1/subscriptions").await.json()["data"].clone();
    assert_eq!(listed, json!([]));
    let ended = scene
        .client
        .get("/v1/subscriptions?status=ended")
        .await
        .json();
    assert_eq!(ended["data"][0]["id"], json!(scene.id));
}
