//! PewPros and CoachPros, sold on the platform's sites: from "Get Started" to Stripe's page, and the
//! receipt.

use std::collections::HashMap;

use app::{
    ports::{Answer, Subscriptions},
    types::PlatformReceipt,
};
use async_trait::async_trait;
use domain::{Fault, Plan, Program};
use serde::{Deserialize, Serialize};
use time::Duration;

use super::{
    Services, broken,
    stripe_customers::{Connection, platform_connection},
};
use crate::{
    clock::from_ms,
    db::platform_purchases,
    middleware::{self, ReferralClick},
    stripe::{Billing, Checkout, NewCheckout, Payer},
};

/// The names under which a Checkout session carries what we need to know when it is paid.
pub mod metadata {
    /// `Program::code`.
    pub const PROGRAM: &str = "program";
    /// `sites.key`.
    pub const BRAND: &str = "brand";
    /// `Plan::code`.
    pub const PLAN: &str = "plan";
    /// The code that the buyer came with.
    pub const CODE: &str = "referral_code";
    /// When they clicked the link, in milliseconds.
    pub const CLICKED_AT: &str = "referral_clicked_at";
}

const NOT_CONNECTED: &str = "Online payment is not set up here yet. Try again later.";
const NOT_ACCEPTED: &str =
    "Stripe did not accept this payment. Nothing was charged. Please tell us about it.";
const NO_ANSWER: &str =
    "Stripe does not answer right now. Nothing was charged. Try again in a minute.";

/// Under which name the visitor's session keeps [`Kept`].
const BEGUN: &str = "begun_checkout";
/// How long a Checkout page stays the answer to the same wish.
const ASKED_AGAIN: Duration = Duration::minutes(10);

/// The Checkout session that took the visitor's code along.
#[derive(Serialize, Deserialize)]
struct Kept {
    /// `Plan::code`.
    plan: String,
    /// `cs_…`.
    session_id: String,
    /// Stripe's page.
    url: String,
    /// Milliseconds, UTC.
    begun_at: i64,
}

/// What became of "Get Started".
pub enum Begun {
    /// On to Stripe's page.
    Go(String),
    /// Not now; a sentence for the pricing page.
    Refused(String),
}

impl Services {
    /// Begins to sell `plan` to whoever asks. The code goes along in Stripe's metadata and is
    /// forgotten here, but only once Stripe has it.
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
        if click.is_none()
            && let Some(url) = self.begun_before(plan).await?
        {
            return Ok(Begun::Go(url));
        }
        match self.open_checkout(&connection, plan, click.as_ref()).await {
            Ok(checkout) => {
                if click.is_some() {
                    self.keep(plan, &checkout).await?;
                }
                middleware::forget_code(visit).await?;
                Ok(Begun::Go(checkout.url))
            }
            Err(fault) => {
                tracing::warn!(brand = visit.site.row.key, ?fault, "no Checkout session");
                let sentence = match fault {
                    Fault::Refused(_) | Fault::NotConnected => NOT_ACCEPTED,
                    Fault::Unknown | Fault::Server | Fault::NotExecuted => NO_ANSWER,
                };
                Ok(Begun::Refused(sentence.to_owned()))
            }
        }
    }

    /// Stripe's page of just now that carries the code, where it is asked for again: the redirect to
    /// it may never have arrived, and the code is with it alone.
    async fn begun_before(&self, plan: Plan) -> anyhow::Result<Option<String>> {
        let Self { state, visit } = self;
        let kept: Option<Kept> = visit.session.get(BEGUN).await?;
        let same = kept.filter(|kept| {
            kept.plan == plan.code() && from_ms(kept.begun_at) + ASKED_AGAIN > state.clock.now()
        });
        let Some(kept) = same else { return Ok(None) };
        let (db, site) = (state.db.conn(), visit.site.id());
        let bought = platform_purchases::by_session(db, site, &kept.session_id).await?;
        Ok(bought.is_none().then_some(kept.url))
    }

    async fn keep(&self, plan: Plan, checkout: &Checkout) -> anyhow::Result<()> {
        let kept = Kept {
            plan: plan.code().to_owned(),
            session_id: checkout.id.clone(),
            url: checkout.url.clone(),
            begun_at: self.state.clock.now_ms(),
        };
        Ok(self.visit.session.insert(BEGUN, kept).await?)
    }

    async fn open_checkout(
        &self,
        connection: &Connection,
        plan: Plan,
        click: Option<&ReferralClick>,
    ) -> Result<Checkout, Fault> {
        let (base, brand) = (&self.visit.base_url, &self.visit.site.row);
        let reference = self.state.random.token();
        let key = format!("subscribe:{reference}");
        let new = NewCheckout {
            billing: match plan {
                Plan::Annual => Billing::Yearly,
                Plan::Monthly => Billing::Monthly,
            },
            name: &format!("{} {}", brand.name, plan.label()),
            price: plan.price(),
            payer: Payer::Anyone,
            reference,
            metadata: metadata_of(&brand.key, plan, click),
            success_url: format!("{base}/pricing/thank-you?session_id={{CHECKOUT_SESSION_ID}}"),
            cancel_url: format!("{base}/pricing?{}", way_back(plan, click)),
        };
        connection.gateway.create_checkout(new, &key).await
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

fn metadata_of(brand: &str, plan: Plan, click: Option<&ReferralClick>) -> HashMap<String, String> {
    let mut all = HashMap::from([
        (metadata::PROGRAM, Program::Platform.code().to_owned()),
        (metadata::BRAND, brand.to_owned()),
        (metadata::PLAN, plan.code().to_owned()),
    ]);
    if let Some(click) = click {
        all.insert(metadata::CODE, click.code.clone());
        if let Some(at) = click.clicked_at {
            all.insert(metadata::CLICKED_AT, at.to_string());
        }
    }
    all.into_iter()
        .map(|(name, text)| (name.to_owned(), text))
        .collect()
}

#[async_trait]
impl Subscriptions for Services {
    async fn receipt(&self, checkout_session: &str) -> Answer<Option<PlatformReceipt>> {
        let (db, site) = (self.state.db.conn(), self.visit.site.id());
        let purchase = platform_purchases::by_session(db, site, checkout_session).await;
        let purchase = purchase.map_err(|error| broken(error.into()))?;
        Ok(purchase.map(|purchase| PlatformReceipt {
            plan: purchase.plan_label().to_owned(),
            paid: purchase.paid_cents.map(|cents| purchase.money(cents)),
            state: purchase.purchase_state(),
        }))
    }
}
