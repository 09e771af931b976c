//! PewPros and CoachPros, sold on the platform's sites: from "Get Started" to Stripe's page, and the
//! receipt. A prospect's browser has at most one page of a brand open; the code that brought them
//! stays with it, so that another plan takes it over.

use std::collections::BTreeMap;

use anyhow::Context;
use app::{
    ports::{Answer, Subscriptions},
    types::PlatformReceipt,
};
use async_trait::async_trait;
use domain::{
    credit::Program,
    purchase::{Awaited, Plan, SessionState, Terms},
};
use services::{
    purchases::{
        checkout::{self, TakenUp, row::next_check_at},
        platform_sales::metadata,
    },
    referrals::ReferralClick,
    stripe_customers::{Connection, platform_connection},
};
use store::{
    checkout_sessions::{self, NewSession, Sells},
    entities::checkout_session,
    platform_purchases,
};
use stripe_gateway::{Billing, CheckoutSession, NewCheckout, Payer};

use super::{Services, broken};
use crate::middleware;

const NOT_CONNECTED: &str = "Online payment is not set up here yet. Try again later.";
const NOT_ACCEPTED: &str =
    "Stripe did not accept this payment. Nothing was charged. Please tell us about it.";
const NO_ANSWER: &str =
    "Stripe does not answer right now. Nothing was charged. Try again in a minute.";

/// What became of "Get Started".
pub enum Begun {
    /// On to Stripe's page, or to the receipt.
    Go(String),
    /// Not now; a sentence for the pricing page.
    Refused(String),
}

impl Services {
    /// Begins to sell `plan` to whoever asks, or answers with the page that they have open for it.
    /// The code leaves the browser's memory and stays with the open session.
    ///
    /// # Errors
    /// If something breaks on our side.
    pub async fn subscribe(&self, plan: Plan) -> anyhow::Result<Begun> {
        let Self { state, visit } = self;
        if let Err(refused) = state.guard.try_checkout(visit.address) {
            return Ok(Begun::Refused(refused.sentence()));
        }
        let Some(connection) = platform_connection(state).await? else {
            return Ok(Begun::Refused(NOT_CONNECTED.to_owned()));
        };
        let click = middleware::remembered_click(state, visit).await?;
        let open = self.open_checkout().await?;
        let click = click.or_else(|| open.as_ref().and_then(carried));
        if let Some(open) = open.filter(|open| open.stripe_account_id == connection.account.id) {
            let wanted = terms(&self.name_of(plan), plan, click.as_ref());
            match checkout::take_up(state, &open, &wanted).await? {
                TakenUp::Page(url) => {
                    middleware::forget_code(visit)?;
                    return Ok(Begun::Go(url));
                }
                TakenUp::Bought => return self.bought(&open).await,
                TakenUp::Unanswered => return Ok(Begun::Refused(NO_ANSWER.to_owned())),
                TakenUp::Over => {}
            }
        }
        let row = self.write(&connection, plan, click.as_ref()).await?;
        self.remember(Some(row.token.clone()))?;
        match checkout::send(state, &connection, &row).await? {
            Ok(checkout) => {
                middleware::forget_code(visit)?;
                Ok(Begun::Go(checkout.url))
            }
            Err(fault) => {
                tracing::warn!(brand = visit.site.row.key, ?fault, "no Checkout session");
                let sentence = match fault.outcome_is_unknown() {
                    true => NO_ANSWER,
                    false => NOT_ACCEPTED,
                };
                Ok(Begun::Refused(sentence.to_owned()))
            }
        }
    }

    /// Closes the page that the prospect has open, whichever plan it is for; a sentence where Stripe
    /// does not say that it is closed. The code stays with it: another plan takes it over.
    ///
    /// # Errors
    /// If something breaks on our side.
    pub async fn release_checkout(&self) -> anyhow::Result<Begun> {
        if let Err(refused) = self.state.guard.try_checkout(self.visit.address) {
            return Ok(Begun::Refused(refused.sentence()));
        }
        let Some(open) = self.open_checkout().await? else {
            return Ok(Begun::Go("/pricing".to_owned()));
        };
        match checkout::end(&self.state, &open).await? {
            TakenUp::Bought => self.bought(&open).await,
            TakenUp::Unanswered => Ok(Begun::Refused(NO_ANSWER.to_owned())),
            TakenUp::Over | TakenUp::Page(_) => Ok(Begun::Go("/pricing".to_owned())),
        }
    }

    /// The session that this browser began on this brand last, with the code that it carries.
    async fn open_checkout(&self) -> anyhow::Result<Option<checkout_session::Model>> {
        let Some(token) = self.visit.visitor.get()?.checkout else {
            return Ok(None);
        };
        let (db, site) = (self.state.db.reader(), self.visit.site.id());
        Ok(checkout_sessions::by_token(db, site, &token).await?)
    }

    fn remember(&self, token: Option<String>) -> anyhow::Result<()> {
        self.visit.visitor.update(|memory| memory.checkout = token)
    }

    /// The receipt of what was bought; the browser is free for another purchase.
    async fn bought(&self, open: &checkout_session::Model) -> anyhow::Result<Begun> {
        self.remember(None)?;
        let now =
            checkout_sessions::by_token(self.state.db.reader(), open.site_id, &open.token).await?;
        let session_id = now.and_then(|row| row.session_id);
        let id = session_id.context("a session that is complete")?;
        Ok(Begun::Go(format!("/pricing/thank-you?session_id={id}")))
    }

    fn name_of(&self, plan: Plan) -> String {
        format!("{} {}", self.visit.site.row.name, plan.label())
    }

    async fn write(
        &self,
        connection: &Connection,
        plan: Plan,
        click: Option<&ReferralClick>,
    ) -> anyhow::Result<checkout_session::Model> {
        let (state, base) = (&self.state, &self.visit.base_url);
        let (brand, now) = (&self.visit.site, state.now());
        let token = state.random.token();
        let request = NewCheckout {
            billing: match plan {
                Plan::Annual => Billing::Yearly,
                Plan::Monthly => Billing::Monthly,
            },
            name: self.name_of(plan),
            price: plan.price(),
            payer: Payer::Anyone,
            metadata: metadata_of(&brand.row.key, &token, plan, click),
            reference: token,
            success_url: format!("{base}/pricing/thank-you?session_id={{CHECKOUT_SESSION_ID}}"),
            cancel_url: format!("{base}/pricing?{}", way_back(plan, click)),
        };
        let new = NewSession {
            site_id: brand.id(),
            sells: Sells::Plan {
                plan: plan.code(),
                referral_code: click.map(|click| click.code.as_str()),
                clicked_at: click.and_then(|click| click.clicked_at),
            },
            stripe_account_id: connection.account.id,
            livemode: connection.account.livemode,
            open_for: None,
            token: &request.reference,
            request: serde_json::to_string(&request)?,
            next_check_at: next_check_at(now, now, Awaited::Buyer),
            now,
        };
        let row = checkout_sessions::insert(state.db.writer(), &new).await?;
        row.context("a session with a token of its own")
    }
}

/// The code that an open session carries; one that was paid has served.
fn carried(open: &checkout_session::Model) -> Option<ReferralClick> {
    let paid = open.state == SessionState::Complete;
    let code = open.referral_code.clone().filter(|_| !paid)?;
    Some(ReferralClick {
        code,
        clicked_at: open.clicked_at,
    })
}

fn terms(name: &str, plan: Plan, click: Option<&ReferralClick>) -> Terms {
    Terms {
        name: name.to_owned(),
        price: plan.price(),
        customer: None,
        referral_code: click.map(|click| click.code.clone()),
    }
}

/// Brings plan and code back with a buyer who turns back.
fn way_back(plan: Plan, click: Option<&ReferralClick>) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("plan", plan.code());
    if let Some(click) = click {
        query.append_pair("ref", &click.code);
    }
    query.append_pair("cancelled", "1").finish()
}

fn metadata_of(
    brand: &str,
    token: &str,
    plan: Plan,
    click: Option<&ReferralClick>,
) -> BTreeMap<String, String> {
    let mut all = BTreeMap::from([
        (metadata::PROGRAM, Program::Platform.code().to_owned()),
        (metadata::BRAND, brand.to_owned()),
        (metadata::PLAN, plan.code().to_owned()),
        (CheckoutSession::TOKEN, token.to_owned()),
    ]);
    if let Some(click) = click {
        all.insert(CheckoutSession::REFERRAL_CODE, click.code.clone());
        if let Some(at) = click.clicked_at {
            all.insert(metadata::CLICKED_AT, at.millis().to_string());
        }
    }
    all.into_iter()
        .map(|(name, text)| (name.to_owned(), text))
        .collect()
}

#[async_trait]
impl Subscriptions for Services {
    async fn receipt(&self, checkout_session: &str) -> Answer<Option<PlatformReceipt>> {
        let receipt = self.receipt_of(checkout_session).await;
        receipt.map_err(broken)
    }

    async fn open_plan(&self) -> Answer<Option<Plan>> {
        let open = self.open_checkout().await.map_err(broken)?;
        let waiting =
            open.filter(|row| matches!(*row.state, SessionState::Requested | SessionState::Open));
        Ok(waiting.and_then(|row| Plan::parse(row.plan.as_deref()?)))
    }
}

impl Services {
    async fn receipt_of(&self, session_id: &str) -> anyhow::Result<Option<PlatformReceipt>> {
        let (db, site) = (self.state.db.reader(), self.visit.site.id());
        let find = || platform_purchases::by_session(db, site, session_id);
        let mut purchase = find().await?;
        if purchase.as_ref().is_none_or(|row| row.state.is_waiting())
            && let Some(row) = checkout_sessions::by_session(db, site, session_id).await?
        {
            checkout::retrieve::ask_for_page(&self.state, row).await?;
            purchase = find().await?;
        }
        Ok(purchase.map(|purchase| PlatformReceipt {
            plan: purchase.plan_label().to_owned(),
            paid: purchase.paid_cents.map(|cents| purchase.money(cents)),
            state: *purchase.state,
        }))
    }
}
