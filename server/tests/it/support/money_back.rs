//! Refunds, disputes and subscriptions at the stand-in, and the events that tell of them.

use serde_json::Value;
use stripe_stand_in::SeedPayment;

use super::{STRIPE_KEY, TestApp, stripe::listed};

impl TestApp {
    /// Makes the payment `id` (`pi_…`) of this many cents at Detroit's account, for a purchase that
    /// did not go through the stand-in's Checkout.
    pub fn pay_at_stripe(&self, id: &str, cents: i64) {
        let payment = SeedPayment {
            secret_key: STRIPE_KEY.to_owned(),
            id: id.to_owned(),
            amount: cents,
            currency: "usd".to_owned(),
            ..SeedPayment::default()
        };
        self.stripe.seed_payment(payment).unwrap();
    }

    /// The bodies of the events of Detroit's account whose type begins with `kind`, oldest first. A
    /// test delivers them in the order that it wants.
    pub fn stripe_events(&self, kind: &str) -> Vec<String> {
        let events = listed(&self.stripe.objects(STRIPE_KEY, None)["events"]);
        let of_kind = events.iter().filter(|event| {
            let is = event["type"].as_str().expect("a type");
            is.starts_with(kind)
        });
        of_kind.map(Value::to_string).collect()
    }

    /// The object of Detroit's account with this id in one list of the stand-in's books.
    pub fn stripe_object(&self, list: &str, id: &str) -> Value {
        let objects = listed(&self.stripe.objects(STRIPE_KEY, None)[list]);
        let found = objects.into_iter().find(|object| object["id"] == id);
        found.unwrap_or_else(|| panic!("no {id} among {list}"))
    }

    /// The refunds at Detroit's account, oldest first.
    pub fn refunds_at_stripe(&self) -> Vec<Value> {
        listed(&self.stripe.objects(STRIPE_KEY, None)["refunds"])
    }
}
