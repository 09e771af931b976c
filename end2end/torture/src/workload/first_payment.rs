//! Which payment paid for a membership or a plan first, as Stripe has it.

use std::collections::HashMap;

use serde_json::Value;

use super::TestContext;
use crate::demo::is_live;

/// The payment (`pi_…`) of the first invoice of a subscription, if the card paid anything of it.
pub fn first_payment(context: &TestContext, session: &str, subscription: &str) -> Option<String> {
    let accounts = context.accounts().into_iter();
    let mut of_mode = accounts.filter(|key| is_live(key) == is_live(session));
    of_mode.find_map(|account| {
        let objects = context.stripe.objects(&account, None);
        first_payments(&objects).remove(subscription)
    })
}

/// The same of all subscriptions (`sub_…`) among the objects of an account, which come oldest first.
pub fn first_payments(objects: &Value) -> HashMap<String, String> {
    let listed = |list: &str| objects[list].as_array().into_iter().flatten();
    let mut intents: HashMap<&str, &str> = HashMap::new();
    for payment in listed("invoice_payments") {
        let intent = payment["payment"]["payment_intent"].as_str();
        if let Some((invoice, intent)) = payment["invoice"].as_str().zip(intent) {
            intents.entry(invoice).or_insert(intent);
        }
    }
    let mut invoices: HashMap<&str, &str> = HashMap::new();
    for invoice in listed("invoices") {
        let subscription = invoice["parent"]["subscription_details"]["subscription"].as_str();
        if let Some((subscription, id)) = subscription.zip(invoice["id"].as_str()) {
            invoices.entry(subscription).or_insert(id);
        }
    }
    let paid = invoices.into_iter().filter_map(|(subscription, invoice)| {
        let intent = intents.get(invoice)?;
        Some((subscription.to_owned(), (*intent).to_owned()))
    });
    paid.collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_renewal_is_not_the_first_payment() {
        let invoice = |id: &str, subscription: &str| {
            let of = json!({ "subscription_details": { "subscription": subscription } });
            json!({ "id": id, "parent": of })
        };
        let payment = |invoice: &str, intent: &str| json!({ "invoice": invoice, "payment": { "payment_intent": intent } });
        let objects = json!({
            "invoices": [
                invoice("in_1", "sub_1"), invoice("in_2", "sub_2"), invoice("in_3", "sub_1"),
                invoice("in_4", "sub_2"),
            ],
            "invoice_payments": [
                payment("in_1", "pi_1"), payment("in_3", "pi_3"), payment("in_4", "pi_4"),
            ],
        });
        let first = HashMap::from([("sub_1".to_owned(), "pi_1".to_owned())]);
        assert_eq!(
            first_payments(&objects),
            first,
            "the balance paid for sub_2"
        );
    }
}
