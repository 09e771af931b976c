//! Events as Stripe would send them, and the objects that the stand-in has.

use hmac::{Hmac, Mac};
use sea_orm::{ActiveModelTrait, Set};
use serde_json::{Value, json};
use services::stripe_customers::Holder;
use sha2::Sha256;
use store::{Id, PurchaseId, entities::user};
use stripe_stand_in::{Seed, SeedCustomer, SeedTransaction};

use super::{STRIPE_KEY, TestApp, WEBHOOK_SECRET};

/// An address that is well formed, and refused by the stand-in as Stripe refuses some.
pub const REFUSED: &str = "member@refused.invalid-at-stripe.example";

/// A signature header `t=…,v1=…` for `body`, signed at `unix`.
pub fn signature(secret: &str, unix: i64, body: &str) -> String {
    format!("t={unix},v1={}", v1(secret, unix, body))
}

/// One `v1` signature of `body`.
pub fn v1(secret: &str, unix: i64, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(format!("{unix}.{body}").as_bytes());
    hex::encode(mac.finalize().into_bytes())
}

/// An event about a Checkout session.
pub fn event(id: &str, kind: &str, session: Value) -> String {
    json!({
        "id": id,
        "object": "event",
        "type": kind,
        "livemode": false,
        "data": {"object": session},
    })
    .to_string()
}

/// A Checkout session of one of our purchases.
pub fn session(id: &str, payment_status: &str) -> Value {
    json!({
        "id": id,
        "object": "checkout.session",
        "mode": "payment",
        "status": "complete",
        "payment_status": payment_status,
        "payment_intent": "pi_1",
        "customer": "cus_buyer",
        "amount_total": 4500,
        "currency": "usd",
    })
}

/// The elements of a list in the stand-in's books.
pub fn listed(page: &Value) -> Vec<Value> {
    page.as_array().cloned().expect("a list")
}

impl TestApp {
    /// Posts `body` to a webhook endpoint with this signature header; returns the status.
    pub async fn post_webhook(&self, path: &str, header: Option<&str>, body: String) -> u16 {
        let url = format!("http://{}{path}", self.address);
        let mut request = reqwest::Client::new().post(url).body(body);
        if let Some(header) = header {
            request = request.header("stripe-signature", header);
        }
        request.send().await.unwrap().status().as_u16()
    }

    /// Delivers `body` to Detroit's webhook endpoint, signed with its secret now.
    pub async fn deliver(&self, path: &str, body: &str) -> u16 {
        let now = self.state.clock.now().unix_timestamp();
        let header = signature(WEBHOOK_SECRET, now, body);
        self.post_webhook(path, Some(&header), body.to_owned())
            .await
    }

    /// Makes the customer `id` of the member at Detroit's account, with this many cents in the member's
    /// favor.
    pub async fn give_balance(&self, member: &user::Model, id: &str, cents: i64) {
        let transaction = SeedTransaction {
            id: format!("cbtxn_of_{id}"),
            amount: -cents,
            currency: "usd".to_owned(),
            ..SeedTransaction::default()
        };
        let customer = SeedCustomer {
            id: id.to_owned(),
            email: Some(member.email.clone()),
            balance_transactions: vec![transaction],
            ..SeedCustomer::default()
        };
        let seed = Seed {
            secret_key: STRIPE_KEY.to_owned(),
            customers: vec![customer],
            account: None,
        };
        self.stripe.seed(seed).unwrap();
        self.remember_customer(member.id, id).await;
    }

    /// Gives the member the address [`REFUSED`].
    pub async fn refuse_address(&self, member: &user::Model) {
        let mut changed: user::ActiveModel = member.clone().into();
        changed.email = Set(REFUSED.to_owned());
        changed.email_account = Set(REFUSED.to_owned());
        changed.update(self.state.db.writer()).await.unwrap();
    }

    /// Puts our metadata on a customer of Detroit's account.
    pub async fn mark_customer(&self, id: &str, member: &user::Model) {
        let site = self.site().await;
        let metadata = Holder::Member(&site, member).metadata();
        let form: Vec<_> = metadata
            .into_iter()
            .map(|(name, text)| (format!("metadata[{name}]"), text))
            .collect();
        let url = format!("{}v1/customers/{id}", self.stripe.base_url);
        let marked = reqwest::Client::new()
            .post(url)
            .bearer_auth(STRIPE_KEY)
            .form(&form)
            .send()
            .await;
        assert_eq!(marked.unwrap().status(), 200);
    }

    /// Deletes a customer of Detroit's account, as in Stripe's dashboard.
    pub async fn delete_customer(&self, id: &str) {
        let url = format!("{}v1/customers/{id}", self.stripe.base_url);
        let deleted = reqwest::Client::new()
            .delete(url)
            .bearer_auth(STRIPE_KEY)
            .send()
            .await;
        assert_eq!(deleted.unwrap().status(), 200);
    }

    /// The balance transactions of Detroit's customers, oldest first.
    pub fn balance_transactions(&self) -> Vec<Value> {
        listed(&self.stripe.objects(STRIPE_KEY, None)["balance_transactions"])
    }
}

/// The id of the purchase to which Stripe's page leads back.
pub fn purchase_in(session: &Value) -> PurchaseId {
    let url = session["success_url"].as_str().unwrap();
    let (_, rest) = url.split_once("/purchases/").expect("a purchase's page");
    Id::new(rest.split('?').next().unwrap().parse().unwrap())
}
