//! Invoices of subscriptions and their payments, to be read.

use serde_json::Value;

use crate::{
    api::list as lists,
    billing::{INVOICES, PAYMENTS, collect::subscription_of, cycle},
    call::Call,
    error::StripeError,
};

/// `GET /v1/invoices/{invoice}`
pub fn retrieve(call: &mut Call) -> Result<Value, StripeError> {
    cycle::run_due(call);
    let id = call.id(0);
    call.find(INVOICES, "invoice", &id)
}

/// `GET /v1/invoices`
pub fn list(call: &mut Call) -> Result<Value, StripeError> {
    cycle::run_due(call);
    let (customer, subscription) = (call.text("customer"), call.text("subscription"));
    let status = call.text("status");
    lists::page(call, INVOICES, "/v1/invoices", |invoice| {
        customer
            .as_ref()
            .is_none_or(|id| invoice["customer"] == **id)
            && subscription
                .as_ref()
                .is_none_or(|id| *subscription_of(invoice) == **id)
            && status
                .as_ref()
                .is_none_or(|status| invoice["status"] == **status)
    })
}

/// `GET /v1/invoice_payments`
pub fn list_payments(call: &mut Call) -> Result<Value, StripeError> {
    let (invoice, status) = (call.text("invoice"), call.text("status"));
    let intent = call.param("payment")["payment_intent"].clone();
    if let Some(id) = &invoice
        && call.store().get(INVOICES, id).is_none()
    {
        return Err(StripeError::no_such_param("invoice", id, "invoice"));
    }
    lists::page(call, PAYMENTS, "/v1/invoice_payments", |payment| {
        invoice.as_ref().is_none_or(|id| payment["invoice"] == **id)
            && status
                .as_ref()
                .is_none_or(|status| payment["status"] == **status)
            && (intent.is_null() || payment["payment"]["payment_intent"] == intent)
    })
}
