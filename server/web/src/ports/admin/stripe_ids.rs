//! Ids at Stripe, with their pages of Stripe's dashboard.

use app::types::admin::{StoryFact, StripeId};
use domain::stripe_keys::{StripeMode, dashboard_url};
use sea_orm::DbErr;
use store::{
    Reader, StripeAccountId, stripe_accounts,
    stripe_customers::{self, HolderId},
};

/// The facts that are known, each with its page of the dashboard in this mode if it is an id. `customer` is
/// whose balance transactions they name.
pub fn facts<const N: usize>(
    facts: [(&str, Option<String>); N],
    mode: Option<StripeMode>,
    customer: Option<&str>,
) -> Vec<StoryFact> {
    let fact = |(name, value): (&str, Option<String>)| {
        let value = value?;
        Some(StoryFact {
            name: name.to_owned(),
            dashboard: mode.and_then(|mode| dashboard_url(&value, mode, customer)),
            value,
        })
    };
    facts.into_iter().filter_map(fact).collect()
}

/// The ids of a purchase.
#[derive(Default)]
pub struct OfPurchase {
    /// `cs_…`.
    pub session: Option<String>,
    /// `pi_…`.
    pub payment: Option<String>,
    /// `sub_…`.
    pub subscription: Option<String>,
    /// `in_…`.
    pub invoice: Option<String>,
}

impl OfPurchase {
    /// Those that are known, of a purchase in this mode.
    pub fn facts(self, mode: Option<StripeMode>) -> Vec<StoryFact> {
        let ids = [
            ("Checkout session", self.session),
            ("PaymentIntent", self.payment),
            ("Subscription", self.subscription),
            ("Invoice", self.invoice),
        ];
        facts(ids, mode, None)
    }
}

/// A customer at an account in this mode.
pub fn customer(id: String, mode: Option<StripeMode>) -> StripeId {
    StripeId {
        dashboard: mode.and_then(|mode| dashboard_url(&id, mode, None)),
        id,
    }
}

/// The holder's customer at this account; `None` if there is none.
///
/// # Errors
/// If the database fails.
pub async fn customer_of(
    db: &Reader,
    account: Option<StripeAccountId>,
    holder: HolderId,
) -> Result<Option<StripeId>, DbErr> {
    let Some(account) = account else {
        return Ok(None);
    };
    let row = stripe_customers::get(db, account, holder).await?;
    let Some(id) = row.and_then(|row| row.customer_id) else {
        return Ok(None);
    };
    let mode = stripe_accounts::mode_of(db, Some(account)).await?;
    Ok(Some(customer(id, mode)))
}
