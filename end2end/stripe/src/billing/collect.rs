//! How an invoice is paid: first from the customer balance, then by card (Stripe, "Collecting
//! payments", "Customer credit balance").

use serde_json::{Value, json};

use super::{INVOICES, PAYMENTS, SUBSCRIPTIONS};
use crate::{
    api::{customer_balance, customer_row, events::emit},
    call::Call,
    checkout::least_charge,
    id,
    payments::{
        INTENTS, card,
        charge::{self, Attempt, NewPayment},
    },
};

const DAY: i64 = 24 * 60 * 60;

/// How long after the first, second and third attempt the next one follows, in seconds. After the
/// fourth there is none.
const RETRIES: [i64; 3] = [3 * DAY, 5 * DAY, 7 * DAY];

/// Lowers what is due by the customer's credit, or raises it by the debt. What is too little to be
/// charged becomes a debt.
pub fn apply_balance(call: &mut Call, invoice: &mut Value) {
    let customer_id = invoice["customer"].as_str().unwrap_or_default();
    let Ok(customer) = customer_row::existing(call, customer_id) else {
        return;
    };
    let currency = invoice["currency"].as_str().unwrap_or_default().to_owned();
    let total = invoice["total"].as_i64().unwrap_or_default();
    let starting = customer_balance::balance_in(call.store(), &customer, &currency);
    let due = (total + starting).max(0);
    let applied = total - due;
    change_balance(call, invoice, applied, "applied_to_invoice");
    let too_small = match least_charge::check(due, &currency) {
        Ok(()) => 0,
        Err(_) => due,
    };
    change_balance(call, invoice, too_small, "invoice_too_small");
    let due = due - too_small;
    invoice["starting_balance"] = json!(starting);
    invoice["ending_balance"] = json!(starting + applied + too_small);
    invoice["amount_due"] = json!(due);
    invoice["amount_remaining"] = json!(due);
}

fn change_balance(call: &mut Call, invoice: &Value, amount: i64, kind: &str) {
    let customer_id = invoice["customer"].as_str().unwrap_or_default();
    let Ok(before) = customer_row::existing(call, customer_id) else {
        return;
    };
    if amount == 0 {
        return;
    }
    let now = call.now();
    let currency = invoice["currency"].as_str().unwrap_or_default();
    let mut customer = before.clone();
    let mut transaction =
        customer_balance::change(call.store(), &mut customer, currency, amount, now, kind);
    transaction["invoice"] = invoice["id"].clone();
    call.insert(customer_balance::TABLE, transaction);
    customer_row::save_and_emit(call, &before, &customer);
}

/// What an attempt to charge this subscription's card comes to.
pub fn outcome(call: &mut Call, subscription: &Value) -> Attempt {
    let declined = &call.store().declined;
    let is_declined = ["id", "customer"]
        .iter()
        .filter_map(|field| subscription[*field].as_str())
        .any(|id| declined.contains(id));
    match is_declined {
        true => Attempt::Declined,
        false => Attempt::Succeeded,
    }
}

/// Tries to collect what is due of a stored invoice. Returns the invoice as it is afterwards.
pub fn attempt(
    call: &mut Call,
    mut invoice: Value,
    subscription: &Value,
    attempt: Attempt,
) -> Value {
    let due = invoice["amount_remaining"].as_i64().unwrap_or_default();
    invoice["attempted"] = json!(true);
    if due == 0 {
        return match attempt {
            Attempt::Processing => save(call, invoice),
            Attempt::Succeeded | Attempt::Declined => paid(call, invoice),
        };
    }
    let subscription_id = subscription["id"].as_str().unwrap_or_default();
    let fingerprint = match call.store().cards.get(subscription_id).cloned() {
        Some(fingerprint) => fingerprint,
        None => card::fingerprint(call, subscription_id),
    };
    let new = NewPayment {
        id: None,
        amount: due,
        currency: invoice["currency"].clone(),
        customer: invoice["customer"].clone(),
        description: Value::Null,
        email: invoice["customer_email"].clone(),
        metadata: json!({}),
        fingerprint,
    };
    match open_payment(call, &invoice) {
        Some(payment) => {
            let intent_id = payment["payment"]["payment_intent"].as_str();
            let intent = call.store().get(INTENTS, intent_id.unwrap_or_default());
            let intent = intent.cloned().unwrap_or_default();
            charge::charge_again(call, intent, &new, attempt);
        }
        None => {
            let intent = charge::pay(call, &new, attempt);
            insert_payment(call, &invoice, &intent, due);
        }
    }
    let count = invoice["attempt_count"].as_i64().unwrap_or_default();
    invoice["attempt_count"] = json!(count + 1);
    match attempt {
        Attempt::Succeeded => paid(call, invoice),
        Attempt::Processing => save(call, invoice),
        Attempt::Declined => {
            let after = usize::try_from(count).ok();
            let after = after.and_then(|at| RETRIES.get(at).copied());
            invoice["next_payment_attempt"] = json!(after.map(|wait| call.now() + wait));
            let invoice = save(call, invoice);
            emit(call, "invoice.payment_failed", &invoice, None);
            invoice
        }
    }
}

fn save(call: &mut Call, invoice: Value) -> Value {
    call.replace(INVOICES, &invoice);
    invoice
}

fn insert_payment(call: &mut Call, invoice: &Value, intent: &Value, due: i64) {
    let payment = json!({
        "id": id::new("inpay"),
        "object": "invoice_payment",
        "amount_paid": null,
        "amount_requested": due,
        "created": call.now(),
        "currency": invoice["currency"],
        "invoice": invoice["id"],
        "is_default": true,
        "livemode": false,
        "payment": { "payment_intent": intent["id"], "type": "payment_intent" },
        "status": "open",
        "status_transitions": { "canceled_at": null, "paid_at": null },
    });
    call.insert(PAYMENTS, payment);
}

fn open_payment(call: &mut Call, invoice: &Value) -> Option<Value> {
    let payments = call.store().all(PAYMENTS).iter();
    let of_invoice = |one: &&Value| one["invoice"] == invoice["id"] && one["status"] == "open";
    payments.rev().find(of_invoice).cloned()
}

/// Writes that an invoice was paid, by its open payment if it has one, and tells it.
fn paid(call: &mut Call, mut invoice: Value) -> Value {
    let now = call.now();
    let due = invoice["amount_remaining"].clone();
    if let Some(mut payment) = open_payment(call, &invoice) {
        payment["status"] = json!("paid");
        payment["amount_paid"] = due.clone();
        payment["status_transitions"]["paid_at"] = json!(now);
        call.replace(PAYMENTS, &payment);
    }
    invoice["status"] = json!("paid");
    invoice["amount_paid"] = due;
    invoice["amount_remaining"] = json!(0);
    invoice["attempted"] = json!(true);
    invoice["next_payment_attempt"] = Value::Null;
    invoice["status_transitions"]["paid_at"] = json!(now);
    let invoice = save(call, invoice);
    emit(call, "invoice.paid", &invoice, None);
    emit(call, "invoice.payment_succeeded", &invoice, None);
    invoice
}

/// Ends the delayed payment of a subscription's first invoice.
pub fn settle(call: &mut Call, subscription: &Value, succeeded: bool) {
    let invoice_id = subscription["latest_invoice"].as_str().unwrap_or_default();
    let Some(mut invoice) = call.store().get(INVOICES, invoice_id).cloned() else {
        return;
    };
    if let Some(payment) = open_payment(call, &invoice) {
        let intent = payment["payment"]["payment_intent"].as_str();
        charge::settle(call, intent.unwrap_or_default(), succeeded);
    }
    if succeeded {
        paid(call, invoice);
        return;
    }
    invoice["status"] = json!("void");
    invoice["status_transitions"]["voided_at"] = json!(call.now());
    let invoice = save(call, invoice);
    emit(call, "invoice.voided", &invoice, None);
}

/// Leaves the open invoices of a subscription that ended as they are: Stripe tries them no more.
pub fn give_up(call: &mut Call, subscription: &Value) {
    let of_subscription = |invoice: &&Value| {
        invoice["status"] == "open" && subscription_of(invoice) == &subscription["id"]
    };
    let invoices = call.store().all(INVOICES).iter();
    let open: Vec<Value> = invoices.filter(of_subscription).cloned().collect();
    for mut invoice in open {
        invoice["auto_advance"] = json!(false);
        invoice["next_payment_attempt"] = Value::Null;
        save(call, invoice);
    }
}

/// The id of the subscription that made an invoice.
pub fn subscription_of(invoice: &Value) -> &Value {
    &invoice["parent"]["subscription_details"]["subscription"]
}

/// The subscription of an invoice.
pub fn find_subscription(call: &mut Call, invoice: &Value) -> Option<Value> {
    let id = subscription_of(invoice).as_str()?;
    call.store().get(SUBSCRIPTIONS, id).cloned()
}
