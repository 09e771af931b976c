//! The calls that we make to Stripe, as a trait of our own types; async-stripe is one
//! implementation.

mod async_stripe;
mod balance;
mod cards;
mod checkout;
mod client;
mod convert;
mod cut_off;
mod event;
mod ordered;
mod people;
mod portal;
mod refunds;
pub mod signature;
mod subscriptions;
mod webhook_endpoints;

use std::{collections::BTreeMap, sync::Arc};

use async_trait::async_trait;
use domain::{
    credit::{StripeAmount, StripeError},
    foreign_amount::ForeignAmount,
    money::{Currency, Money},
    stripe_keys::{AccountAnswer, FoundEndpoint},
};

pub use async_stripe::AsyncStripe;
pub use checkout::{
    Billing, Checkout, CheckoutSession, Discount, NewCheckout, OpenCheckout, Payer,
};
pub use cut_off::CutOff;
pub use event::Event;
pub use portal::{NewPortalConfiguration, NewPortalSession, PortalConfiguration};
pub use refunds::{Dispute, NewRefund, PaidBy, REFUND_TOKEN, Refund, RefundedCharge};
pub use subscriptions::{Invoice, Subscription};
pub use webhook_endpoints::{CreatedEndpoint, NewWebhookEndpoint};

/// The result of a call to Stripe; the error is in the terms of the rules.
pub type Call<T> = Result<T, StripeError>;

/// Opens a gateway for an account's secret key.
pub trait StripeConnector: Send + Sync {
    /// A gateway that acts for the account of `secret_key`.
    ///
    /// # Errors
    /// [`StripeError::Refused`] if the key cannot be sent in an HTTP header; [`StripeError::NotConnected`] if
    /// this server must not call Stripe.
    fn open(&self, secret_key: &str) -> Call<Arc<dyn StripeGateway>>;
}

/// A customer of a Stripe account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Customer {
    /// `cus_…`.
    pub id: String,
    /// Empty if the customer has none.
    pub name: String,
    /// Empty if the customer has none.
    pub email: String,
    /// The balance in cents with Stripe's sign, in `currency`.
    pub balance_cents: i64,
    /// Stripe's code for the balance's currency; `None` if the customer never had a balance.
    pub currency: Option<String>,
    /// The credit of each currency in cents, above zero in the customer's favor
    /// (`invoice_credit_balance`); `None` where Stripe was not asked for it.
    pub credits: Option<BTreeMap<String, i64>>,
    /// Contains our ids if we created the customer.
    pub metadata: BTreeMap<String, String>,
    /// When Stripe created the customer, in seconds since the epoch.
    pub created: i64,
}

impl Customer {
    /// The credit in `currency`, above zero in the customer's favor. Stripe keeps one balance for
    /// each currency.
    pub fn credit_in(&self, currency: Currency) -> Money {
        let ours = |code: &str| Currency::parse(code) == Some(currency);
        let cents = match &self.credits {
            Some(credits) => credits
                .iter()
                .find(|(code, _)| ours(code))
                .map(|(_, cents)| *cents),
            None => self.currency.as_deref().filter(|code| ours(code)).map(|_| {
                // Stripe's sign is the opposite one here.
                self.balance_cents.saturating_neg()
            }),
        };
        Money::new(cents.unwrap_or(0), currency)
    }

    /// The credit in every other currency than `currency`, also in those that no site trades in.
    pub fn credits_beside(&self, currency: Currency) -> Vec<ForeignAmount> {
        let others = self.credits.iter().flatten();
        let others = others
            .filter(|(code, cents)| **cents > 0 && Currency::parse(code) != Some(currency))
            .filter_map(|(code, cents)| ForeignAmount::new(*cents, code));
        others.collect()
    }
}

/// A page of an account's customers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CustomersPage {
    /// Newest first, each with its credit in each currency. Stripe leaves deleted ones out.
    pub customers: Vec<Customer>,
    /// The id after which the next page begins; `None` after the last page.
    pub next: Option<String>,
}

/// A customer to create.
pub struct NewCustomer<'a> {
    /// `None` for an address that Stripe refuses.
    pub email: Option<&'a str>,
    /// Full name.
    pub name: &'a str,
    /// Our ids, by which we find the customer again.
    pub metadata: BTreeMap<String, String>,
}

/// A balance transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BalanceTransaction {
    /// `cbtxn_…`.
    pub id: String,
    /// The change of the balance.
    pub amount: StripeAmount,
    /// The balance after this transaction; `None` where later transactions may have followed.
    pub ending_balance: Option<StripeAmount>,
}

/// A balance transaction in Stripe's list, whoever made it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedTransaction {
    /// `cbtxn_…`.
    pub id: String,
    /// The change of the balance.
    pub amount: StripeAmount,
    /// The balance of that currency afterwards.
    pub ending_balance: StripeAmount,
    /// When Stripe made it, in seconds since the epoch.
    pub created: i64,
    /// Stripe's `type`: `adjustment`, `applied_to_invoice`, ….
    pub kind: String,
    /// The key of our ledger row, if we posted it.
    pub ledger_key: Option<String>,
    /// `cs_…`: the Checkout session that took it or gave it back.
    pub checkout_session: Option<String>,
}

/// What an account says about a customer id.
pub enum Found {
    /// The customer exists.
    Customer(Customer),
    /// The customer was deleted.
    Deleted,
    /// The account never had the customer, or its test data was deleted.
    Unknown,
}

impl Found {
    /// The customer, unless it was deleted or is unknown.
    pub fn living(self) -> Option<Customer> {
        match self {
            Self::Customer(customer) => Some(customer),
            Self::Deleted | Self::Unknown => None,
        }
    }
}

/// A balance transaction to post.
pub struct NewBalanceTransaction<'a> {
    /// The change of the balance.
    pub amount: StripeAmount,
    /// The description at Stripe.
    pub description: &'a str,
    /// The key of our ledger row, stored under [`LEDGER_KEY`] so that we can find the transaction
    /// again.
    pub ledger_key: &'a str,
}

/// The metadata key under which a balance transaction carries the key of our ledger row.
pub const LEDGER_KEY: &str = "ledger_key";

/// A coupon to create: it lowers the price of one purchase by a fixed amount.
pub struct NewCoupon<'a> {
    /// Our random token: the coupon's id at Stripe, so that it is created once.
    pub id: &'a str,
    pub amount: Money,
    /// The words beside the amount on Stripe's page.
    pub name: &'a str,
    /// The last moment at which it can be used, in seconds since the epoch.
    pub redeem_by: i64,
}

/// What Stripe says about a secret key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ping {
    /// The key works.
    Answered,
    /// No account has this key.
    WrongKey,
    /// The key is restricted and may not read customers.
    NotAllowed,
}

/// The calls that we make to one Stripe account. Each makes a single attempt within a timeout.
#[async_trait]
pub trait StripeGateway: Send + Sync {
    /// Makes a harmless read to see whether the secret key works.
    async fn ping(&self) -> Call<Ping>;
    /// The account of the secret key. Never an error: when Stripe does not say, that is one of the
    /// answers.
    async fn account(&self) -> AccountAnswer;
    /// Adds `metadata` to a customer's; `false` if the account has no such customer.
    async fn add_metadata(&self, customer: &str, metadata: BTreeMap<String, String>) -> Call<bool>;
    /// Changes a customer's address; `false` if the account has no such customer.
    async fn set_email(&self, customer: &str, email: &str) -> Call<bool>;
    /// Takes everything that tells a person off a customer, and calls it `name`; balance and metadata stay.
    /// `false` if the account has no such customer.
    async fn forget_person(&self, customer: &str, name: &str) -> Call<bool>;
    /// Cancels a subscription at once, without an invoice; `false` if the account has no such
    /// subscription, or it was canceled before.
    async fn cancel_subscription(&self, subscription: &str) -> Call<bool>;
    /// Retrieves a customer, with its credit in each currency.
    async fn customer(&self, id: &str) -> Call<Found>;
    /// The account's customers, a hundred at a time, after the one with the id `after`.
    async fn customers_page(&self, after: Option<&str>) -> Call<CustomersPage>;
    /// The customers with exactly this address, newest first; Stripe allows several with the same
    /// address.
    async fn customers_by_email(&self, email: &str) -> Call<Vec<Customer>>;
    /// The customers with this address in any letters' case, newest first. Stripe's search may not
    /// know one of the last minute yet.
    async fn search_customers_by_email(&self, email: &str) -> Call<Vec<Customer>>;
    /// The customers with all of this metadata, newest first. Stripe's search may not know one of the
    /// last minute yet.
    async fn search_customers_by_metadata(
        &self,
        metadata: &BTreeMap<String, String>,
    ) -> Call<Vec<Customer>>;
    /// Creates a customer, once per `idempotency_key`.
    async fn create_customer(&self, new: NewCustomer<'_>, idempotency_key: &str) -> Call<Customer>;
    /// Posts a balance transaction, once per `idempotency_key`.
    async fn post_balance(
        &self,
        customer: &str,
        new: NewBalanceTransaction<'_>,
        idempotency_key: &str,
    ) -> Call<BalanceTransaction>;
    /// The balance transaction that carries our `ledger_key`, if the customer has one. Transactions
    /// created before `since` (seconds since the epoch) are not read.
    async fn find_balance(
        &self,
        customer: &str,
        ledger_key: &str,
        since: Option<i64>,
    ) -> Call<Option<BalanceTransaction>>;
    /// Every balance transaction of the customer in a currency that a site trades in, newest first.
    async fn balance_transactions(&self, customer: &str) -> Call<Vec<ListedTransaction>>;
    /// How much of the customer's balance a Checkout session used, in cents.
    async fn credit_used(&self, customer: &str, session: &str) -> Call<i64>;
    /// Creates a coupon for one use. One that exists under this id counts as created.
    async fn create_coupon(&self, new: NewCoupon<'_>) -> Call<()>;
    /// Deletes a coupon. One that does not exist counts as deleted.
    async fn delete_coupon(&self, id: &str) -> Call<()>;
    /// Creates a Checkout session, once per `idempotency_key`.
    async fn create_checkout(&self, new: &NewCheckout, idempotency_key: &str) -> Call<Checkout>;
    /// Retrieves a Checkout session; `None` if the account has no such session.
    async fn checkout(&self, session: &str) -> Call<Option<CheckoutSession>>;
    /// The customer's open Checkout sessions, including those that others created.
    async fn open_checkouts(&self, customer: &str) -> Call<Vec<OpenCheckout>>;
    /// The account's webhook endpoints, in the key's mode.
    async fn webhook_endpoints(&self) -> Call<Vec<FoundEndpoint>>;
    /// Creates a webhook endpoint. One whose answer is lost is replaced by the next.
    async fn create_webhook_endpoint(&self, new: NewWebhookEndpoint<'_>) -> Call<CreatedEndpoint>;
    /// Has a webhook endpoint send the events that we handle now; `false` if the account has no such
    /// endpoint.
    async fn update_webhook_endpoint(&self, id: &str) -> Call<bool>;
    /// Deletes a webhook endpoint. One that does not exist counts as deleted.
    async fn delete_webhook_endpoint(&self, id: &str) -> Call<()>;
    /// Expires a Checkout session, which closes its page and releases the balance that it holds.
    ///
    /// Stripe refuses if the session is no longer open.
    async fn expire_checkout(&self, session: &str) -> Call<CheckoutSession>;
    /// Refunds a part of a payment, once per `idempotency_key`. The answer may say `pending` or
    /// `failed`.
    ///
    /// Stripe refuses more than is left of the payment, and a payment that is disputed.
    async fn create_refund(&self, new: NewRefund<'_>, idempotency_key: &str) -> Call<Refund>;
    /// Every refund of a payment, newest first, whoever made it.
    async fn refunds_of(&self, payment_intent: &str) -> Call<Vec<Refund>>;
    /// Every dispute of a payment, newest first, inquiries too.
    async fn disputes_of(&self, payment_intent: &str) -> Call<Vec<Dispute>>;
    /// Every refund of the account that was made at or after `since` (seconds since the epoch), newest first,
    /// whoever made it.
    async fn refunds_since(&self, since: i64) -> Call<Vec<Refund>>;
    /// Every dispute of the account that was opened at or after `since` (seconds since the epoch), newest
    /// first, inquiries too.
    async fn disputes_since(&self, since: i64) -> Call<Vec<Dispute>>;
    /// Stripe's fingerprint of the card that paid; `None` if no card did. One account sees the same card as the
    /// same fingerprint.
    async fn card_of(&self, payment_intent: &str) -> Call<Option<String>>;
    /// What paid a subscription's invoice.
    async fn invoice_paid_by(&self, invoice: &str) -> Call<PaidBy>;
    /// Retrieves a subscription; `None` if the account has no such subscription.
    async fn subscription(&self, id: &str) -> Call<Option<Subscription>>;
    /// Sets whether a subscription ends when what was paid for ends; `false` if the account has no
    /// such subscription, or it ended before.
    async fn set_cancel_at_period_end(&self, subscription: &str, cancel: bool) -> Call<bool>;
    /// Creates a configuration of the billing portal, once per `idempotency_key`.
    async fn create_portal_configuration(
        &self,
        new: NewPortalConfiguration<'_>,
        idempotency_key: &str,
    ) -> Call<PortalConfiguration>;
    /// Retrieves a configuration of the billing portal; `None` if the account has no such one.
    async fn portal_configuration(&self, id: &str) -> Call<Option<PortalConfiguration>>;
    /// Creates a visit to the billing portal and returns its address. Whoever has the address acts
    /// as the customer: redirect to it at once, and never log or store it.
    async fn create_portal_session(&self, new: NewPortalSession<'_>) -> Call<String>;
}
