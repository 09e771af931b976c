//! Buying, one way for the web and for the mobile app: from a product to the address of Stripe's
//! page.

use std::collections::HashMap;

use domain::Fault;

use super::stripe_customers::connection;
use crate::{
    db::{
        entities::{product, purchase, user},
        products, purchases,
        sites::Site,
        stripe_customers,
    },
    state::AppState,
    stripe::{Billing, NewCheckout, Payer},
};

/// What is said of a product that is not on offer.
pub const GONE: &str = "This is no longer on offer.";

/// Who buys, and where Stripe sends them afterwards.
#[derive(Clone, Copy)]
pub struct Buyer<'a> {
    /// The tenant.
    pub site: &'a Site,
    /// A member of it.
    pub user: &'a user::Model,
    /// The root of the site as the buyer reached it, without a slash.
    pub base_url: &'a str,
}

/// What became of beginning a purchase.
pub enum Begun {
    /// Stripe's page waits for the buyer.
    Checkout {
        /// Our id of the purchase.
        purchase: Box<purchase::Model>,
        /// Stripe's page.
        url: String,
    },
    /// There is no page to pay on, and nothing was charged.
    Refused(NoCheckout),
}

/// Why there is no page to pay on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoCheckout {
    /// The site has no Stripe account.
    NotConnected,
    /// Stripe said no.
    NotAccepted,
    /// Stripe did not say anything that counts: later it may.
    Unanswered,
}

impl NoCheckout {
    /// What the buyer is told.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::NotConnected => {
                "Online payment is not set up here yet. You can buy this at the counter."
            }
            Self::NotAccepted => {
                "Stripe did not accept this payment. Nothing was charged. Please tell us about it."
            }
            Self::Unanswered => {
                "Stripe does not answer right now. Nothing was charged. Try again in a minute."
            }
        }
    }
}

/// Writes the purchase, then asks Stripe for a Checkout session.
///
/// # Errors
/// If the database fails. What Stripe refuses is an answer.
pub async fn begin(
    state: &AppState,
    buyer: &Buyer<'_>,
    product: &product::Model,
) -> anyhow::Result<Begun> {
    let (db, user) = (state.db.conn(), buyer.user);
    let Some(connection) = connection(state, buyer.site).await? else {
        return Ok(Begun::Refused(NoCheckout::NotConnected));
    };
    let account = connection.account.id;
    let now = state.clock.now_ms();
    let purchase = purchases::insert(db, product, user.id, Some(account), now).await?;
    let key = format!("checkout:{}:{}", buyer.site.row.realm, purchase.id);
    let known = user
        .stripe_customer_id
        .as_deref()
        .filter(|_| user.stripe_customer_account_id == Some(account));
    let payer = known.map_or(Payer::Email(&user.email), Payer::Customer);
    let checkout = new_checkout(buyer, product, &purchase, payer);
    let mut made = connection.gateway.create_checkout(checkout, &key).await;
    if let (Some(_), Err(Fault::Refused(code))) = (known, &made)
        && code == "resource_missing"
    {
        // The customer was deleted at Stripe: Checkout makes a new one.
        stripe_customers::forget_customer(db, user.id).await?;
        let checkout = new_checkout(buyer, product, &purchase, Payer::Email(&user.email));
        made = connection
            .gateway
            .create_checkout(checkout, &format!("{key}:2"))
            .await;
    }
    match made {
        Ok(checkout) => {
            purchases::set_session(db, purchase.id, &checkout.id).await?;
            Ok(Begun::Checkout {
                purchase: Box::new(purchase),
                url: checkout.url,
            })
        }
        Err(fault) => {
            tracing::warn!(purchase = purchase.id, ?fault, "no Checkout session");
            Ok(Begun::Refused(match fault {
                Fault::Refused(_) | Fault::NotConnected => NoCheckout::NotAccepted,
                _ => NoCheckout::Unanswered,
            }))
        }
    }
}

fn new_checkout<'a>(
    buyer: &Buyer<'_>,
    product: &'a product::Model,
    purchase: &purchase::Model,
    payer: Payer<'a>,
) -> NewCheckout<'a> {
    let base = buyer.base_url;
    NewCheckout {
        billing: match purchase.product_kind().spends_balance() {
            true => Billing::Monthly,
            false => Billing::Once,
        },
        name: &product.name,
        price: purchase.money(purchase.price_cents),
        payer,
        reference: purchase.id.to_string(),
        metadata: HashMap::from([
            ("site".to_owned(), buyer.site.row.key.clone()),
            ("purchase_id".to_owned(), purchase.id.to_string()),
            ("user_id".to_owned(), buyer.user.id.to_string()),
            ("product_id".to_owned(), product.id.to_string()),
        ]),
        success_url: format!(
            "{base}/purchases/{}?session_id={{CHECKOUT_SESSION_ID}}",
            purchase.id
        ),
        cancel_url: format!("{base}{}?cancelled=1", products::path(product)),
    }
}
