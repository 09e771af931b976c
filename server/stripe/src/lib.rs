//! Our own words for what we ask of Stripe. async-stripe stays behind this trait.

mod async_stripe;
mod checkout;
mod convert;
mod cut_off;
mod event;
mod ordered;
pub mod signature;

use std::{collections::BTreeMap, sync::Arc};

use async_trait::async_trait;
use domain::{
    credit::{Fault, StripeAmount},
    money::Money,
    stripe_keys::AccountAsked,
};

pub use async_stripe::AsyncStripe;
pub use checkout::{Billing, Checkout, CheckoutSession, NewCheckout, OpenCheckout, Payer};
pub use cut_off::CutOff;
pub use event::Event;

/// What a call to Stripe answers: the thing, or what went wrong in the terms of the rules.
pub type Call<T> = Result<T, Fault>;

/// Opens a gateway for the secret key of an account.
pub trait StripeConnector: Send + Sync {
    /// A gateway that acts as the owner of `secret_key`.
    ///
    /// # Errors
    /// [`Fault::Refused`] if the key cannot even be sent.
    fn open(&self, secret_key: &str) -> Call<Arc<dyn StripeGateway>>;
}

/// A customer of a Stripe account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Customer {
    /// `cus_…`.
    pub id: String,
    /// The balance, in cents with Stripe's sign; of which currency says `currency`.
    pub balance_cents: i64,
    /// Stripe's word for the currency of the balance; `None`: there was never one.
    pub currency: Option<String>,
    /// Our ids, if we made it.
    pub metadata: BTreeMap<String, String>,
    /// When it was made, in seconds since the epoch.
    pub created: i64,
}

/// A customer to be made.
pub struct NewCustomer<'a> {
    /// E-mail address.
    pub email: &'a str,
    /// Full name.
    pub name: &'a str,
    /// Our ids.
    pub metadata: BTreeMap<String, String>,
}

/// An entry of a customer's balance that gave the customer a credit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BalanceTransaction {
    /// `cbtxn_…`.
    pub id: String,
    /// How much the balance changed by.
    pub amount: StripeAmount,
    /// How much it gave: more than nothing.
    pub given: Money,
    /// The balance after it; `None` where others may have followed.
    pub ending_balance: Option<StripeAmount>,
}

/// What an account says of a customer's id.
pub enum Found {
    /// It lives.
    Customer(Customer),
    /// It was deleted.
    Deleted,
    /// The account never had it, or forgot it with its other test data.
    Unknown,
}

impl Found {
    /// The customer, if it lives.
    pub fn living(self) -> Option<Customer> {
        match self {
            Self::Customer(customer) => Some(customer),
            Self::Deleted | Self::Unknown => None,
        }
    }
}

/// A balance entry to be posted.
pub struct NewBalanceTransaction<'a> {
    /// How much the balance is to change by.
    pub amount: StripeAmount,
    /// What Stripe shows.
    pub description: &'a str,
    /// Our ledger key, under [`LEDGER_KEY`], so that the entry can be found again.
    pub ledger_key: &'a str,
}

/// The metadata key under which a balance entry carries our ledger key.
pub const LEDGER_KEY: &str = "ledger_key";

/// What Stripe says to a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ping {
    /// It works.
    Answered,
    /// No account has it.
    WrongKey,
    /// It is restricted, and may not read customers.
    NotAllowed,
}

/// What we ask of one Stripe account. Each call makes one attempt, within a time-out.
#[async_trait]
pub trait StripeGateway: Send + Sync {
    /// Asks something harmless, to see whether the key works.
    async fn ping(&self) -> Call<Ping>;
    /// The account of the key. Never an error: that Stripe does not say it is an answer.
    async fn account(&self) -> AccountAsked;
    /// Adds `metadata` to a customer's; `false` if the account has no such customer that lives.
    async fn add_metadata(&self, customer: &str, metadata: BTreeMap<String, String>) -> Call<bool>;
    /// The customer, if it lives.
    async fn customer(&self, id: &str) -> Call<Found>;
    /// The customers with exactly this address, newest first; Stripe takes many with one.
    async fn customers_by_email(&self, email: &str) -> Call<Vec<Customer>>;
    /// Makes a customer, once for each `idempotency_key`.
    async fn create_customer(&self, new: NewCustomer<'_>, idempotency_key: &str) -> Call<Customer>;
    /// Posts a balance entry, once for each `idempotency_key`.
    async fn post_balance(
        &self,
        customer: &str,
        new: NewBalanceTransaction<'_>,
        idempotency_key: &str,
    ) -> Call<BalanceTransaction>;
    /// The credit that carries our `ledger_key`, if the customer has it; entries made before `since`
    /// (seconds since the epoch) are not read.
    async fn find_balance(
        &self,
        customer: &str,
        ledger_key: &str,
        since: Option<i64>,
    ) -> Call<Option<BalanceTransaction>>;
    /// How much of the customer's balance a Checkout session spent, in cents.
    async fn credit_used(&self, customer: &str, session: &str) -> Call<i64>;
    /// Makes a Checkout session, once for each `idempotency_key`.
    async fn create_checkout(&self, new: &NewCheckout, idempotency_key: &str) -> Call<Checkout>;
    /// What became of a Checkout session; `None`: the account has no such session.
    async fn checkout(&self, session: &str) -> Call<Option<CheckoutSession>>;
    /// The customer's open Checkout sessions, whoever made them.
    async fn open_checkouts(&self, customer: &str) -> Call<Vec<OpenCheckout>>;
    /// Expires a Checkout session: its page closes, and what it holds of a balance is given back.
    ///
    /// Stripe refuses where the session is not open any more.
    async fn expire_checkout(&self, session: &str) -> Call<CheckoutSession>;
}
