//! Begins a purchase: from a product to Stripe's Checkout page.

use std::collections::BTreeMap;

use domain::{
    credit::StripeError,
    purchase::{Awaited, ProductKind, Terms, has_begun},
};
use sea_orm::DatabaseTransaction;
use store::{
    MemberId, ProductId, Scope, Timestamp,
    checkout_sessions::{self, NewSession, Sells},
    deletions,
    entities::{checkout_session, product, purchase},
    products, purchases,
    stripe_customers::{self, HolderId},
};
use stripe_gateway::{Billing, CheckoutSession, NewCheckout, Payer};

use super::{
    Begun, Buyer, NoCheckout, Order, PRODUCT, Reused, UseCredit, free, request::send,
    reserve::Reserved, reuse, row::next_check_at,
};
use crate::{
    Engine,
    stripe_customers::{
        Connection, Holder, StepError, billing_email, connection, get_or_create, known_customer,
    },
};

/// The answer to a buyer whose account is being deleted (`docs/rules.md` 101).
const LEFT: Begun = Begun::Refused(NoCheckout::AccountDeleted);

/// How many times to try if another request begins the same purchase, or a customer turns out to be
/// deleted.
const TRIES: usize = 4;

/// Returns the page that is open for this order, or writes the purchase and its session and asks
/// Stripe to create the session.
///
/// # Errors
/// If the database fails. A refusal by Stripe is returned as [`Begun::Refused`].
pub async fn begin(engine: &Engine, buyer: &Buyer<'_>, order: Order<'_>) -> anyhow::Result<Begun> {
    let starts = order.product.starts_at.map(Timestamp::moment);
    if has_begun(starts, engine.now().moment()) {
        return Ok(Begun::Refused(NoCheckout::EventBegun));
    }
    if order.product.price_cents == 0 && !order.product.kind.spends_balance() {
        let purchase = free::get(engine, buyer, order).await?;
        return Ok(purchase.map_or(LEFT, |purchase| Begun::Bought(Box::new(purchase))));
    }
    let Some(connection) = connection(engine, buyer.site).await? else {
        return Ok(Begun::Refused(NoCheckout::NotConnected));
    };
    let product = order.product;
    let kind = product.kind;
    if kind.spends_balance() && !order.another {
        let (db, user) = (engine.db.reader(), buyer.user);
        if purchases::has_paid(db, user.site_id, user.id, product.id).await? {
            return Ok(Begun::Refused(NoCheckout::AlreadyMember));
        }
    }
    let holder = Holder::Member(buyer.site, buyer.user);
    let customer = match known_customer(engine, &connection, &holder).await {
        Ok(customer) => customer,
        Err(StepError::Stripe(error)) => return Ok(Begun::Refused(NoCheckout::from(&error))),
        Err(StepError::Database(error)) => return Err(error.into()),
    };
    let mut sale = Sale {
        engine,
        buyer,
        product,
        kind: *kind,
        connection: &connection,
        customer,
        without_address: false,
        credit: order.credit.filter(|_| !kind.spends_balance()),
        form_token: order.form_token,
        return_url: order.return_url,
    };
    for _ in 0..TRIES {
        if let Some(begun) = sale.begin().await? {
            return Ok(begun);
        }
        let (db, user) = (engine.db.writer(), buyer.user);
        if deletions::is_requested(db, user.site_id, user.id).await? {
            // The customer may have been created just now, with the name of whoever left.
            stripe_customers::set_email_due(db, user.id).await?;
            return Ok(LEFT);
        }
    }
    Ok(Begun::Refused(NoCheckout::Unanswered))
}

/// The value of `open_for`, which is unique among the open sessions of an account: the member and
/// the product. For memberships, which hold the balance, it is the same for all of them.
pub(super) fn open_for(user_id: MemberId, kind: ProductKind, product_id: ProductId) -> String {
    match kind.spends_balance() {
        true => format!("member {user_id}: memberships"),
        false => format!("member {user_id}: product {product_id}"),
    }
}

/// One product for one buyer, at the site's Stripe account.
pub(super) struct Sale<'a> {
    pub(super) engine: &'a Engine,
    pub(super) buyer: &'a Buyer<'a>,
    pub(super) product: &'a product::Model,
    kind: ProductKind,
    pub(super) connection: &'a Connection,
    /// The buyer's customer (`cus_…`), if it is known.
    pub(super) customer: Option<String>,
    /// Stripe refused the buyer's address: its page asks for one.
    without_address: bool,
    /// The wish to use credit.
    pub(super) credit: Option<UseCredit>,
    /// Random: one form makes one purchase that the credit covers.
    pub(super) form_token: Option<&'a str>,
    /// Where Stripe's page leads back to, if not to the site's own pages of the purchase.
    return_url: Option<&'a str>,
}

impl Sale<'_> {
    /// One try; `None` means: try again.
    async fn begin(&mut self) -> anyhow::Result<Option<Begun>> {
        let (engine, user_id) = (self.engine, self.buyer.user.id);
        let open_for = open_for(user_id, self.kind, self.product.id);
        let account = self.connection.account.id;
        // Sessions of other accounts are ignored: they hold no balance here, and can still be paid
        // there.
        if let Some(open) =
            checkout_sessions::open_at(engine.db.reader(), account, &open_for).await?
        {
            return self.meet(open).await;
        }
        if let Some(wanted) = self.credit {
            if let Some(bought) = self.bought_before().await? {
                return Ok(Some(bought));
            }
            match self.reserve(wanted).await? {
                Reserved::Nothing => {}
                Reserved::Held(reservation) => return self.spend(reservation, &open_for).await,
                Reserved::Changed { to_pay } => return Ok(Some(Begun::Changed { to_pay })),
                Reserved::Busy => return Ok(Some(Begun::Refused(NoCheckout::CreditInUse))),
                Reserved::Unread(error) => {
                    return Ok(Some(Begun::Refused(NoCheckout::from(&error))));
                }
            }
        }
        let payer = match self.payer().await {
            Ok(payer) => payer,
            Err(StepError::Stripe(error)) => {
                if error == StripeError::NotProcessed && self.customer_of_another_click().await? {
                    return Ok(None);
                }
                tracing::warn!(
                    member = user_id.get(),
                    ?error,
                    "no customer for a Checkout session"
                );
                return Ok(Some(Begun::Refused(NoCheckout::from(&error))));
            }
            Err(StepError::Database(error)) => return Err(error.into()),
        };
        let Some((purchase, row)) = self.write(payer, &open_for).await? else {
            // Another request began the same purchase just now: the next try finds its session.
            return Ok(None);
        };
        self.ask(purchase, row).await
    }

    /// Answers with a session that is already open; `None` means: try again.
    async fn meet(&mut self, open: checkout_session::Model) -> anyhow::Result<Option<Begun>> {
        let engine = self.engine;
        // The request that opened this session may have created the customer.
        if self.customer.is_none() {
            self.customer = self.known_now().await?;
        }
        let terms = self.terms(&open).await?;
        let taken_up = reuse(engine, &open, &terms).await?;
        if let Reused::Over = taken_up {
            return Ok(None);
        }
        if let Reused::Unanswered = taken_up {
            // If the account has no such session, its row was released, and another one may be
            // created.
            let row = checkout_sessions::by_id(engine.db.reader(), open.id).await?;
            let let_go = row.is_none_or(|row| row.open_for.is_none());
            return Ok((!let_go).then_some(Begun::Refused(NoCheckout::Unanswered)));
        }
        let Some(id) = open.purchase_id else {
            return Ok(None);
        };
        let user = self.buyer.user;
        let bought = purchases::one_of_buyer(engine.db.reader(), user.site_id, user.id, id).await?;
        let Some(bought) = bought else {
            return Ok(None);
        };
        let purchase = Box::new(bought.purchase);
        Ok(Some(match taken_up {
            Reused::Page(url) => Begun::Checkout { purchase, url },
            _ => Begun::Bought(purchase),
        }))
    }

    /// Waits up to two seconds for the customer that another request of the buyer may be creating.
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
        let (db, account) = (self.engine.db.reader(), self.connection.account.id);
        let known = stripe_customers::get(db, account, member).await?;
        Ok(known.and_then(|row| row.customer_id))
    }

    /// The terms that the buyer agrees to now.
    async fn terms(&self, open: &checkout_session::Model) -> anyhow::Result<Terms> {
        Ok(Terms {
            name: self.product.name.clone(),
            price: self.product.price(),
            customer: self.customer.clone(),
            referral_code: None,
            credit: self.credit_on(open).await?,
            return_url: self.return_url.map(str::to_owned),
        })
    }

    /// Who pays. A credit is spent from the balance of one customer: if Checkout created another
    /// customer for a membership, the credit would never be spent.
    async fn payer(&mut self) -> Result<Payer, StepError> {
        if let Some(customer) = &self.customer {
            return Ok(Payer::Customer(customer.clone()));
        }
        let Buyer { site, user, .. } = *self.buyer;
        if !self.kind.spends_balance() {
            return Ok(match self.without_address {
                false => Payer::Email(billing_email(user).to_owned()),
                true => Payer::Anyone,
            });
        }
        let holder = Holder::Member(site, user);
        let customer = get_or_create(self.engine, self.connection, &holder).await?;
        self.customer = Some(customer.id.clone());
        Ok(Payer::Customer(customer.id))
    }

    /// Writes the purchase and the request to Stripe in one transaction; `None` if another session
    /// is open for the same, or the buyer's account is being deleted.
    async fn write(
        &self,
        payer: Payer,
        open_for: &str,
    ) -> anyhow::Result<Option<(purchase::Model, checkout_session::Model)>> {
        let (engine, account) = (self.engine, &self.connection.account);
        let now = engine.now();
        let tx = engine.db.begin().await?;
        let (site_id, user_id) = (self.buyer.user.site_id, self.buyer.user.id);
        if deletions::lock_staying(&tx, site_id, user_id)
            .await?
            .is_none()
        {
            return Ok(None);
        }
        let purchase = purchases::insert_at(&tx, self.product, user_id, account, now).await?;
        let request = self.request(&purchase, payer);
        let row = self
            .write_session(&tx, &purchase, &request, open_for)
            .await?;
        let Some(row) = row else {
            return Ok(None);
        };
        tx.commit().await?;
        engine.console_changed(Scope::Site(purchase.site_id));
        Ok(Some((purchase, row)))
    }

    /// Writes the request to Stripe; `None` if another session is open for the same.
    pub(super) async fn write_session(
        &self,
        tx: &DatabaseTransaction,
        purchase: &purchase::Model,
        request: &NewCheckout,
        open_for: &str,
    ) -> anyhow::Result<Option<checkout_session::Model>> {
        let (account, now) = (&self.connection.account, self.engine.now());
        let coupon = request.discount.as_ref();
        let new = NewSession {
            site_id: self.buyer.site.id(),
            sells: Sells::Purchase(purchase.id),
            stripe_account_id: account.id,
            livemode: account.livemode,
            open_for: Some(open_for),
            token: &request.reference,
            request: serde_json::to_string(request)?,
            next_check_at: next_check_at(now, now, Awaited::Buyer),
            coupon: coupon.map(|discount| discount.coupon.as_str()),
            now,
        };
        checkout_sessions::insert(tx, &new).await
    }

    pub(super) async fn ask(
        &mut self,
        purchase: purchase::Model,
        row: checkout_session::Model,
    ) -> anyhow::Result<Option<Begun>> {
        match send(self.engine, self.connection, &row).await? {
            Ok(checkout) => Ok(Some(Begun::Checkout {
                purchase: Box::new(purchase),
                url: checkout.url,
            })),
            Err(StripeError::Refused(code))
                if code == "resource_missing" && self.customer.is_some() =>
            {
                // The customer was deleted at Stripe.
                if let Some(customer) = self.customer.take() {
                    let (db, member) = (
                        self.engine.db.writer(),
                        HolderId::Member(self.buyer.user.id),
                    );
                    let account = self.connection.account.id;
                    stripe_customers::forget_customer(db, account, member, &customer).await?;
                }
                Ok(None)
            }
            Err(error) if error.is_of_address() && !self.without_address => {
                self.without_address = true;
                Ok(None)
            }
            Err(error) => {
                tracing::warn!(purchase = purchase.id.get(), ?error, "no Checkout session");
                let uses_credit = row.coupon.is_some();
                Ok(Some(Begun::Refused(
                    match error.is_of_small_amount() && uses_credit {
                        true => NoCheckout::TooSmall,
                        false => NoCheckout::from(&error),
                    },
                )))
            }
        }
    }

    pub(super) fn request(&self, purchase: &purchase::Model, payer: Payer) -> NewCheckout {
        let (site, base) = (self.buyer.site, self.buyer.base_url);
        let token = self.engine.random.token();
        let own_pages = || {
            let (id, product) = (purchase.id, products::path(self.product));
            let success_url = format!("{base}/purchases/{id}?session_id={{CHECKOUT_SESSION_ID}}");
            (success_url, format!("{base}{product}?cancelled=1"))
        };
        let back = self.return_url.map(str::to_owned);
        let (success_url, cancel_url) = match &back {
            Some(url) => (url.clone(), url.clone()),
            None => own_pages(),
        };
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
            success_url,
            cancel_url,
            discount: None,
            expires_at: None,
            ships: self.product.ships,
            return_url: back,
        }
    }
}
