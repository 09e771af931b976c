//! Sells the plans of PewPros and CoachPros on the brands' sites: from "Get Started" to Stripe's
//! Checkout page, and the receipt. A prospect's browser has at most one open Checkout session per
//! brand. The session carries the prospect's referral code, so that a session for another plan
//! inherits it.

use anyhow::Context;
use app::{
    ports::{Answer, Subscriptions},
    types::PlatformReceipt,
};
use async_trait::async_trait;
use domain::purchase::{Plan, PurchaseState, SessionState};
use services::purchases::{
    checkout::{self, NoCheckout, Reused},
    subscriptions::{Prospect, Subscribed, subscribe},
};
use store::{
    checkout_sessions,
    entities::{checkout_session, platform_purchase},
    platform_purchases,
};

use super::{Services, internal_error};
use crate::middleware;

const NOT_CONNECTED: &str = "Online payment is not set up here yet. Try again later.";

/// What "Get Started" leads to.
pub enum Begun {
    /// A redirect to Stripe's page, or to the receipt.
    Go(String),
    /// A refusal for now: a sentence for the pricing page.
    Refused(String),
}

impl Services {
    /// Begins to sell `plan` to this visitor, or answers with the Checkout page that is already
    /// open for it. The referral code moves from the browser's memory to the open session.
    pub async fn subscribe(&self, plan: Plan) -> anyhow::Result<Begun> {
        let Self { state, context } = self;
        if let Err(refused) = state.rate_limiter.check_checkout(context.address) {
            return Ok(Begun::Refused(refused.sentence()));
        }
        let prospect = Prospect {
            brand: &context.site,
            base_url: &context.base_url,
            click: middleware::remembered_click(state, context).await?,
            open: self.open_checkout().await?,
        };
        let remember = |token: &str| self.remember(Some(token.to_owned()));
        match subscribe(state, prospect, plan, remember).await? {
            Subscribed::Page(url) => {
                middleware::forget_code(context)?;
                Ok(Begun::Go(url))
            }
            Subscribed::Bought(open) => self.bought(&open).await,
            Subscribed::Refused(why) => Ok(refused(why)),
        }
    }

    /// Expires the prospect's open Checkout session, whichever plan it is for. Refuses with a
    /// sentence if Stripe does not confirm that the session has expired. The session keeps its
    /// referral code, so that a session for another plan inherits it.
    pub async fn release_checkout(&self) -> anyhow::Result<Begun> {
        if let Err(refused) = self.state.rate_limiter.check_checkout(self.context.address) {
            return Ok(Begun::Refused(refused.sentence()));
        }
        let Some(open) = self.open_checkout().await? else {
            return Ok(Begun::Go("/pricing".to_owned()));
        };
        match checkout::end(&self.state, &open).await? {
            Reused::Bought => self.bought(&open).await,
            Reused::Unanswered => Ok(refused(NoCheckout::Unanswered)),
            Reused::Over | Reused::Page(_) => Ok(Begun::Go("/pricing".to_owned())),
        }
    }

    /// The Checkout session that this browser began last on this brand, with its referral code.
    async fn open_checkout(&self) -> anyhow::Result<Option<checkout_session::Model>> {
        let Some(token) = self.context.visitor.get()?.checkout else {
            return Ok(None);
        };
        let (db, site) = (self.state.db.reader(), self.context.site.id());
        Ok(checkout_sessions::by_token(db, site, &token).await?)
    }

    fn remember(&self, token: Option<String>) -> anyhow::Result<()> {
        self.context
            .visitor
            .update(|memory| memory.checkout = token)
    }

    /// Leads to the receipt of the completed session, and forgets the session so that the browser
    /// can begin another purchase.
    async fn bought(&self, open: &checkout_session::Model) -> anyhow::Result<Begun> {
        self.remember(None)?;
        let now =
            checkout_sessions::by_token(self.state.db.reader(), open.site_id, &open.token).await?;
        let session_id = now.and_then(|row| row.session_id);
        let id = session_id.context("a session that is complete")?;
        Ok(Begun::Go(format!("/pricing/thank-you?session_id={id}")))
    }
}

/// A brand has no counter, so it has its own sentence where Stripe is not connected.
fn refused(why: NoCheckout) -> Begun {
    Begun::Refused(match why {
        NoCheckout::NotConnected => NOT_CONNECTED.to_owned(),
        why => why.sentence().to_owned(),
    })
}

#[async_trait]
impl Subscriptions for Services {
    async fn receipt(&self, checkout_session: &str) -> Answer<Option<PlatformReceipt>> {
        let receipt = self.receipt_of(checkout_session).await;
        receipt.map_err(internal_error)
    }

    async fn open_plan(&self) -> Answer<Option<Plan>> {
        let open = self.open_checkout().await.map_err(internal_error)?;
        let waiting =
            open.filter(|row| matches!(*row.state, SessionState::Requested | SessionState::Open));
        Ok(waiting.and_then(|row| Plan::parse(row.plan.as_deref()?)))
    }
}

impl Services {
    async fn receipt_of(&self, session_id: &str) -> anyhow::Result<Option<PlatformReceipt>> {
        // PostgreSQL rejects a query whose text contains NUL.
        if session_id.contains('\0') {
            return Ok(None);
        }
        let (db, site) = (self.state.db.reader(), self.context.site.id());
        let bought = || platform_purchases::by_session(db, site, session_id);
        // The row has Stripe's id before the buyer gets the address of Stripe's page.
        let begun = || checkout_sessions::by_session(db, site, session_id);
        let mut purchase = bought().await?;
        if purchase.as_ref().is_none_or(|row| row.state.is_waiting())
            && let Some(row) = begun().await?
        {
            checkout::retrieve::ask_for_page(&self.state, row).await?;
            purchase = bought().await?;
        }
        match purchase {
            Some(purchase) => Ok(Some(receipt(&purchase)?)),
            None => Ok(begun().await?.as_ref().map(unpaid)),
        }
    }
}

fn receipt(purchase: &platform_purchase::Model) -> anyhow::Result<PlatformReceipt> {
    let paid = purchase.paid_cents.map(|cents| purchase.money(cents));
    let foreign = purchase.foreign()?.map(|amount| amount.to_string());
    Ok(PlatformReceipt {
        plan: purchase.plan_label().to_owned(),
        paid: foreign.or(paid.map(|paid| paid.to_string())),
        state: *purchase.state,
    })
}

/// The receipt of a session of which no event has told, or in which nothing was bought.
fn unpaid(begun: &checkout_session::Model) -> PlatformReceipt {
    let plan = begun.plan.as_deref().unwrap_or_default();
    PlatformReceipt {
        plan: Plan::parse(plan).map_or_else(|| plan.to_owned(), |plan| plan.label().to_owned()),
        paid: None,
        state: match *begun.state {
            SessionState::Requested | SessionState::Open | SessionState::Complete => {
                PurchaseState::Open
            }
            SessionState::Expired | SessionState::Refused => PurchaseState::Expired,
        },
    }
}
