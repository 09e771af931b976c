//! PaymentIntents, charges and disputes, to be read. They are made by Checkout, by invoices and by the
//! control API.

use serde_json::Value;

use crate::{
    api::{list as lists, metadata::merge},
    call::Call,
    error::StripeError,
    payments::{CHARGES, INTENTS, disputes},
};

/// `GET /v1/payment_intents`
pub fn list_intents(call: &mut Call) -> Result<Value, StripeError> {
    let customer = call.text("customer");
    lists::page(call, INTENTS, "/v1/payment_intents", |intent| {
        customer
            .as_ref()
            .is_none_or(|id| intent["customer"] == **id)
    })
}

/// `GET /v1/charges`
pub fn list_charges(call: &mut Call) -> Result<Value, StripeError> {
    let (customer, intent) = (call.text("customer"), call.text("payment_intent"));
    lists::page(call, CHARGES, "/v1/charges", |charge| {
        customer
            .as_ref()
            .is_none_or(|id| charge["customer"] == **id)
            && intent
                .as_ref()
                .is_none_or(|id| charge["payment_intent"] == **id)
    })
}

/// `GET /v1/disputes`
pub fn list_disputes(call: &mut Call) -> Result<Value, StripeError> {
    lists::page_of_payment(call, disputes::TABLE, "/v1/disputes")
}

/// `POST /v1/disputes/{dispute}`: only the metadata can be changed here.
pub fn update_dispute(call: &mut Call) -> Result<Value, StripeError> {
    let id = call.id(0);
    let mut dispute = call.find(disputes::TABLE, "dispute", &id)?;
    if let Some(field) = call
        .params
        .keys()
        .find(|name| !matches!(name.as_str(), "metadata" | "expand"))
    {
        return Err(StripeError::not_imitated(&format!("a dispute's {field}")));
    }
    dispute["metadata"] = merge(&dispute["metadata"], &call.param("metadata"))?;
    call.replace(disputes::TABLE, &dispute);
    Ok(dispute)
}
