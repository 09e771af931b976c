//! `POST /api/v1/purchases`: begins a purchase, and answers with the address of Stripe's page.

use axum::{
    Json,
    extract::State,
    http::{HeaderName, StatusCode, header::LOCATION},
};
use domain::{
    forms::{FieldError, FieldErrorCode},
    mobile_apps::ReturnUrl,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use services::{
    mobile_apps,
    purchases::checkout::{self, Begun, Buyer, GONE, NoCheckout, Order, UseCredit},
};
use store::{
    ProductId,
    entities::{purchase, site},
    products,
};
use utoipa::ToSchema;

use super::shapes::Purchase;
use crate::{
    api::{Answer, Caller, Failure, JsonBody, Kind},
    state::AppState,
};

pub const PROBLEMS: &[Kind] = &[
    Kind::PaymentsNotConnected,
    Kind::PaymentNotAccepted,
    Kind::AlreadyMember,
    Kind::CreditInUse,
    Kind::StripeUnavailable,
];

const NOT_OURS: &str =
    "Send an address on this site, or one that begins with a return address of its app.";

/// What to buy.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({ "product_id": 5 }))]
pub struct NewPurchase {
    /// `id` of one of the products on offer.
    #[schema(value_type = i64, required)]
    product_id: Option<Value>,
    /// A membership that the member has bought already is wanted once more.
    #[serde(default)]
    another: Option<bool>,
    /// Pays with the member's credit as far as there is any; without effect for a membership, for
    /// which it is used anyway. If the credit covers the price, `checkout_url` is the receipt.
    #[serde(default)]
    use_credit: Option<bool>,
    /// Where Stripe's page leads back to, after paying or turning back: an address on the site, or one that begins with
    /// a return address that the site set for its app, such as `detroitarms://`. Without it, that page leads to pages
    /// of the site that ask to sign in.
    #[schema(value_type = Option<String>, required = false, max_length = 500)]
    return_url: Option<Value>,
}

/// A purchase that waits to be paid.
#[derive(Serialize, ToSchema)]
pub struct BegunPurchase {
    #[serde(flatten)]
    purchase: Purchase,
    /// Stripe's page. Afterwards it leads to `return_url`, and without one to the page `/purchases/{id}` of the site,
    /// which asks to sign in. Then the app asks for the purchase's `status`.
    #[schema(
        format = "uri",
        example = "https://checkout.stripe.com/c/pay/cs_test_a1"
    )]
    checkout_url: String,
}

/// Begins a purchase
///
/// Answers with the address of Stripe's page, where it is paid. A page that the member has open for the
/// same product at the same price and with the same `return_url` is answered again; if it was paid meanwhile, the answer has that
/// purchase, with the address of its receipt on the site.
#[utoipa::path(
    post,
    path = "/api/v1/purchases",
    operation_id = "begin_purchase",
    tag = "Shop",
    security(("bearer" = [])),
    request_body = NewPurchase,
    responses((
        status = 201,
        description = "The Checkout page is ready",
        body = BegunPurchase,
        headers(("location" = String, description = "The purchase"))
    ))
)]
pub async fn begin(
    State(state): State<AppState>,
    caller: Caller,
    JsonBody(sent): JsonBody<NewPurchase>,
) -> Answer<(StatusCode, [(HeaderName, String); 1], Json<BegunPurchase>)> {
    let complaint =
        |code, message: &str| Failure::fields(vec![FieldError::coded(code, "product_id", message)]);
    let id = match &sent.product_id {
        None => Err(FieldErrorCode::Required),
        Some(id) => whole(id).ok_or(FieldErrorCode::WrongType),
    };
    let id = id.map_err(|code| complaint(code, "Send the `id` of a product, a whole number."))?;
    let (site, base_url) = (&caller.place.site, caller.place.base_url.as_str());
    let back = match sent.return_url {
        Some(url) => Some(return_page(&url, &site.row, base_url)?),
        None => None,
    };
    let product = products::by_id(state.db.reader(), site.id(), ProductId::new(id)).await?;
    let product = product.ok_or_else(|| complaint(FieldErrorCode::NotFound, GONE))?;
    state.rate_limiter.check_purchase(caller.user.id)?;
    let buyer = Buyer {
        site,
        user: &caller.user,
        base_url,
    };
    let order = Order {
        product: &product,
        another: sent.another == Some(true),
        credit: (sent.use_credit == Some(true)).then_some(UseCredit { shown: None }),
        form_token: None,
        return_url: back.as_deref(),
    };
    let begun = |purchase: &purchase::Model, checkout_url: String| {
        let to = format!("/api/v1/purchases/{}", purchase.id);
        let begun = BegunPurchase {
            purchase: Purchase::from(purchase),
            checkout_url,
        };
        Ok((StatusCode::CREATED, [(LOCATION, to)], Json(begun)))
    };
    match checkout::begin(&state, &buyer, order).await? {
        Begun::Checkout { purchase, url } => begun(&purchase, url),
        Begun::Bought(purchase) => {
            let receipt = format!("{}/purchases/{}", buyer.base_url, purchase.id);
            begun(&purchase, back.clone().unwrap_or(receipt))
        }
        // Nothing was said about a price, so none can have changed.
        Begun::Changed { .. } => Err(Failure::of(Kind::StripeUnavailable).retry_after(60)),
        Begun::Refused(why) => Err(match why {
            NoCheckout::NotConnected => Failure::of(Kind::PaymentsNotConnected),
            NoCheckout::NotAccepted => Failure::of(Kind::PaymentNotAccepted),
            NoCheckout::TooSmall => Failure::of(Kind::PaymentNotAccepted).saying(why.sentence()),
            NoCheckout::AlreadyMember => Failure::of(Kind::AlreadyMember),
            NoCheckout::EventBegun => complaint(FieldErrorCode::NotAllowed, why.sentence()),
            NoCheckout::AccountDeleted => Failure::of(Kind::InvalidToken),
            NoCheckout::CreditInUse => Failure::of(Kind::CreditInUse).retry_after(60),
            NoCheckout::Unanswered => Failure::of(Kind::StripeUnavailable).retry_after(60),
        }),
    }
}

/// The page of the site to which Stripe's page is to lead back.
fn return_page(url: &Value, site: &site::Model, base_url: &str) -> Answer<String> {
    let apps = mobile_apps::of_site(site)?.return_addresses;
    let to = match url {
        Value::String(url) => {
            ReturnUrl::read(url, base_url, &apps).ok_or(FieldErrorCode::NotAllowed)
        }
        _ => Err(FieldErrorCode::WrongType),
    };
    let to =
        to.map_err(|code| Failure::fields(vec![FieldError::coded(code, "return_url", NOT_OURS)]))?;
    Ok(to.page(base_url))
}

/// Reads a whole number in any spelling: `5.0` is one too (JSON Schema, "integer").
fn whole(number: &Value) -> Option<i64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let whole =
        |number: f64| (number.fract() == 0.0 && number.abs() <= EXACT).then_some(number as i64);
    number.as_i64().or_else(|| number.as_f64().and_then(whole))
}
