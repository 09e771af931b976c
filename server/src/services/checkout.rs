//! Buying, one way for the web and for the mobile app: from a product to the address of Stripe's
//! page.

use std::collections::HashMap;

use domain::Fault;
use sea_orm::DbErr;
use time::Duration;

use super::stripe_customers::{Connection, Holder, StepError, connection, get_or_create};
use crate::{
    clock::to_ms,
    db::{
        entities::{product, purchase, user},
        products, purchases,
        sites::Site,
        stripe_customers,
    },
    state::AppState,
    stripe::{Billing, Checkout, NewCheckout, Payer},
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

/// How long a purchase whose session Stripe may have made is taken up: an hour less than Stripe keeps
/// the key that it was asked under, and the session.
const TAKEN_UP_FOR: Duration = Duration::hours(23);

/// Writes the purchase, then asks Stripe for a Checkout session.
///
/// # Errors
/// If the database fails. What Stripe refuses is an answer.
pub async fn begin(
    state: &AppState,
    buyer: &Buyer<'_>,
    product: &product::Model,
) -> anyhow::Result<Begun> {
    let Some(connection) = connection(state, buyer.site).await? else {
        return Ok(Begun::Refused(NoCheckout::NotConnected));
    };
    let sale = Sale {
        state,
        buyer,
        product,
        connection: &connection,
    };
    let (purchase, made) = match sale.take_up().await? {
        Some(taken_up) => taken_up,
        None => sale.open().await?,
    };
    match made {
        Ok(checkout) => {
            purchases::set_session(state.db.writer(), purchase.id, &checkout.id).await?;
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

/// One product for one buyer, at the site's Stripe account.
struct Sale<'a> {
    state: &'a AppState,
    buyer: &'a Buyer<'a>,
    product: &'a product::Model,
    connection: &'a Connection,
}

/// A purchase, and what Stripe said when it was asked for its session.
type Asked = (purchase::Model, Result<Checkout, Fault>);

impl Sale<'_> {
    /// Asks again for the session whose answer never came. Stripe may have made it: a membership's
    /// holds the member's balance until it is used or expires, and another one would be paid in full.
    async fn take_up(&self) -> anyhow::Result<Option<Asked>> {
        let (state, account) = (self.state, self.connection.account.id);
        let since = to_ms(state.clock.now() - TAKEN_UP_FOR);
        let db = state.db.conn();
        let waiting = purchases::unanswered(db, self.product, self.buyer.user.id, account, since);
        let Some(purchase) = waiting.await? else {
            return Ok(None);
        };
        Ok(match self.ask(&purchase).await? {
            made @ (Ok(_) | Err(Fault::Unknown)) => Some((purchase, made)),
            // Nothing came of it, and under its key nothing ever will.
            Err(_) => None,
        })
    }

    async fn open(&self) -> anyhow::Result<Asked> {
        let (state, user) = (self.state, self.buyer.user);
        let account = Some(self.connection.account.id);
        let (db, now) = (state.db.writer(), state.clock.now_ms());
        let purchase = purchases::insert(db, self.product, user.id, account, now).await?;
        let made = self.ask(&purchase).await?;
        Ok((purchase, made))
    }

    async fn ask(&self, purchase: &purchase::Model) -> Result<Result<Checkout, Fault>, DbErr> {
        match self.ask_stripe(purchase).await {
            Ok(checkout) => Ok(Ok(checkout)),
            Err(StepError::Stripe(fault)) => Ok(Err(fault)),
            Err(StepError::Database(error)) => Err(error),
        }
    }

    async fn ask_stripe(&self, purchase: &purchase::Model) -> Result<Checkout, StepError> {
        let Self { buyer, product, .. } = self;
        let (user, gateway) = (buyer.user, &self.connection.gateway);
        let key = format!("checkout:{}:{}", buyer.site.row.realm, purchase.id);
        let known = user
            .stripe_customer_id
            .clone()
            .filter(|_| user.stripe_customer_account_id == Some(self.connection.account.id));
        let payer = match known.clone() {
            Some(customer) => Payer::Customer(customer),
            None => self.new_payer(purchase).await?,
        };
        let checkout = new_checkout(buyer, product, purchase, payer);
        let made = gateway.create_checkout(checkout, &key).await;
        if let (Some(customer), Err(Fault::Refused(code))) = (known, &made)
            && code == "resource_missing"
        {
            // The customer was deleted at Stripe.
            let db = self.state.db.writer();
            stripe_customers::forget_customer(db, user.id, &customer).await?;
            let payer = self.new_payer(purchase).await?;
            let checkout = new_checkout(buyer, product, purchase, payer);
            let key = format!("{key}:2");
            return Ok(gateway.create_checkout(checkout, &key).await?);
        }
        Ok(made?)
    }

    /// Who pays where no customer is known. A credit is spent from the balance of one customer: if
    /// Checkout made another for a membership, it would not be spent there, ever.
    async fn new_payer(&self, purchase: &purchase::Model) -> Result<Payer, StepError> {
        let Buyer { site, user, .. } = *self.buyer;
        if !purchase.product_kind().spends_balance() {
            return Ok(Payer::Email(user.email.clone()));
        }
        let holder = Holder::Member(site, user);
        let customer = get_or_create(self.state, self.connection, &holder).await?;
        Ok(Payer::Customer(customer.id))
    }
}

fn new_checkout<'a>(
    buyer: &Buyer<'_>,
    product: &'a product::Model,
    purchase: &purchase::Model,
    payer: Payer,
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
