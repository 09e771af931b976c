//! Buying: from a product to Stripe's page and back.

use std::{collections::HashMap, time::Duration};

use app::{
    ports::{Answer, Purchases},
    types::{Outcome, Purchase},
};
use async_trait::async_trait;
use domain::{Fault, Money, PurchaseState, Refusal, left_to_pay};
use tokio::time::timeout;

use super::{Services, broken, dates, stripe_customers::connection};
use crate::{
    db::{
        entities::{product, purchase, user},
        products, purchases, stripe_customers,
    },
    stripe::{Billing, NewCheckout, Payer},
};

/// How long a page waits for Stripe before it says less.
const PATIENCE: Duration = Duration::from_secs(2);

/// Most purchases that a dashboard shows.
const SHOWN: u64 = 50;

#[async_trait]
impl Purchases for Services {
    async fn buy(&self, product_id: i64) -> Answer<Outcome> {
        self.begin(product_id).await.map_err(broken)
    }

    async fn mine(&self) -> Answer<Vec<Purchase>> {
        let Some(user) = &self.visit.user else {
            return Ok(Vec::new());
        };
        let rows = purchases::of_buyer(self.state.db.conn(), user.site_id, user.id, SHOWN).await;
        let rows = rows.map_err(|error| broken(error.into()))?;
        Ok(rows
            .iter()
            .map(|(row, product)| view(row, product.as_ref()))
            .collect())
    }

    async fn one(&self, id: i64) -> Answer<Option<Purchase>> {
        let Some(user) = &self.visit.user else {
            return Ok(None);
        };
        let row = purchases::one_of_buyer(self.state.db.conn(), user.site_id, user.id, id).await;
        let Some((row, product)) = row.map_err(|error| broken(error.into()))? else {
            return Ok(None);
        };
        let row = self.with_credit_used(row).await.map_err(broken)?;
        Ok(Some(view(&row, product.as_ref())))
    }
}

impl Services {
    async fn begin(&self, product_id: i64) -> anyhow::Result<Outcome> {
        let (state, site) = (&self.state, &self.visit.site);
        let Some(product) = products::by_id(state.db.conn(), site.id(), product_id).await? else {
            return Ok(refused("This is no longer on offer."));
        };
        let Some(user) = &self.visit.user else {
            return Ok(Outcome::Go(format!(
                "/sign-in?next={}",
                products::path(&product)
            )));
        };
        let Some(connection) = connection(state, site).await? else {
            return Ok(refused(
                "Online payment is not set up here yet. You can buy this at the counter.",
            ));
        };
        let purchase = purchases::insert(
            state.db.conn(),
            &product,
            user.id,
            Some(connection.account.id),
            state.clock.now_ms(),
        )
        .await?;
        let key = format!("checkout:{}:{}", site.row.realm, purchase.id);
        let known = user
            .stripe_customer_id
            .as_deref()
            .filter(|_| user.stripe_customer_account_id == Some(connection.account.id));
        let payer = known.map_or(Payer::Email(&user.email), Payer::Customer);
        let checkout = self.checkout(&product, &purchase, user, payer);
        let mut made = connection.gateway.create_checkout(checkout, &key).await;
        if let (Some(_), Err(Fault::Refused(code))) = (known, &made)
            && code == "resource_missing"
        {
            // The customer was deleted at Stripe: Checkout makes a new one.
            stripe_customers::forget_customer(state.db.conn(), user.id).await?;
            let checkout = self.checkout(&product, &purchase, user, Payer::Email(&user.email));
            made = connection
                .gateway
                .create_checkout(checkout, &format!("{key}:2"))
                .await;
        }
        match made {
            Ok(checkout) => {
                purchases::set_session(state.db.conn(), purchase.id, &checkout.id).await?;
                Ok(Outcome::Go(checkout.url))
            }
            Err(fault) => {
                tracing::warn!(purchase = purchase.id, ?fault, "no Checkout session");
                Ok(refused(match fault {
                    Fault::Refused(_) | Fault::NotConnected => {
                        "Stripe did not accept this payment. Nothing was charged. Please tell us about it."
                    }
                    _ => {
                        "Stripe does not answer right now. Nothing was charged. Try again in a minute."
                    }
                }))
            }
        }
    }

    /// A paid membership may have been paid from the balance in part: asks Stripe, once. While Stripe
    /// does not answer, the page says less.
    async fn with_credit_used(&self, row: purchase::Model) -> anyhow::Result<purchase::Model> {
        let unknown =
            row.credit_used_cents.is_none() && row.purchase_state() == PurchaseState::Paid;
        let Some(session) = row.checkout_session_id.as_deref().filter(|_| unknown) else {
            return Ok(row);
        };
        if !row.product_kind().spends_balance() {
            return Ok(row);
        }
        // Read anew: Stripe's word about the payment may have brought the customer just now.
        let db = self.state.db.conn();
        let buyer = stripe_customers::member(db, row.site_id, row.buyer_id).await?;
        let Some(customer) = buyer.and_then(|buyer| buyer.stripe_customer_id) else {
            return Ok(row);
        };
        let connected = connection(&self.state, &self.visit.site).await?;
        let Some(connection) = connected.filter(|to| row.stripe_account_id == Some(to.account.id))
        else {
            return Ok(row);
        };
        let asked = timeout(PATIENCE, connection.gateway.credit_used(&customer, session)).await;
        let Ok(Ok(cents)) = asked else { return Ok(row) };
        purchases::set_credit_used(self.state.db.conn(), row.id, cents).await?;
        Ok(purchase::Model {
            credit_used_cents: Some(cents),
            ..row
        })
    }

    fn checkout<'a>(
        &self,
        product: &'a product::Model,
        purchase: &purchase::Model,
        user: &'a user::Model,
        payer: Payer<'a>,
    ) -> NewCheckout<'a> {
        let base = &self.visit.base_url;
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
                ("site".to_owned(), self.visit.site.row.key.clone()),
                ("purchase_id".to_owned(), purchase.id.to_string()),
                ("user_id".to_owned(), user.id.to_string()),
                ("product_id".to_owned(), product.id.to_string()),
            ]),
            success_url: format!(
                "{base}/purchases/{}?session_id={{CHECKOUT_SESSION_ID}}",
                purchase.id
            ),
            cancel_url: format!("{base}{}?cancelled=1", products::path(product)),
        }
    }
}

fn refused(message: &str) -> Outcome {
    Outcome::Refused(Refusal::message(message))
}

/// What the buyer paid beyond the balance; `None` while we do not know.
fn paid_by_card(row: &purchase::Model) -> Option<Money> {
    let total = row.money(row.paid_cents?);
    let may_spend_balance = row.product_kind().spends_balance() && !row.in_person;
    match (row.credit_used_cents, may_spend_balance) {
        (Some(used), _) => left_to_pay(total, row.money(used)),
        (None, true) => None,
        (None, false) => Some(total),
    }
}

/// A purchase as pages show it.
pub fn view(row: &purchase::Model, product: Option<&product::Model>) -> Purchase {
    Purchase {
        id: row.id,
        product_name: row.product_name.clone(),
        kind: row.product_kind(),
        product_path: product.map(products::path).unwrap_or_default(),
        price: row.money(row.price_cents),
        paid: paid_by_card(row),
        state: row.purchase_state(),
        bought_on: dates::day(row.created_at),
        bought_at: dates::iso(row.created_at),
        in_person: row.in_person,
    }
}
