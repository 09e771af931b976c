//! What every event about a Checkout session does: find the purchase, move its state on.

use domain::{CheckoutNews, PurchaseState, after_news, counts_as_purchase};
use sea_orm::{DatabaseTransaction, IntoActiveModel, Set};

use super::{
    Arrival, Handled,
    event::{CheckoutSession, Event, Reference},
    platform_session,
};
use crate::{
    db::{
        entities::purchase,
        purchases::{self, credit_check},
        stripe_customers,
    },
    jobs::Job,
};

/// Tells the purchase of the event's session the `news`.
///
/// # Errors
/// If the database fails.
pub async fn apply(
    tx: &DatabaseTransaction,
    arrival: Arrival,
    event: &Event,
    news: CheckoutNews,
) -> anyhow::Result<Handled> {
    let Some((session, session_id)) = event
        .session()
        .and_then(|session| Some((session, session.id.as_deref()?)))
    else {
        return Ok(Handled::nothing("no Checkout session in it"));
    };
    if arrival.platform {
        return platform_session::apply(tx, arrival, session, session_id, news).await;
    }
    let found = purchases::lock_by_session(
        tx,
        arrival.stripe_account_id,
        session_id,
        session.purchase_id(),
    )
    .await?;
    let Some(purchase) = found else {
        return Ok(Handled::nothing(
            "no purchase of ours has this Checkout session",
        ));
    };
    let before = purchase.purchase_state();
    let after = after_news(before, news);
    let due = write(tx, arrival, &purchase, session, session_id, after).await?;
    Ok(Handled {
        outcome: format!(
            "purchase {} was {} and is {}",
            purchase.id,
            before.code(),
            after.code()
        ),
        job: due.then_some(Job::DecideCredit {
            purchase_id: purchase.id,
        }),
    })
}

/// Writes the new state and what the session tells; answers whether a credit is to be decided.
async fn write(
    tx: &DatabaseTransaction,
    arrival: Arrival,
    purchase: &purchase::Model,
    session: &CheckoutSession,
    session_id: &str,
    after: PurchaseState,
) -> anyhow::Result<bool> {
    let newly_paid = after == PurchaseState::Paid && purchase.paid_at.is_none();
    // Stripe's total is after discounts and before the customer's balance: what the order is worth.
    let worth = purchase.money(session.amount_total.unwrap_or(purchase.price_cents));
    let due = newly_paid
        && purchase.credit_check == credit_check::NONE
        && counts_as_purchase(after, worth);
    let mut row = purchase.clone().into_active_model();
    row.state = Set(after.code().to_owned());
    row.checkout_session_id = Set(Some(session_id.to_owned()));
    if let Some(id) = reference(session.payment_intent.as_ref()) {
        row.payment_intent_id = Set(Some(id));
    }
    if let Some(id) = reference(session.subscription.as_ref()) {
        row.subscription_id = Set(Some(id));
    }
    let customer = reference(session.customer.as_ref());
    if let Some(id) = &customer {
        row.stripe_customer_id = Set(Some(id.clone()));
    }
    if newly_paid {
        row.paid_at = Set(Some(arrival.now_ms));
        row.paid_cents = Set(Some(worth.cents()));
        row.credit_check = Set(if due {
            credit_check::DUE
        } else {
            credit_check::DONE
        }
        .to_owned());
    }
    purchases::update(tx, row).await?;
    if let Some(customer) = customer {
        let (buyer, account) = (purchase.buyer_id, arrival.stripe_account_id);
        stripe_customers::set_customer_if_unknown(tx, buyer, account, &customer).await?;
    }
    if newly_paid && purchase.product_kind().spends_balance() {
        stripe_customers::forget_balance(tx, purchase.buyer_id).await?;
    }
    Ok(due)
}

fn reference(reference: Option<&Reference>) -> Option<String> {
    reference.map(|reference| reference.id().to_owned())
}
