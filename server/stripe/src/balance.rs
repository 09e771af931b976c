//! A customer's balance transactions (Stripe, "Customer Balance Transactions").

use ::stripe::StripeRequest;
use domain::credit::StripeError;
use futures::TryStreamExt;
use stripe_core::{
    CustomerBalanceTransaction,
    customer_balance_transaction::{
        CreateCustomerCustomerBalanceTransaction, ListCustomerCustomerBalanceTransaction,
    },
};
use stripe_types::RangeQueryTs;

use super::{
    BalanceTransaction, Call, LEDGER_KEY, ListedTransaction, NewBalanceTransaction, client::Client,
    convert, ordered::Ordered,
};

/// The most items that Stripe returns in one page of a list.
const PAGE: i64 = 100;

pub async fn post(
    client: &Client,
    customer: &str,
    new: NewBalanceTransaction<'_>,
    idempotency_key: &str,
) -> Call<BalanceTransaction> {
    let request = CreateCustomerCustomerBalanceTransaction::new(
        customer,
        new.amount.cents(),
        convert::currency(new.amount.currency())?,
    )
    .description(new.description)
    .metadata([(LEDGER_KEY.to_owned(), new.ledger_key.to_owned())]);
    let posted = Ordered(request)
        .customize()
        .request_strategy(convert::once(idempotency_key)?)
        .send(client)
        .await;
    let entry = posted.map_err(|error| convert::stripe_error(&error))?;
    convert::balance(&entry).ok_or(StripeError::OutcomeUnknown)
}

/// The transaction that carries our `ledger_key`, among those created at or after `since`.
pub async fn find(
    client: &Client,
    customer: &str,
    ledger_key: &str,
    since: Option<i64>,
) -> Call<Option<BalanceTransaction>> {
    let entries = entries(client, customer, since).await?;
    let ours = entries.iter().filter(|entry| {
        let metadata = entry.metadata.as_ref();
        metadata
            .and_then(|metadata| metadata.get(LEDGER_KEY))
            .map(String::as_str)
            == Some(ledger_key)
    });
    let found = ours.filter_map(convert::balance).next();
    Ok(found.map(|entry| BalanceTransaction {
        ending_balance: None,
        ..entry
    }))
}

/// Every transaction in a currency that a site trades in, newest first.
pub async fn list(client: &Client, customer: &str) -> Call<Vec<ListedTransaction>> {
    let entries = entries(client, customer, None).await?;
    Ok(entries
        .iter()
        .filter_map(convert::listed_transaction)
        .collect())
}

/// How much a Checkout session used, in cents.
pub async fn used(client: &Client, customer: &str, session: &str) -> Call<i64> {
    let entries = entries(client, customer, None).await?;
    let spent = entries.iter().filter(|entry| {
        let of = entry.checkout_session.as_ref();
        of.is_some_and(|of| of.id().as_str() == session)
    });
    Ok(spent.map(|entry| entry.amount).sum())
}

/// Every transaction that was created at or after `since`, newest first.
async fn entries(
    client: &Client,
    customer: &str,
    since: Option<i64>,
) -> Call<Vec<CustomerBalanceTransaction>> {
    let list = ListCustomerCustomerBalanceTransaction::new(customer).limit(PAGE);
    let list = match since {
        Some(since) => list.created(RangeQueryTs::gte(since)),
        None => list,
    };
    let entries: Result<Vec<_>, _> = list.paginate().stream(client).try_collect().await;
    entries.map_err(|error| convert::stripe_error(&error))
}
