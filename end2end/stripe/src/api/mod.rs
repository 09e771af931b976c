//! Stripe's API: maps each operation to its handler.

pub mod accounts;
pub mod balance_transactions;
pub mod coupons;
pub mod customer_balance;
pub mod customer_row;
pub mod customers;
pub mod email;
pub mod events;
mod expand;
mod invoices;
pub mod list;
pub mod metadata;
mod payments;
pub mod permissions;
pub mod portal;
pub mod prices;
mod product_object;
mod products;
mod refunds;
mod subscriptions;
pub mod webhook_endpoints;

use serde_json::Value;

use crate::{
    call::{Call, set_mode},
    checkout::{self, completion},
    error::StripeError,
};

/// Executes an operation whose parameters were checked already.
pub fn dispatch(operation: &str, call: &mut Call) -> Result<Value, StripeError> {
    let response = match operation {
        "Account.retrieve_current" => accounts::retrieve(call),
        "Customer.create" => customers::create(call),
        "Customer.retrieve" => customers::retrieve(call),
        "Customer.update" => customers::update(call),
        "Customer.delete" => customers::delete(call),
        "Customer.list" => customers::list(call),
        "Customer.search" => customers::search(call),
        "CustomerBalanceTransaction.create" => balance_transactions::create(call),
        "CustomerBalanceTransaction.retrieve" => balance_transactions::retrieve(call),
        "CustomerBalanceTransaction.update" => balance_transactions::update(call),
        "CustomerBalanceTransaction.list" => balance_transactions::list(call),
        "Session.create" => checkout::create(call),
        "Session.retrieve" => checkout::retrieve(call),
        "Session.update" => checkout::update(call),
        "Session.list" => checkout::list(call),
        "Session.expire" => completion::expire(call),
        "SessionLineItem.list" => checkout::line_items(call),
        "Product.create" => products::create(call),
        "Product.retrieve" => retrieve(call, "products", "product"),
        "Product.update" => products::update(call),
        "Product.delete" => products::delete(call),
        "Product.list" => products::list(call),
        "Price.create" => prices::create(call),
        "Price.retrieve" => retrieve(call, "prices", "price"),
        "Price.update" => prices::update(call),
        "Price.list" => prices::list(call),
        "Coupon.create" => coupons::create(call),
        "Coupon.retrieve" => coupons::retrieve(call),
        "Coupon.update" => coupons::update(call),
        "Coupon.delete" => coupons::delete(call),
        "Coupon.list" => coupons::list(call),
        "Refund.create" => refunds::create(call),
        "Refund.retrieve" => retrieve(call, "refunds", "refund"),
        "Refund.update" => refunds::update(call),
        "Refund.list" => refunds::list(call),
        "PaymentIntent.retrieve" => retrieve(call, "payment_intents", "payment_intent"),
        "PaymentIntent.list" => payments::list_intents(call),
        "Charge.retrieve" => retrieve(call, "charges", "charge"),
        "Charge.list" => payments::list_charges(call),
        "Dispute.retrieve" => retrieve(call, "disputes", "dispute"),
        "Dispute.update" => payments::update_dispute(call),
        "Dispute.list" => payments::list_disputes(call),
        "Invoice.retrieve" => invoices::retrieve(call),
        "Invoice.list" => invoices::list(call),
        "InvoicePayment.retrieve" => retrieve(call, "invoice_payments", "invoice_payment"),
        "InvoicePayment.list" => invoices::list_payments(call),
        "BillingPortalConfiguration.create" => portal::configure(call),
        "BillingPortalConfiguration.retrieve" => {
            retrieve(call, "portal_configurations", "configuration")
        }
        "BillingPortalConfiguration.update" => portal::update(call),
        "BillingPortalConfiguration.list" => portal::list(call),
        "BillingPortalSession.create" => portal::visit(call),
        "Subscription.list" => subscriptions::list(call),
        "Subscription.update" => subscriptions::update(call),
        "Subscription.retrieve" => subscriptions::retrieve(call),
        "Subscription.cancel" => subscriptions::cancel(call),
        "Event.retrieve" => retrieve(call, "events", "event"),
        "Event.list" => events::list(call),
        "WebhookEndpoint.create" => webhook_endpoints::create(call),
        "WebhookEndpoint.retrieve" => webhook_endpoints::retrieve(call),
        "WebhookEndpoint.update" => webhook_endpoints::update(call),
        "WebhookEndpoint.delete" => webhook_endpoints::delete(call),
        "WebhookEndpoint.list" => webhook_endpoints::list(call),
        other => Err(StripeError::not_imitated(other)),
    }?;
    let mut response = expand::expand(call, response)?;
    set_mode(&mut response, call.scope.livemode());
    Ok(response)
}

fn retrieve(call: &mut Call, table: &str, what: &str) -> Result<Value, StripeError> {
    let id = call.id(0);
    call.find(table, what, &id)
}
