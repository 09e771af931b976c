//! Buying: from a product to Stripe's page and back.

use std::collections::HashMap;

use app::{
    ports::{Answer, Purchases},
    types::{Outcome, Purchase},
};
use async_trait::async_trait;
use domain::{Fault, Refusal};

use super::{
    Services, broken, dates,
    stripe_customers::{Connection, connection},
};
use crate::{
    db::{
        entities::{product, purchase, user},
        products, purchases,
    },
    stripe::{NewCheckout, Payer},
};

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
        let row = row.map_err(|error| broken(error.into()))?;
        Ok(row.map(|(row, product)| view(&row, product.as_ref())))
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
        let checkout = self.checkout(&product, &purchase, user, &connection);
        match connection.gateway.create_checkout(checkout, &key).await {
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

    fn checkout<'a>(
        &self,
        product: &'a product::Model,
        purchase: &purchase::Model,
        user: &'a user::Model,
        connection: &Connection,
    ) -> NewCheckout<'a> {
        let base = &self.visit.base_url;
        let customer = user
            .stripe_customer_id
            .as_deref()
            .filter(|_| user.stripe_customer_account_id == Some(connection.account.id));
        NewCheckout {
            monthly: purchase.product_kind().spends_balance(),
            name: &product.name,
            price: purchase.money(purchase.price_cents),
            payer: customer.map_or(Payer::Email(&user.email), Payer::Customer),
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

fn view(row: &purchase::Model, product: Option<&product::Model>) -> Purchase {
    Purchase {
        id: row.id,
        product_name: row.product_name.clone(),
        kind: row.product_kind(),
        product_path: product.map(products::path).unwrap_or_default(),
        price: row.money(row.price_cents),
        paid: row.paid_cents.map(|cents| row.money(cents)),
        state: row.purchase_state(),
        bought_on: dates::day(row.created_at),
        bought_at: dates::iso(row.created_at),
        in_person: row.in_person,
    }
}
