//! [`StripeGateway`] implemented with async-stripe.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
    time::Duration,
};

use ::stripe::{StripeError as ClientError, StripeRequest};
use async_trait::async_trait;
use domain::{
    credit::StripeError,
    stripe_keys::{AccountAnswer, FoundEndpoint},
};
use futures::TryStreamExt;
use stripe_checkout::{
    CheckoutSessionStatus,
    checkout_session::{ExpireCheckoutSession, ListCheckoutSession, RetrieveCheckoutSession},
};
use stripe_connect::account::RetrieveForMyAccountAccount;
use stripe_core::customer::{
    CreateCustomer, ListCustomer, RetrieveCustomer, RetrieveCustomerReturned, SearchCustomer,
    UpdateCustomer,
};
use stripe_product::coupon::{CreateCoupon, DeleteCoupon};

use super::{
    BalanceTransaction, Call, Checkout, CheckoutSession, CreatedEndpoint, Customer, CustomersPage,
    Dispute, Found, ListedTransaction, NewBalanceTransaction, NewCheckout, NewCoupon, NewCustomer,
    NewPortalConfiguration, NewPortalSession, NewRefund, NewWebhookEndpoint, OpenCheckout, PaidBy,
    Ping, PortalConfiguration, Refund, StripeConnector, StripeGateway, Subscription, balance,
    cards,
    client::{Client, Connections},
    convert,
    ordered::Ordered,
    people, portal, refunds, subscriptions, webhook_endpoints,
};

/// The most items that Stripe returns in one page of a list.
const PAGE: i64 = 100;

/// Opens gateways to the API at one base URL, over the same connections.
pub struct AsyncStripe {
    base: String,
    patience: Duration,
    connections: Connections,
}

impl AsyncStripe {
    /// `base` is the API's root URL, with or without a slash at its end. `patience` limits each call.
    pub fn new(base: &str, patience: Duration) -> Self {
        Self {
            base: base.to_owned(),
            patience,
            connections: Connections::new(),
        }
    }
}

impl StripeConnector for AsyncStripe {
    fn open(&self, secret_key: &str) -> Call<Arc<dyn StripeGateway>> {
        let connections = self.connections.clone();
        let client = Client::new(connections, &self.base, secret_key, self.patience);
        let client = client.map_err(|_| StripeError::Refused("secret key".to_owned()))?;
        Ok(Arc::new(Gateway(client)))
    }
}

struct Gateway(Client);

/// A text of a search query (Stripe, "Search query language").
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

impl Gateway {
    /// The first hundred customers that Stripe's search finds.
    async fn search_customers(&self, query: String) -> Call<Vec<Customer>> {
        let search = SearchCustomer::new(query).limit(PAGE);
        let found = search.send(&self.0).await;
        found
            .map(|found| found.data.iter().map(convert::customer).collect())
            .map_err(|error| convert::stripe_error(&error))
    }
}

#[async_trait]
impl StripeGateway for Gateway {
    async fn ping(&self) -> Call<Ping> {
        match ListCustomer::new().limit(1).send(&self.0).await {
            Ok(_) => Ok(Ping::Answered),
            Err(ClientError::Stripe(_, 401)) => Ok(Ping::WrongKey),
            Err(ClientError::Stripe(_, 403)) => Ok(Ping::NotAllowed),
            Err(error) => Err(convert::stripe_error(&error)),
        }
    }

    async fn account(&self) -> AccountAnswer {
        match RetrieveForMyAccountAccount::new().send(&self.0).await {
            Ok(account) => AccountAnswer::Account(account.id.to_string()),
            Err(ClientError::Stripe(_, 401)) => AccountAnswer::WrongKey,
            Err(ClientError::Stripe(_, 403)) => AccountAnswer::MayNotAsk,
            Err(_) => AccountAnswer::Unanswered,
        }
    }

    async fn add_metadata(&self, customer: &str, metadata: BTreeMap<String, String>) -> Call<bool> {
        let metadata: HashMap<_, _> = metadata.into_iter().collect();
        let update = UpdateCustomer::new(customer).metadata(metadata);
        match update.send(&self.0).await {
            Ok(_) => Ok(true),
            Err(ClientError::Stripe(_, 404)) => Ok(false),
            Err(error) => Err(convert::stripe_error(&error)),
        }
    }

    async fn set_email(&self, customer: &str, email: &str) -> Call<bool> {
        let update = UpdateCustomer::new(customer).email(email);
        match update.send(&self.0).await {
            Ok(_) => Ok(true),
            Err(ClientError::Stripe(_, 404)) => Ok(false),
            Err(error) => Err(convert::stripe_error(&error)),
        }
    }

    async fn forget_person(&self, customer: &str, name: &str) -> Call<bool> {
        people::forget(&self.0, customer, name).await
    }

    async fn cancel_subscription(&self, subscription: &str) -> Call<bool> {
        people::cancel_subscription(&self.0, subscription).await
    }

    async fn customer(&self, id: &str) -> Call<Found> {
        let retrieve = RetrieveCustomer::new(id).expand(["invoice_credit_balance".to_owned()]);
        match retrieve.send(&self.0).await {
            Ok(RetrieveCustomerReturned::Customer(customer)) => {
                Ok(Found::Customer(convert::customer(&customer)))
            }
            Ok(RetrieveCustomerReturned::DeletedCustomer(_)) => Ok(Found::Deleted),
            Err(ClientError::Stripe(_, 404)) => Ok(Found::Unknown),
            Err(error) => Err(convert::stripe_error(&error)),
        }
    }

    async fn customers_page(&self, after: Option<&str>) -> Call<CustomersPage> {
        let list = ListCustomer::new()
            .limit(PAGE)
            .expand(["data.invoice_credit_balance".to_owned()]);
        let list = match after {
            Some(after) => list.starting_after(after),
            None => list,
        };
        let page = list
            .send(&self.0)
            .await
            .map_err(|error| convert::stripe_error(&error))?;
        let customers: Vec<_> = page.data.iter().map(convert::customer).collect();
        let last = customers.last().filter(|_| page.has_more);
        let next = last.map(|customer| customer.id.clone());
        Ok(CustomersPage { customers, next })
    }

    async fn customers_by_email(&self, email: &str) -> Call<Vec<Customer>> {
        let list = ListCustomer::new().email(email).limit(PAGE);
        let found: Result<Vec<_>, _> = list.paginate().stream(&self.0).try_collect().await;
        let found = found.map_err(|error| convert::stripe_error(&error))?;
        Ok(found.iter().map(convert::customer).collect())
    }

    async fn search_customers_by_email(&self, email: &str) -> Call<Vec<Customer>> {
        self.search_customers(format!("email:{}", quoted(email)))
            .await
    }

    async fn search_customers_by_metadata(
        &self,
        metadata: &BTreeMap<String, String>,
    ) -> Call<Vec<Customer>> {
        let clauses = metadata
            .iter()
            .map(|(name, text)| format!("metadata[{}]:{}", quoted(name), quoted(text)));
        let clauses: Vec<_> = clauses.collect();
        self.search_customers(clauses.join(" AND ")).await
    }

    async fn create_customer(&self, new: NewCustomer<'_>, idempotency_key: &str) -> Call<Customer> {
        let request = CreateCustomer::new()
            .name(new.name)
            .metadata(new.metadata.into_iter().collect::<HashMap<_, _>>());
        let request = match new.email {
            Some(email) => request.email(email),
            None => request,
        };
        let customer = Ordered(request)
            .customize()
            .request_strategy(convert::once(idempotency_key)?)
            .send(&self.0)
            .await;
        customer
            .map(|customer| convert::customer(&customer))
            .map_err(|error| convert::stripe_error(&error))
    }

    async fn post_balance(
        &self,
        customer: &str,
        new: NewBalanceTransaction<'_>,
        idempotency_key: &str,
    ) -> Call<BalanceTransaction> {
        balance::post(&self.0, customer, new, idempotency_key).await
    }

    async fn find_balance(
        &self,
        customer: &str,
        ledger_key: &str,
        since: Option<i64>,
    ) -> Call<Option<BalanceTransaction>> {
        balance::find(&self.0, customer, ledger_key, since).await
    }

    async fn balance_transactions(&self, customer: &str) -> Call<Vec<ListedTransaction>> {
        balance::list(&self.0, customer).await
    }

    async fn credit_used(&self, customer: &str, session: &str) -> Call<i64> {
        balance::used(&self.0, customer, session).await
    }

    async fn create_coupon(&self, new: NewCoupon<'_>) -> Call<()> {
        let request = CreateCoupon::new()
            .id(new.id)
            .name(new.name)
            .amount_off(new.amount.cents())
            .currency(convert::currency(new.amount.currency())?)
            .max_redemptions(1)
            .redeem_by(new.redeem_by);
        match request.send(&self.0).await {
            Ok(_) => Ok(()),
            Err(error) => match convert::stripe_error(&error) {
                StripeError::Refused(code) if code == "resource_already_exists" => Ok(()),
                error => Err(error),
            },
        }
    }

    async fn delete_coupon(&self, id: &str) -> Call<()> {
        match DeleteCoupon::new(id).send(&self.0).await {
            Ok(_) | Err(ClientError::Stripe(_, 404)) => Ok(()),
            Err(error) => Err(convert::stripe_error(&error)),
        }
    }

    async fn create_checkout(&self, new: &NewCheckout, idempotency_key: &str) -> Call<Checkout> {
        let request = convert::checkout_request(new)?;
        let session = Ordered(request)
            .customize()
            .request_strategy(convert::once(idempotency_key)?)
            .send(&self.0)
            .await;
        let session = session.map_err(|error| convert::stripe_error(&error))?;
        let url = session.url.ok_or(StripeError::OutcomeUnknown)?;
        Ok(Checkout {
            id: session.id.to_string(),
            url,
        })
    }

    async fn checkout(&self, session: &str) -> Call<Option<CheckoutSession>> {
        match RetrieveCheckoutSession::new(session).send(&self.0).await {
            Ok(session) => Ok(Some(convert::checkout_session(session))),
            Err(ClientError::Stripe(_, 404)) => Ok(None),
            Err(error) => Err(convert::stripe_error(&error)),
        }
    }

    async fn open_checkouts(&self, customer: &str) -> Call<Vec<OpenCheckout>> {
        // We keep at most one session open for a customer, so one page is enough.
        let list = ListCheckoutSession::new()
            .customer(customer)
            .status(CheckoutSessionStatus::Open)
            .limit(PAGE);
        let page = list.send(&self.0).await;
        let page = page.map_err(|error| convert::stripe_error(&error))?;
        Ok(page.data.into_iter().map(convert::open_checkout).collect())
    }

    async fn webhook_endpoints(&self) -> Call<Vec<FoundEndpoint>> {
        webhook_endpoints::list(&self.0).await
    }

    async fn create_webhook_endpoint(&self, new: NewWebhookEndpoint<'_>) -> Call<CreatedEndpoint> {
        webhook_endpoints::create(&self.0, new).await
    }

    async fn update_webhook_endpoint(&self, id: &str) -> Call<bool> {
        webhook_endpoints::update(&self.0, id).await
    }

    async fn delete_webhook_endpoint(&self, id: &str) -> Call<()> {
        webhook_endpoints::delete(&self.0, id).await
    }

    async fn expire_checkout(&self, session: &str) -> Call<CheckoutSession> {
        let expired = ExpireCheckoutSession::new(session).send(&self.0).await;
        expired
            .map(convert::checkout_session)
            .map_err(|error| convert::stripe_error(&error))
    }

    async fn create_refund(&self, new: NewRefund<'_>, idempotency_key: &str) -> Call<Refund> {
        refunds::create(&self.0, new, idempotency_key).await
    }

    async fn refunds_of(&self, payment_intent: &str) -> Call<Vec<Refund>> {
        refunds::of(&self.0, payment_intent).await
    }

    async fn disputes_of(&self, payment_intent: &str) -> Call<Vec<Dispute>> {
        refunds::disputes_of(&self.0, payment_intent).await
    }

    async fn refunds_since(&self, since: i64) -> Call<Vec<Refund>> {
        refunds::since(&self.0, since).await
    }

    async fn disputes_since(&self, since: i64) -> Call<Vec<Dispute>> {
        refunds::disputes_since(&self.0, since).await
    }

    async fn card_of(&self, payment_intent: &str) -> Call<Option<String>> {
        cards::of(&self.0, payment_intent).await
    }

    async fn invoice_paid_by(&self, invoice: &str) -> Call<PaidBy> {
        refunds::paid_by(&self.0, invoice).await
    }

    async fn subscription(&self, id: &str) -> Call<Option<Subscription>> {
        subscriptions::retrieve(&self.0, id).await
    }

    async fn set_cancel_at_period_end(&self, subscription: &str, cancel: bool) -> Call<bool> {
        subscriptions::set_cancel_at_period_end(&self.0, subscription, cancel).await
    }

    async fn create_portal_configuration(
        &self,
        new: NewPortalConfiguration<'_>,
        idempotency_key: &str,
    ) -> Call<PortalConfiguration> {
        portal::configure(&self.0, new, idempotency_key).await
    }

    async fn portal_configuration(&self, id: &str) -> Call<Option<PortalConfiguration>> {
        portal::retrieve(&self.0, id).await
    }

    async fn create_portal_session(&self, new: NewPortalSession<'_>) -> Call<String> {
        portal::visit(&self.0, new).await
    }
}
