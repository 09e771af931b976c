//! A member's purchases on the web, and the redirect to Stripe's Checkout page.

use app::{
    pages::with_next,
    ports::{Answer, Purchases},
    types::{
        BegunBefore, BuyForm, CreditOffer, EventTile, ListedPurchase, OpenPurchase, Outcome,
        Purchase, PurchaseLine, PurchaseReceipt, purchase_words,
    },
};
use async_trait::async_trait;
use domain::{
    forms::Refusal,
    money::Money,
    purchase::{GivenBack, SessionState, badge, label},
};
use server_core::{dates, zone::Zone};
use services::{
    purchases::{
        brought_up_to_date,
        checkout::{self, Begun, Buyer, GONE, Offer, Order, Reused, UseCredit},
        receipt::{Amounts, amounts, money_back},
        with_credit_used,
    },
    stripe_customers::balance,
};
use store::{
    ProductId, PurchaseId,
    entities::{product, purchase},
    products::{self, Address},
    purchases::{self, Bought, ListedPurchase as Row},
};

use super::{Services, catalog::view, internal_error};

/// Most purchases that a dashboard shows.
const SHOWN: u64 = 50;

#[async_trait]
impl Purchases for Services {
    async fn buy(&self, form: BuyForm) -> Answer<Outcome> {
        self.begin(&form).await.map_err(internal_error)
    }

    async fn release(&self, product_id: i64, purchase_id: Option<i64>) -> Answer<Outcome> {
        let purchase_id = purchase_id.map(PurchaseId::new);
        self.release_open(ProductId::new(product_id), purchase_id)
            .await
            .map_err(internal_error)
    }

    async fn begun(&self, product_id: i64) -> Answer<BegunBefore> {
        self.begun_before(ProductId::new(product_id))
            .await
            .map_err(internal_error)
    }

    async fn next_ticket(&self) -> Answer<Option<EventTile>> {
        let Some(user) = &self.context.user else {
            return Ok(None);
        };
        let (db, now) = (self.state.db.reader(), self.state.now());
        let tickets = purchases::tickets_of_buyer(db, user.site_id, user.id, now).await;
        let tickets = tickets.map_err(|error| internal_error(error.into()))?;
        let next = tickets
            .into_iter()
            .find(|(purchase, _)| !purchase.given_back().is_gone());
        Ok(next.and_then(|(purchase, event)| event_tile(&purchase, event?, self.zone())))
    }

    async fn mine(&self) -> Answer<Vec<ListedPurchase>> {
        let Some(user) = &self.context.user else {
            return Ok(Vec::new());
        };
        let rows = purchases::of_buyer(self.state.db.reader(), user.site_id, user.id, SHOWN).await;
        let rows = rows.map_err(|error| internal_error(error.into()))?;
        let rows = rows.into_iter();
        Ok(rows.map(|row| listed(row, self.zone())).collect())
    }

    async fn one(&self, id: i64) -> Answer<Option<Purchase>> {
        let read = self.read(PurchaseId::new(id)).await;
        let read = read.map_err(internal_error)?;
        Ok(read.map(|(purchase, _)| purchase))
    }

    async fn receipt(&self, id: i64) -> Answer<Option<PurchaseReceipt>> {
        let read = self.read(PurchaseId::new(id)).await;
        let Some((purchase, product_id)) = read.map_err(internal_error)? else {
            return Ok(None);
        };
        let (db, site) = (self.state.db.reader(), self.context.site.id());
        let product = products::any_by_id(db, site, product_id).await;
        let product = product.map_err(|error| internal_error(error.into()))?;
        let open = self.open_page(&purchase, product_id).await;
        Ok(Some(PurchaseReceipt {
            purchase,
            open: open.map_err(internal_error)?,
            product: product.map(|product| view(product, self.zone())),
        }))
    }
}

fn event_tile(purchase: &purchase::Model, event: product::Model, zone: &Zone) -> Option<EventTile> {
    Some(EventTile {
        time: dates::event(event.starts_at?, zone),
        name: event.name,
        path: format!("/purchases/{}", purchase.id),
    })
}

impl Services {
    /// One of the member's purchases, and the product that was bought.
    async fn read(&self, id: PurchaseId) -> anyhow::Result<Option<(Purchase, ProductId)>> {
        let (state, site) = (&self.state, &self.context.site);
        let Some(user) = &self.context.user else {
            return Ok(None);
        };
        let row = purchases::one_of_buyer(state.db.reader(), user.site_id, user.id, id).await?;
        let Some(bought) = row else {
            return Ok(None);
        };
        let Bought { purchase, product } = brought_up_to_date(state, bought).await?;
        let purchase = with_credit_used(state, site, purchase).await?;
        let product_id = purchase.product_id;
        let Amounts { credit, paid } = amounts(&purchase)?;
        let back = money_back(&purchase)?;
        let is_on_offer = product.as_ref().is_some_and(Address::is_on_offer);
        let mut line = line(Bought { purchase, product }.into(), self.zone());
        if !is_on_offer {
            line.product_path.clear();
        }
        let (title, words) = purchase_words(&line, credit == Some(line.price), &back);
        let purchase = Purchase {
            credit,
            paid,
            title,
            words,
            line,
        };
        Ok(Some((purchase, product_id)))
    }

    /// Stripe's page of a purchase that is not paid, as far as we know.
    async fn open_page(
        &self,
        purchase: &Purchase,
        product_id: ProductId,
    ) -> anyhow::Result<Option<OpenPurchase>> {
        let Some(user) = &self.context.user else {
            return Ok(None);
        };
        let id = PurchaseId::new(purchase.line.id);
        let session = checkout::session_of(&self.state, user, id).await?;
        let can_be_paid = [SessionState::Requested, SessionState::Open];
        let Some(session) = session.filter(|row| can_be_paid.contains(&row.state)) else {
            return Ok(None);
        };
        Ok(Some(OpenPurchase {
            product_id: product_id.get(),
            held: checkout::held(&session)?,
            url: session.url,
        }))
    }

    async fn begin(&self, form: &BuyForm) -> anyhow::Result<Outcome> {
        let (state, site) = (&self.state, &self.context.site);
        let product_id = ProductId::new(form.product_id);
        let Some(product) = products::by_id(state.db.reader(), site.id(), product_id).await? else {
            return Ok(refused(GONE));
        };
        let Some(user) = &self.context.user else {
            let page = match self.is_newcomer()? {
                true => "/register",
                false => "/sign-in",
            };
            return Ok(Outcome::Go(with_next(page, &products::path(&product))));
        };
        let tries = state.rate_limiter.check_purchase(user.id);
        if let Err(too_many) =
            tries.and_then(|()| state.rate_limiter.try_call(self.context.address))
        {
            return Ok(refused(&too_many.sentence()));
        }
        let buyer = Buyer {
            site,
            user,
            base_url: &self.context.base_url,
        };
        let order = Order {
            product: &product,
            another: form.another,
            credit: form.credit.map(|to_pay| UseCredit {
                shown: Some(Money::new(to_pay, *product.currency)),
            }),
            form_token: Some(form.form_token.as_str()).filter(|token| is_token(token)),
            return_url: None,
        };
        Ok(match checkout::begin(state, &buyer, order).await? {
            Begun::Checkout { url, .. } => Outcome::Go(url),
            Begun::Bought(purchase) => Outcome::Go(format!("/purchases/{}", purchase.id)),
            Begun::Changed { .. } => {
                Outcome::Go(format!("{}?credit=changed", products::path(&product)))
            }
            Begun::Refused(why) => refused(why.sentence()),
        })
    }

    /// Whether the visitor probably has no account: a link brought them, or nobody has signed in in this browser
    /// (`docs/rules.md` 199). Either page leads to the other.
    fn is_newcomer(&self) -> anyhow::Result<bool> {
        let invited = self.context.visitor.get()?.referral.is_some();
        Ok(invited || self.context.device_token.is_none())
    }

    /// Expires the Checkout session of this purchase, or the one that the member has open for this product, on
    /// offer or withdrawn. The part of the balance that the session reserves becomes free.
    async fn release_open(
        &self,
        product_id: ProductId,
        purchase_id: Option<PurchaseId>,
    ) -> anyhow::Result<Outcome> {
        const CLOSED: &str = "The payment page is closed. Nothing was charged.";
        let (state, site) = (&self.state, &self.context.site);
        let product = products::any_by_id(state.db.reader(), site.id(), product_id).await?;
        let Some((user, product)) = self.context.user.as_ref().zip(product) else {
            return Ok(refused(GONE));
        };
        let tries = state.rate_limiter.check_purchase(user.id);
        if let Err(too_many) =
            tries.and_then(|()| state.rate_limiter.try_call(self.context.address))
        {
            return Ok(refused(&too_many.sentence()));
        }
        let open = match purchase_id {
            Some(id) => checkout::session_of(state, user, id).await?,
            None => checkout::open_session(state, site, user.id, &product).await?,
        };
        let Some(open) = open else {
            // It may have been paid meanwhile: the purchase's page says so.
            return Ok(match purchase_id {
                Some(id) => Outcome::Go(format!("/purchases/{id}")),
                None => Outcome::Done(CLOSED.to_owned()),
            });
        };
        Ok(match checkout::end(state, &open).await? {
            Reused::Over | Reused::Page(_) => Outcome::Done(CLOSED.to_owned()),
            Reused::Bought => Outcome::Go(match open.purchase_id {
                Some(id) => format!("/purchases/{id}"),
                None => "/dashboard".to_owned(),
            }),
            Reused::Unanswered => refused(
                "Our payment system is not answering right now, so the payment page is still open. \
                 Try again in a minute.",
            ),
        })
    }

    async fn begun_before(&self, product_id: ProductId) -> anyhow::Result<BegunBefore> {
        let (state, site) = (&self.state, &self.context.site);
        let db = state.db.reader();
        let product = products::by_id(db, site.id(), product_id).await?;
        let Some((user, product)) = self.context.user.as_ref().zip(product) else {
            return Ok(BegunBefore::default());
        };
        let open = checkout::open_session(state, site, user.id, &product).await?;
        let held = open.as_ref().map(checkout::held).transpose()?.flatten();
        let credit = balance::of(state, site, user).await?;
        let available = credit.now.available();
        let elsewhere = reserved_elsewhere(credit.reserved.total(), held);
        let offer = checkout::offer(&product, held, available);
        let is_membership = product.kind.spends_balance();
        Ok(BegunBefore {
            open_page: match open.and_then(|open| open.purchase_id) {
                Some(id) => purchases::one_of_buyer(db, site.id(), user.id, id)
                    .await?
                    .is_some_and(|bought| bought.purchase.product_id == product.id),
                None => false,
            },
            held,
            available,
            reserved: elsewhere,
            already_member: is_membership
                && purchases::has_paid(db, site.id(), user.id, product.id).await?,
            credit: offer.map(|Offer { pays, to_pay }| CreditOffer { pays, to_pay }),
            form_token: state.random.token(),
        })
    }
}

/// What of the reserved credit the open page of the product does not hold.
fn reserved_elsewhere(reserved: Money, held: Option<Money>) -> Option<Money> {
    let here = held.map_or(0, Money::cents);
    let elsewhere = Money::new(reserved.cents().saturating_sub(here), reserved.currency());
    elsewhere.is_positive().then_some(elsewhere)
}

/// Whether the text can be a token of ours.
fn is_token(text: &str) -> bool {
    const LONGEST: usize = 64;
    !text.is_empty()
        && text.len() <= LONGEST
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn refused(message: &str) -> Outcome {
    Outcome::Refused(Refusal::message(message))
}

/// A purchase in a list, with the words for what of it went back.
pub fn listed(row: Row, zone: &Zone) -> ListedPurchase {
    let (price, back) = (row.price(), row.given_back());
    ListedPurchase {
        label: label(*row.state, price, back),
        badge: badge(*row.state, back),
        back: part_back(price, back, row.is_foreign()),
        line: line(row, zone),
    }
}

/// What went back of a purchase, if it is a part: `$10.00 refunded`. Of one that was paid in another currency
/// its own pages say it.
pub fn part_back(price: Money, back: GivenBack, is_foreign: bool) -> Option<String> {
    let went = Money::new(back.cents, price.currency());
    let is_part = went.is_positive() && !back.is_whole && !is_foreign;
    is_part.then(|| format!("{went} refunded"))
}

fn line(row: Row, zone: &Zone) -> PurchaseLine {
    PurchaseLine {
        id: row.id.get(),
        kind: *row.kind,
        product_path: row.product.as_ref().map(Address::path).unwrap_or_default(),
        price: row.price(),
        state: *row.state,
        bought_on: dates::day(row.created_at, zone),
        bought_at: dates::iso(row.created_at),
        in_person: row.in_person,
        product_name: row.product_name,
    }
}
