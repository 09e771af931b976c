//! Checkout sessions: the request that creates one, and what Stripe says about one.

use std::collections::BTreeMap;

use domain::{
    money::Money,
    purchase::{CheckoutEvent, Terms},
};
use serde::{Deserialize, Serialize};

/// The person who pays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Payer {
    /// A customer that exists at Stripe.
    Customer(String),
    /// An e-mail address, for which Stripe creates a customer.
    Email(String),
    /// An unknown buyer; Stripe asks for an e-mail address.
    Anyone,
}

/// How often a Checkout session's price is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Billing {
    /// One payment: payment mode.
    Once,
    /// Monthly: subscription mode.
    Monthly,
    /// Yearly: subscription mode.
    Yearly,
}

/// A Checkout session to create, for one product. It is stored before it is sent, because Stripe
/// accepts an idempotency key only with the same parameters (Stripe, "Idempotent requests").
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewCheckout {
    pub billing: Billing,
    /// The product's name on Stripe's page.
    pub name: String,
    pub price: Money,
    pub payer: Payer,
    /// Our random token of the session.
    pub reference: String,
    /// The data that we need once the session is paid. Stripe does not copy a session's metadata to
    /// its subscription or payment, so we set it there too.
    pub metadata: BTreeMap<String, String>,
    /// Where Stripe sends the buyer after the payment.
    pub success_url: String,
    /// Where Stripe sends a buyer who cancels.
    pub cancel_url: String,
    /// What lowers the price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discount: Option<Discount>,
    /// When the session expires if nobody pays, in seconds since the epoch; `None` for Stripe's
    /// default of 24 hours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<i64>,
    /// The page asks for an address to which the purchase is sent.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ships: bool,
    /// Where both addresses above lead, if the buyer's app asked for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub return_url: Option<String>,
}

/// A credit that lowers the price by way of a coupon for one use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Discount {
    /// The coupon's id: our random token.
    pub coupon: String,
    pub amount: Money,
}

impl NewCheckout {
    /// Whether the customer balance pays first. That is so for a subscription of a known customer,
    /// and the session holds that part of the balance while it is open (Stripe, "Customer credit
    /// balance").
    pub fn spends_balance(&self) -> bool {
        self.billing != Billing::Once && matches!(self.payer, Payer::Customer(_))
    }

    /// The terms that the buyer agrees to; `referral_code` comes from the metadata.
    pub fn terms(&self) -> Terms {
        Terms {
            name: self.name.clone(),
            price: self.price,
            customer: match &self.payer {
                Payer::Customer(id) => Some(id.clone()),
                Payer::Email(_) | Payer::Anyone => None,
            },
            referral_code: self.metadata.get(CheckoutSession::REFERRAL_CODE).cloned(),
            credit: self.discount.as_ref().map(|discount| discount.amount),
            return_url: self.return_url.clone(),
        }
    }
}

/// A created Checkout session, which waits for its buyer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkout {
    /// `cs_…`.
    pub id: String,
    /// The URL of Stripe's page.
    pub url: String,
}

/// An open Checkout session in Stripe's list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenCheckout {
    /// `cs_…`.
    pub id: String,
    /// The URL of Stripe's page.
    pub url: Option<String>,
    /// The session sells a subscription. The customer balance pays first, and the session holds
    /// that part of the balance while it is open.
    pub subscribes: bool,
    /// Our random token of the session; `None` if we did not create it.
    pub token: Option<String>,
    /// The site and installation that created the session.
    pub realm: Option<String>,
}

/// A Checkout session in an event or in Stripe's answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CheckoutSession {
    /// `cs_…`.
    pub id: String,
    /// `open`, `complete` or `expired`.
    pub status: Option<String>,
    /// `paid`, `unpaid` or `no_payment_required`.
    pub payment_status: Option<String>,
    /// `cus_…`.
    pub customer: Option<String>,
    /// `pi_…`.
    pub payment_intent: Option<String>,
    /// `sub_…`.
    pub subscription: Option<String>,
    /// `in_…`: a subscription's first invoice, which leads to its payment.
    pub invoice: Option<String>,
    /// Total after discounts and before the customer balance, in the smallest unit of `currency`.
    pub amount_total: Option<i64>,
    /// Lower case: `usd`.
    pub currency: Option<String>,
    /// The address that the buyer entered on Stripe's page, or else the one that we sent.
    pub email: Option<String>,
    /// When Stripe created it, in seconds since the epoch.
    pub created: Option<i64>,
    /// The URL of Stripe's page while the session is open.
    pub url: Option<String>,
    /// The metadata that we set.
    pub metadata: BTreeMap<String, String>,
}

impl CheckoutSession {
    /// Metadata key of our random token of the session.
    pub const TOKEN: &str = "token";
    /// Metadata key of the site and installation that created the session.
    pub const REALM: &str = "realm";
    /// Metadata key of a platform referrer's code.
    pub const REFERRAL_CODE: &str = "referral_code";

    /// The metadata value under `name`. `None` if it is missing, empty or contains NUL, which
    /// PostgreSQL text cannot hold and which we never write.
    pub fn metadata(&self, name: &str) -> Option<&str> {
        let text = self.metadata.get(name)?;
        (!text.is_empty() && !text.contains('\0')).then_some(text)
    }

    /// What the session says about the payment; `None` while the buyer has not finished.
    pub fn event(&self) -> Option<CheckoutEvent> {
        CheckoutEvent::of_retrieved(self.status.as_deref(), self.payment_status.as_deref())
    }
}
