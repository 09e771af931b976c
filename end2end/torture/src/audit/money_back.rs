//! Payments of which something went back: the product says of each what Stripe says.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::{subscriptions::accepted_events, unfinished::IS_CONNECTED};
use crate::{
    database::Connection,
    workload::{TestContext, first_payments},
};

/// What went back of a payment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct MoneyBack {
    /// Cents, of refunds that succeeded.
    refunded: i64,
    /// `open` or `lost`.
    dispute: Option<&'static str>,
}

/// What the product knows of a paid purchase.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Known {
    /// `pi_…`, if it is known.
    payment: Option<String>,
    /// `sub_…`, of a membership or a plan.
    subscription: Option<String>,
    back: MoneyBack,
    /// Its account is connected, so that Stripe's lists can be read.
    is_connected: bool,
}

/// What Stripe says.
#[derive(Default)]
struct AtStripe {
    /// What went back of each payment, by its id.
    back: HashMap<String, MoneyBack>,
    /// The first payment of each membership and plan.
    first_payments: HashMap<String, String>,
    /// Payments of which something went back while no endpoint was there to hear it. Stripe's lists tell of it, which
    /// are read with the books of a connected account.
    unheard: HashSet<String>,
}

impl AtStripe {
    fn add(&mut self, objects: &Value, accepted: &HashSet<String>) {
        let listed = |list: &str| objects[list].as_array().into_iter().flatten();
        let payment = |of: &Value| of["payment_intent"].as_str().unwrap_or_default().to_owned();
        for refund in listed("refunds") {
            let back = self.back.entry(payment(refund)).or_default();
            if refund["status"] == "succeeded" {
                back.refunded += refund["amount"].as_i64().unwrap_or_default();
            }
        }
        for dispute in listed("disputes") {
            let back = self.back.entry(payment(dispute)).or_default();
            back.dispute = match dispute["status"].as_str() {
                Some("needs_response" | "under_review") => Some("open"),
                Some("lost") => Some("lost"),
                _ => back.dispute,
            };
        }
        self.first_payments.extend(first_payments(objects));
        for event in listed("events") {
            let kind = event["type"].as_str().unwrap_or_default();
            let goes_back = kind.starts_with("refund.") || kind.starts_with("charge.dispute.");
            let is_accepted = event["id"].as_str().is_some_and(|id| accepted.contains(id));
            if goes_back && !is_accepted {
                self.unheard.insert(payment(&event["data"]["object"]));
            }
        }
    }

    /// What is wrong with what the product knows of a purchase, if anything is.
    fn difference(&self, known: &Known) -> Option<String> {
        let first = known.subscription.as_ref();
        let first = first.and_then(|id| self.first_payments.get(id));
        let payment = known.payment.as_ref().or(first);
        let is_unheard = payment.is_some_and(|payment| self.unheard.contains(payment));
        if is_unheard && !known.is_connected {
            return None;
        }
        let back = payment.and_then(|payment| self.back.get(payment));
        let back = back.copied().unwrap_or_default();
        (known.back != back).then(|| format!("{payment:?}: {known:?}, and at Stripe {back:?}"))
    }
}

/// Paid purchases of which the product does not say what Stripe says went back.
///
/// # Errors
/// If the database cannot be read.
pub async fn unlike_stripe(
    connection: &Connection,
    context: &TestContext,
) -> anyhow::Result<Vec<String>> {
    let mut at_stripe = AtStripe::default();
    for account in context.accounts() {
        let accepted = accepted_events(context, &account);
        at_stripe.add(&context.stripe.objects(&account, None), &accepted);
    }
    let known = known(connection).await?;
    let unlike = known.iter().filter_map(|one| at_stripe.difference(one));
    Ok(unlike.collect())
}

/// Purchases whose payment is known, and memberships and plans whose payment Stripe can be asked for.
async fn known(connection: &Connection) -> anyhow::Result<Vec<Known>> {
    let mut all = Vec::new();
    for purchases in ["purchases", "platform_purchases"] {
        let sql = format!(
            "SELECT payment_intent_id, subscription_id, refunded_cents, dispute, {IS_CONNECTED} \
             FROM {purchases} x \
             WHERE state = 'paid' AND (payment_intent_id IS NOT NULL \
             OR (subscription_id IS NOT NULL AND {IS_CONNECTED}))"
        );
        let read = |row: &sea_orm::QueryResult| {
            let dispute: Option<String> = row.try_get_by(3)?;
            Ok(Known {
                payment: row.try_get_by(0)?,
                subscription: row.try_get_by(1)?,
                back: MoneyBack {
                    refunded: row.try_get_by(2)?,
                    dispute: match dispute.as_deref() {
                        None => None,
                        Some("open") => Some("open"),
                        Some(_) => Some("lost"),
                    },
                },
                is_connected: row.try_get_by(4)?,
            })
        };
        all.extend(connection.rows(&sql, read).await?);
    }
    Ok(all)
}

#[cfg(test)]
mod tests;
