//! From a product to Stripe's page.

use std::collections::BTreeMap;
use store::MemberId;
use store::ProductId;

use domain::{
    credit::Fault,
    purchase::{Awaited, ProductKind, Terms},
};
use store::{
    checkout_sessions::{self, NewSession, Sells},
    entities::{checkout_session, product, purchase},
    products, purchases,
    stripe_customers::{self, HolderId},
};
use stripe_gateway::{Billing, CheckoutSession, NewCheckout, Payer};

use super::{
    Begun, Buyer, NoCheckout, Order, PRODUCT, TakenUp, request::send, row::next_check_at, take_up,
};
use crate::{
    Engine,
    stripe_customers::{Connection, Holder, StepError, connection, get_or_create, known_customer},
};

/// How often it is tried where others begin the same at the same time, or a customer turns out to be
/// deleted.
const TRIES: usize = 4;

/// Answers with the page that is open for this order, or writes the purchase and its session and asks
/// Stripe for another page.
///
/// # Errors
/// If the database fails. What Stripe refuses is an answer.
pub async fn begin(state: &Engine, buyer: &Buyer<'_>, order: Order<'_>) -> anyhow::Result<Begun> {
    let Some(connection) = connection(state, buyer.site).await? else {
        return Ok(Begun::Refused(NoCheckout::NotConnected));
    };
    let product = order.product;
    let kind = product.kind;
    if kind.spends_balance() && !order.another {
        let (db, user) = (state.db.reader(), buyer.user);
        if purchases::has_paid(db, user.site_id, user.id, product.id).await? {
            return Ok(Begun::Refused(NoCheckout::AlreadyMember));
        }
    }
    let holder = Holder::Member(buyer.site, buyer.user);
    let customer = match known_customer(state, &connection, &holder).await {
        Ok(customer) => customer,
        Err(StepError::Stripe(fault)) => return Ok(Begun::Refused(NoCheckout::from(&fault))),
        Err(StepError::Database(error)) => return Err(error.into()),
    };
    let mut sale = Sale {
        state,
        buyer,
        product,
        kind: *kind,
        connection: &connection,
        customer,
    };
    for _ in 0..TRIES {
        if let Some(begun) = sale.begin().await? {
            return Ok(begun);
        }
    }
    Ok(Begun::Refused(NoCheckout::Unanswered))
}

/// Who has a page open for what: a member for a product; for memberships, which hold the balance, for
/// all of them together.
pub(super) fn open_for(user_id: MemberId, kind: ProductKind, product_id: ProductId) -> String {
    match kind.spends_balance() {
        true => format!("member {user_id}: memberships"),
        false => format!("member {user_id}: product {product_id}"),
    }
}

/// One product for one buyer, at the site's Stripe account.
struct Sale<'a> {
    state: &'a Engine,
    buyer: &'a Buyer<'a>,
    product: &'a product::Model,
    kind: ProductKind,
    connection: &'a Connection,
    /// The buyer's customer, as far as it is known.
    customer: Option<String>,
}

impl Sale<'_> {
    /// One try; `None`: once more.
    async fn begin(&mut self) -> anyhow::Result<Option<Begun>> {
        let (state, user_id) = (self.state, self.buyer.user.id);
        let open_for = open_for(user_id, self.kind, self.product.id);
        let account = self.connection.account.id;
        // Another account's pages hold nothing here, and can be paid there.
        if let Some(open) =
            checkout_sessions::open_at(state.db.reader(), account, &open_for).await?
        {
            return self.meet(open).await;
        }
        let payer = match self.payer().await {
            Ok(payer) => payer,
            Err(StepError::Stripe(fault)) => {
                if fault == Fault::NotExecuted && self.customer_of_another_click().await? {
                    return Ok(None);
                }
                tracing::warn!(
                    member = user_id.get(),
                    ?fault,
                    "no customer for a Checkout session"
                );
                return Ok(Some(Begun::Refused(NoCheckout::from(&fault))));
            }
            Err(StepError::Database(error)) => return Err(error.into()),
        };
        let Some((purchase, row)) = self.write(payer, &open_for).await? else {
            // Somebody began the same just now: theirs is met.
            return Ok(None);
        };
        self.ask(purchase, row).await
    }

    /// What a session that is open already is worth.
    async fn meet(&mut self, open: checkout_session::Model) -> anyhow::Result<Option<Begun>> {
        let state = self.state;
        // It may have been made for whoever began the open page.
        if self.customer.is_none() {
            self.customer = self.known_now().await?;
        }
        let taken_up = take_up(state, &open, &self.terms()?).await?;
        if let TakenUp::Over = taken_up {
            return Ok(None);
        }
        if let TakenUp::Unanswered = taken_up {
            // Where the account has no such session, nobody is kept from another one.
            let row = checkout_sessions::by_id(state.db.reader(), open.id).await?;
            let let_go = row.is_none_or(|row| row.open_for.is_none());
            return Ok((!let_go).then_some(Begun::Refused(NoCheckout::Unanswered)));
        }
        let Some(id) = open.purchase_id else {
            return Ok(None);
        };
        let user = self.buyer.user;
        let bought = purchases::one_of_buyer(state.db.reader(), user.site_id, user.id, id).await?;
        let Some(bought) = bought else {
            return Ok(None);
        };
        let purchase = Box::new(bought.purchase);
        Ok(Some(match taken_up {
            TakenUp::Page(url) => Begun::Checkout { purchase, url },
            _ => Begun::Bought(purchase),
        }))
    }

    /// Another click of the buyer's may make the customer just now: it is waited for up to two seconds.
    async fn customer_of_another_click(&mut self) -> anyhow::Result<bool> {
        const LOOKS: u32 = 20;
        const PAUSE: std::time::Duration = std::time::Duration::from_millis(100);
        for _ in 0..LOOKS {
            self.customer = self.known_now().await?;
            if self.customer.is_some() {
                return Ok(true);
            }
            tokio::time::sleep(PAUSE).await;
        }
        Ok(false)
    }

    async fn known_now(&self) -> anyhow::Result<Option<String>> {
        let member = HolderId::Member(self.buyer.user.id);
        let (db, account) = (self.state.db.reader(), self.connection.account.id);
        let known = stripe_customers::get(db, account, member).await?;
        Ok(known.and_then(|row| row.customer_id))
    }

    /// What the buyer agrees to now.
    fn terms(&self) -> anyhow::Result<Terms> {
        Ok(Terms {
            name: self.product.name.clone(),
            price: self.product.price(),
            customer: self.customer.clone(),
            referral_code: None,
        })
    }

    /// Who pays. A credit is spent from the balance of one customer: if Checkout made another for a
    /// membership, it would not be spent there, ever.
    async fn payer(&mut self) -> Result<Payer, StepError> {
        if let Some(customer) = &self.customer {
            return Ok(Payer::Customer(customer.clone()));
        }
        let Buyer { site, user, .. } = *self.buyer;
        if !self.kind.spends_balance() {
            return Ok(Payer::Email(user.email.clone()));
        }
        let holder = Holder::Member(site, user);
        let customer = get_or_create(self.state, self.connection, &holder).await?;
        self.customer = Some(customer.id.clone());
        Ok(Payer::Customer(customer.id))
    }

    /// The purchase and what Stripe is to be asked for, together; `None` if somebody has it open.
    async fn write(
        &self,
        payer: Payer,
        open_for: &str,
    ) -> anyhow::Result<Option<(purchase::Model, checkout_session::Model)>> {
        let (state, account) = (self.state, &self.connection.account);
        let now = state.now();
        let tx = state.db.begin().await?;
        let user_id = self.buyer.user.id;
        let purchase = purchases::insert(&tx, self.product, user_id, Some(account.id), now).await?;
        let request = self.request(&purchase, payer);
        let new = NewSession {
            site_id: self.buyer.site.id(),
            sells: Sells::Purchase(purchase.id),
            stripe_account_id: account.id,
            livemode: account.livemode,
            open_for: Some(open_for),
            token: &request.reference,
            request: serde_json::to_string(&request)?,
            next_check_at: next_check_at(now, now, Awaited::Buyer),
            now,
        };
        let Some(row) = checkout_sessions::insert(&tx, &new).await? else {
            return Ok(None);
        };
        tx.commit().await?;
        Ok(Some((purchase, row)))
    }

    async fn ask(
        &mut self,
        purchase: purchase::Model,
        row: checkout_session::Model,
    ) -> anyhow::Result<Option<Begun>> {
        match send(self.state, self.connection, &row).await? {
            Ok(checkout) => Ok(Some(Begun::Checkout {
                purchase: Box::new(purchase),
                url: checkout.url,
            })),
            Err(Fault::Refused(code)) if code == "resource_missing" && self.customer.is_some() => {
                // The customer was deleted at Stripe.
                if let Some(customer) = self.customer.take() {
                    let (db, member) =
                        (self.state.db.writer(), HolderId::Member(self.buyer.user.id));
                    let account = self.connection.account.id;
                    stripe_customers::forget_customer(db, account, member, &customer).await?;
                }
                Ok(None)
            }
            Err(fault) => {
                tracing::warn!(purchase = purchase.id.get(), ?fault, "no Checkout session");
                Ok(Some(Begun::Refused(NoCheckout::from(&fault))))
            }
        }
    }

    fn request(&self, purchase: &purchase::Model, payer: Payer) -> NewCheckout {
        let (site, base) = (self.buyer.site, self.buyer.base_url);
        let token = self.state.random.token();
        NewCheckout {
            billing: match self.kind.spends_balance() {
                true => Billing::Monthly,
                false => Billing::Once,
            },
            name: self.product.name.clone(),
            price: purchase.money(purchase.price_cents),
            payer,
            reference: token.clone(),
            metadata: BTreeMap::from([
                ("site".to_owned(), site.row.key.clone()),
                (CheckoutSession::REALM.to_owned(), site.row.realm.clone()),
                (PRODUCT.to_owned(), products::path(self.product)),
                (CheckoutSession::TOKEN.to_owned(), token),
            ]),
            success_url: format!(
                "{base}/purchases/{}?session_id={{CHECKOUT_SESSION_ID}}",
                purchase.id
            ),
            cancel_url: format!("{base}{}?cancelled=1", products::path(self.product)),
        }
    }
}
