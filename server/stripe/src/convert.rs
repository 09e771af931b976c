//! Converts between async-stripe's types and ours. Never log here: their `Debug` prints personal
//! data.

use std::collections::{BTreeMap, HashMap};

use ::stripe::{IdempotencyKey, RequestStrategy, StripeError as ClientError};
use domain::{
    credit::{StripeAmount, StripeError},
    money::Currency,
};
use stripe_checkout::{
    CheckoutSessionMode,
    checkout_session::{
        CreateCheckoutSession, CreateCheckoutSessionCustomerCreation,
        CreateCheckoutSessionDiscounts, CreateCheckoutSessionLineItems,
        CreateCheckoutSessionLineItemsPriceData, CreateCheckoutSessionLineItemsPriceDataRecurring,
        CreateCheckoutSessionLineItemsPriceDataRecurringInterval,
        CreateCheckoutSessionPaymentIntentData, CreateCheckoutSessionShippingAddressCollection,
        CreateCheckoutSessionShippingAddressCollectionAllowedCountries as Country,
        CreateCheckoutSessionSubscriptionData, ProductData,
    },
};
use stripe_types::Expandable;

use super::{
    BalanceTransaction, Billing, Call, CheckoutSession, Customer, LEDGER_KEY, ListedTransaction,
    NewCheckout, OpenCheckout, Payer,
};

/// A single attempt under our own idempotency key, without async-stripe's retries.
pub fn once(key: &str) -> Call<RequestStrategy> {
    let key =
        IdempotencyKey::new(key).map_err(|_| StripeError::Refused("idempotency_key".to_owned()))?;
    Ok(RequestStrategy::Idempotent(key))
}

/// Maps an error to the terms of the rules (`docs/rules.md` 27 and 28).
pub fn stripe_error(error: &ClientError) -> StripeError {
    match error {
        ClientError::Stripe(_, 401 | 403) => StripeError::SecretKeyRejected,
        ClientError::Stripe(_, 409 | 429) => StripeError::NotProcessed,
        ClientError::Stripe(_, 500..) => StripeError::ServerError,
        ClientError::Stripe(error, _) if error.type_.as_str() == "idempotency_error" => {
            StripeError::IdempotencyError
        }
        ClientError::Stripe(error, status) => {
            let code = error.code.as_ref().map(|code| code.as_str().to_owned());
            StripeError::Refused(code.unwrap_or_else(|| format!("HTTP {status}")))
        }
        ClientError::ConfigError(_) => StripeError::Refused("secret key".to_owned()),
        ClientError::Timeout | ClientError::ClientError(_) | ClientError::JSONDeserialize(_) => {
            StripeError::OutcomeUnknown
        }
    }
}

pub fn customer(customer: &stripe_core::Customer) -> Customer {
    Customer {
        id: customer.id.to_string(),
        name: customer.name.clone().unwrap_or_default(),
        email: customer.email.clone().unwrap_or_default(),
        balance_cents: customer.balance.unwrap_or(0),
        currency: customer.currency.as_ref().map(ToString::to_string),
        credits: customer
            .invoice_credit_balance
            .clone()
            .map(|credits| credits.into_iter().collect()),
        metadata: ordered(customer.metadata.clone()),
        created: customer.created,
    }
}

/// Converts a balance transaction. `None` if it is not ours: its currency is not one that a site
/// trades in.
pub fn balance(entry: &stripe_core::CustomerBalanceTransaction) -> Option<BalanceTransaction> {
    let currency = Currency::parse(&entry.currency.to_string())?;
    let amount = StripeAmount::new(entry.amount, currency)?;
    Some(BalanceTransaction {
        id: entry.id.to_string(),
        amount,
        ending_balance: StripeAmount::new(entry.ending_balance, currency),
    })
}

/// Converts a balance transaction that anybody may have made. `None` if no site trades in its
/// currency.
pub fn listed_transaction(
    entry: &stripe_core::CustomerBalanceTransaction,
) -> Option<ListedTransaction> {
    let currency = Currency::parse(&entry.currency.to_string())?;
    let metadata = entry.metadata.as_ref();
    let session = entry.checkout_session.as_ref();
    Some(ListedTransaction {
        id: entry.id.to_string(),
        amount: StripeAmount::new(entry.amount, currency)?,
        ending_balance: StripeAmount::new(entry.ending_balance, currency)?,
        created: entry.created,
        kind: entry.type_.as_str().to_owned(),
        ledger_key: metadata.and_then(|metadata| metadata.get(LEDGER_KEY).cloned()),
        checkout_session: session.map(|session| session.id().to_string()),
    })
}

pub fn checkout_session(session: stripe_checkout::CheckoutSession) -> CheckoutSession {
    let typed = session.customer_details.and_then(|details| details.email);
    CheckoutSession {
        id: session.id.to_string(),
        status: session.status.map(|status| status.as_str().to_owned()),
        payment_status: Some(session.payment_status.as_str().to_owned()),
        customer: session.customer.map(|customer| customer.id().to_string()),
        payment_intent: session.payment_intent.map(|intent| intent.id().to_string()),
        subscription: session
            .subscription
            .map(|subscription| subscription.id().to_string()),
        invoice: session.invoice.and_then(invoice_id),
        amount_total: session.amount_total,
        currency: session.currency.map(|currency| currency.to_string()),
        email: typed.or(session.customer_email),
        created: Some(session.created),
        url: session.url,
        metadata: ordered(session.metadata),
    }
}

/// The id of an invoice; `None` for one that Stripe has not made yet.
pub fn invoice_id(invoice: Expandable<stripe_billing::Invoice>) -> Option<String> {
    invoice.into_id().map(|id| id.to_string())
}

pub fn open_checkout(session: stripe_checkout::CheckoutSession) -> OpenCheckout {
    let metadata = ordered(session.metadata);
    let of = |name| metadata.get(name).cloned();
    OpenCheckout {
        id: session.id.to_string(),
        url: session.url,
        subscribes: session.mode == CheckoutSessionMode::Subscription,
        token: of(CheckoutSession::TOKEN),
        realm: of(CheckoutSession::REALM),
    }
}

fn ordered(metadata: Option<HashMap<String, String>>) -> BTreeMap<String, String> {
    metadata.unwrap_or_default().into_iter().collect()
}

pub fn currency(currency: Currency) -> Call<stripe_types::Currency> {
    currency
        .code()
        .parse()
        .map_err(|_| StripeError::Refused("currency".to_owned()))
}

/// The request that creates a Checkout session.
pub fn checkout_request(new: &NewCheckout) -> Call<CreateCheckoutSession> {
    let metadata: HashMap<_, _> = new.metadata.clone().into_iter().collect();
    let request = CreateCheckoutSession::new()
        .line_items([line_item(new)?])
        .client_reference_id(&new.reference)
        .metadata(metadata.clone())
        .success_url(&new.success_url)
        .cancel_url(&new.cancel_url);
    let request = match &new.discount {
        Some(discount) => {
            let mut lowered = CreateCheckoutSessionDiscounts::new();
            lowered.coupon = Some(discount.coupon.clone());
            request.discounts([lowered])
        }
        None => request,
    };
    let request = match new.expires_at {
        Some(expires_at) => request.expires_at(expires_at),
        None => request,
    };
    let request = match new.ships {
        true => request.shipping_address_collection(
            CreateCheckoutSessionShippingAddressCollection::new([Country::Us, Country::Ca]),
        ),
        false => request,
    };
    let interval = interval(new.billing);
    let known = matches!(new.payer, Payer::Customer(_));
    let request = match &new.payer {
        Payer::Customer(id) => request.customer(id),
        Payer::Anyone => request,
        Payer::Email(email) => request.customer_email(email),
    };
    if interval.is_some() {
        let mut data = CreateCheckoutSessionSubscriptionData::new();
        data.metadata = Some(metadata);
        return Ok(request
            .mode(CheckoutSessionMode::Subscription)
            .subscription_data(data));
    }
    let request = request.mode(CheckoutSessionMode::Payment);
    let request = match known {
        true => request,
        // Payment mode creates no customer by default, and we want to recognize the buyer next
        // time.
        false => request.customer_creation(CreateCheckoutSessionCustomerCreation::Always),
    };
    if !new.price.is_positive() {
        // A free session has no PaymentIntent that could carry metadata.
        return Ok(request);
    }
    let mut data = CreateCheckoutSessionPaymentIntentData::new();
    data.metadata = Some(metadata);
    Ok(request.payment_intent_data(data))
}

/// The billing interval of a subscription; `None` in payment mode.
fn interval(billing: Billing) -> Option<CreateCheckoutSessionLineItemsPriceDataRecurringInterval> {
    match billing {
        Billing::Once => None,
        Billing::Monthly => Some(CreateCheckoutSessionLineItemsPriceDataRecurringInterval::Month),
        Billing::Yearly => Some(CreateCheckoutSessionLineItemsPriceDataRecurringInterval::Year),
    }
}

fn line_item(new: &NewCheckout) -> Call<CreateCheckoutSessionLineItems> {
    let mut price = CreateCheckoutSessionLineItemsPriceData::new(currency(new.price.currency())?);
    price.unit_amount = Some(new.price.cents());
    price.product_data = Some(ProductData::new(&new.name));
    price.recurring =
        interval(new.billing).map(CreateCheckoutSessionLineItemsPriceDataRecurring::new);
    let mut item = CreateCheckoutSessionLineItems::new();
    item.price_data = Some(price);
    item.quantity = Some(1);
    Ok(item)
}
