//! Which payment of Stripe's paid for a purchase, and the key under which it can be asked about.

use domain::credit::StripeError;
use store::{
    Scope, StripeAccountId,
    paid::{self, PaidRow},
    platform_settings, sites, stripe_accounts,
};
use stripe_gateway::PaidBy;

use crate::{
    Engine,
    stripe_customers::{Connection, StepError, connection_to},
};

/// The connection to the account that took the payment. Where the same Stripe account was connected again,
/// it is the present connection, whose key works.
///
/// # Errors
/// The error of Stripe or of the database.
pub async fn connection_for(engine: &Engine, row: &PaidRow) -> Result<Connection, StepError> {
    let account = row.account().ok_or(StripeError::NotConnected)?;
    if let Some(present) = present_account(engine, row).await?
        && present != account
        && is_same(engine, present, account).await?
    {
        return connection_to(engine, present).await;
    }
    connection_to(engine, account).await
}

async fn present_account(
    engine: &Engine,
    row: &PaidRow,
) -> Result<Option<StripeAccountId>, StepError> {
    let db = engine.db.reader();
    Ok(match row.scope() {
        Scope::Site(site_id) => {
            let site = sites::by_id(db, site_id).await?;
            site.and_then(|site| site.row.stripe_account_id)
        }
        Scope::Platform => platform_settings::get(db).await?.stripe_account_id,
    })
}

/// Whether both are connections of one Stripe account in one mode.
async fn is_same(
    engine: &Engine,
    one: StripeAccountId,
    other: StripeAccountId,
) -> Result<bool, StepError> {
    let db = engine.db.reader();
    let rows = (
        stripe_accounts::row(db, one).await?,
        stripe_accounts::row(db, other).await?,
    );
    let (Some(one), Some(other)) = rows else {
        return Ok(false);
    };
    let named = one.stripe_account.is_some() && one.stripe_account == other.stripe_account;
    Ok(named && one.livemode == other.livemode)
}

/// The payment (`pi_…`) of a purchase, which is stored once it is known. A subscription's is found by its
/// Checkout session and first invoice (Stripe, "Invoice payments").
///
/// # Errors
/// The error of Stripe or of the database.
pub async fn learn(
    engine: &Engine,
    connection: &Connection,
    row: &PaidRow,
) -> Result<PaidBy, StepError> {
    if let Some(known) = row.payment_intent() {
        return Ok(PaidBy::PaymentIntent(known.to_owned()));
    }
    let (db, named, gateway) = (engine.db.writer(), row.paid(), &connection.gateway);
    let mut invoice = row.invoice().map(str::to_owned);
    if let (None, Some(session)) = (&invoice, row.session()) {
        let session = gateway.checkout(session).await?.unwrap_or_default();
        if let Some(payment) = session.payment_intent {
            paid::set_payment(db, named, None, Some(&payment)).await?;
            return Ok(PaidBy::PaymentIntent(payment));
        }
        invoice = session.invoice;
    }
    let Some(invoice) = invoice else {
        return Ok(PaidBy::Unknown);
    };
    let paid_by = gateway.invoice_paid_by(&invoice).await?;
    let payment = match &paid_by {
        PaidBy::PaymentIntent(payment) => Some(payment.as_str()),
        PaidBy::NoPayment | PaidBy::Unknown => None,
    };
    paid::set_payment(db, named, Some(&invoice), payment).await?;
    Ok(paid_by)
}
