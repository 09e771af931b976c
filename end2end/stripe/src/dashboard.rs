//! What people do in Stripe's dashboard, and banks without asking: payments without Checkout, refunds,
//! disputes, declined cards, and the end of subscriptions.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::{
    billing::{SUBSCRIPTIONS, cancel, has_ended},
    internal::{in_store, with_object},
    payments::{
        INTENTS, card,
        charge::{self, Attempt, NewPayment},
        disputes, refunds,
    },
    state::SharedState,
    types::{CancelWhen, ControlError, DisputeKind, DisputeStatus, RefundStatus, SeedPayment},
};

type Done = Result<Value, ControlError>;

/// Makes a payment with an id chosen by the caller. One that exists is returned as it is.
pub fn seed_payment(shared: &Arc<SharedState>, seed: SeedPayment) -> Done {
    in_store(shared, &seed.secret_key, |call| {
        if let Some(intent) = call.store().get(INTENTS, &seed.id) {
            return Ok(intent.clone());
        }
        let own = seed.customer.as_ref().unwrap_or(&seed.id);
        let fingerprint = card::fingerprint(call, seed.card.as_ref().unwrap_or(own));
        let new = NewPayment {
            id: Some(seed.id.clone()),
            amount: seed.amount,
            currency: json!(seed.currency),
            customer: json!(seed.customer),
            description: Value::Null,
            email: Value::Null,
            metadata: json!({}),
            fingerprint,
        };
        Ok(charge::pay(call, &new, Attempt::Succeeded))
    })
}

/// Refunds a part of a payment, or all that is left of it.
pub fn refund(
    shared: &Arc<SharedState>,
    payment_intent: &str,
    amount: Option<i64>,
    status: RefundStatus,
) -> Done {
    with_object(
        shared,
        INTENTS,
        "payment",
        payment_intent,
        |call, intent| {
            let new = refunds::NewRefund {
                amount,
                status: Some(status),
                metadata: json!({}),
                reason: Value::Null,
            };
            Ok(refunds::make(call, &intent, new)?)
        },
    )
}

/// Gives a refund another status.
pub fn settle_refund(shared: &Arc<SharedState>, refund: &str, status: RefundStatus) -> Done {
    with_object(shared, refunds::TABLE, "refund", refund, |call, refund| {
        refunds::settle(call, refund, status)
    })
}

/// Disputes what is left of a payment.
pub fn dispute(shared: &Arc<SharedState>, payment_intent: &str, kind: DisputeKind) -> Done {
    with_object(
        shared,
        INTENTS,
        "payment",
        payment_intent,
        |call, intent| disputes::open(call, &intent, kind),
    )
}

/// Gives a dispute another status.
pub fn settle_dispute(shared: &Arc<SharedState>, dispute: &str, status: DisputeStatus) -> Done {
    with_object(
        shared,
        disputes::TABLE,
        "dispute",
        dispute,
        |call, dispute| disputes::settle(call, dispute, status),
    )
}

/// Makes the card that pays a subscription, or all subscriptions of a customer, fail from now on, or
/// work again.
pub fn fail_payments(shared: &Arc<SharedState>, id: &str, fail: bool) -> Done {
    let table = match id.starts_with("cus_") {
        true => "customers",
        false => SUBSCRIPTIONS,
    };
    with_object(
        shared,
        table,
        "customer or subscription",
        id,
        |call, found| {
            match fail {
                true => call.store().declined.insert(id.to_owned()),
                false => call.store().declined.remove(id),
            };
            Ok(found)
        },
    )
}

/// Cancels a subscription.
pub fn cancel_subscription(shared: &Arc<SharedState>, id: &str, when: CancelWhen) -> Done {
    with_object(shared, SUBSCRIPTIONS, "subscription", id, |call, found| {
        if has_ended(&found) {
            return Err(ControlError("that subscription has ended".into()));
        }
        Ok(match when {
            CancelWhen::Now => cancel::now(call, &found, cancel::REQUESTED),
            CancelWhen::AtPeriodEnd => cancel::at_period_end(call, &found, true),
        })
    })
}
