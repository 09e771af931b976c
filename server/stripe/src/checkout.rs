//! Checkout sessions in our own words: what we ask for, and what Stripe says of one.

use std::collections::BTreeMap;

use domain::{
    money::Money,
    purchase::{CheckoutNews, Terms},
};
use serde::{Deserialize, Serialize};

/// Who pays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Payer {
    /// A customer that Stripe knows.
    Customer(String),
    /// An address; Stripe makes a customer of it.
    Email(String),
    /// Whoever comes; Stripe asks for an address.
    Anyone,
}

/// How often a Checkout session's price is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Billing {
    /// Payment mode.
    Once,
    /// Subscription mode, each month.
    Monthly,
    /// Subscription mode, each year.
    Yearly,
}

/// A Checkout session to be made, for one thing. It is stored before it is sent: under one
/// idempotency key Stripe takes the same parameters alone (Stripe, "Idempotent requests").
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewCheckout {
    /// How often it is paid.
    pub billing: Billing,
    /// What it is called.
    pub name: String,
    /// What it costs.
    pub price: Money,
    /// Who pays.
    pub payer: Payer,
    /// Our random token of the session.
    pub reference: String,
    /// What we need to know when it is paid; Stripe does not copy it to the subscription or payment,
    /// so it is set there too.
    pub metadata: BTreeMap<String, String>,
    /// Where Stripe sends the buyer after paying.
    pub success_url: String,
    /// Where Stripe sends a buyer who turns back.
    pub cancel_url: String,
}

impl NewCheckout {
    /// It is paid from the balance of a customer first, and holds what it would spend of it while its
    /// page is open: a subscription of a customer that Stripe knows (Stripe, "Customer credit balance").
    pub fn spends_balance(&self) -> bool {
        self.billing != Billing::Once && matches!(self.payer, Payer::Customer(_))
    }

    /// What its buyer agrees to; `referral_code` is the metadata under that name.
    pub fn terms(&self) -> Terms {
        Terms {
            name: self.name.clone(),
            price: self.price,
            customer: match &self.payer {
                Payer::Customer(id) => Some(id.clone()),
                Payer::Email(_) | Payer::Anyone => None,
            },
            referral_code: self.metadata.get(CheckoutSession::REFERRAL_CODE).cloned(),
        }
    }
}

/// A Checkout session that waits for its buyer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkout {
    /// `cs_…`.
    pub id: String,
    /// Stripe's page.
    pub url: String,
}

/// A Checkout session that waits for its buyer, as Stripe lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenCheckout {
    /// `cs_…`.
    pub id: String,
    /// Stripe's page.
    pub url: Option<String>,
    /// It sells a subscription, which is paid from the customer's balance first: what it would spend of
    /// it is held while it is open.
    pub subscribes: bool,
    /// Our random token of it, if we made it.
    pub token: Option<String>,
    /// Which site of which installation made it.
    pub realm: Option<String>,
}

/// What Stripe says of a Checkout session, in an event or when it is asked.
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
    /// After discounts, before the customer's balance; in the smallest unit of `currency`.
    pub amount_total: Option<i64>,
    /// `usd`.
    pub currency: Option<String>,
    /// As typed on Stripe's page, else as we gave it.
    pub email: Option<String>,
    /// When it was made, in seconds since the epoch.
    pub created: Option<i64>,
    /// Stripe's page, while it is open.
    pub url: Option<String>,
    /// What we put there.
    pub metadata: BTreeMap<String, String>,
}

impl CheckoutSession {
    /// The metadata under which a session carries our random token of it.
    pub const TOKEN: &str = "token";
    /// The metadata under which a session carries which site of which installation made it.
    pub const REALM: &str = "realm";
    /// The metadata under which a session carries the code of a platform referrer.
    pub const REFERRAL_CODE: &str = "referral_code";

    /// What we put into the metadata under `name`; `None` if nothing, or nothing that we can store:
    /// PostgreSQL text holds no NUL, and nothing that we wrote has one.
    pub fn metadata(&self, name: &str) -> Option<&str> {
        let text = self.metadata.get(name)?;
        (!text.is_empty() && !text.contains('\0')).then_some(text)
    }

    /// What it says of the payment; `None` while the buyer has not finished.
    pub fn news(&self) -> Option<CheckoutNews> {
        CheckoutNews::of_retrieved(self.status.as_deref(), self.payment_status.as_deref())
    }
}
