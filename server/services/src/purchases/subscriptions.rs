//! Subscriptions to PewPros and CoachPros: from "Get Started" to Stripe's Checkout page. A prospect's
//! browser has at most one open Checkout session of a brand. The referral code belongs to that
//! session, so a session for another plan inherits it.

use std::collections::BTreeMap;

use anyhow::Context;
use domain::{
    credit::Program,
    purchase::{Awaited, Plan, SessionState, Terms},
};
use store::{
    checkout_sessions::{self, NewSession, Sells},
    entities::checkout_session,
    sites::Site,
};
use stripe_gateway::{Billing, CheckoutSession, NewCheckout, Payer};

use super::{
    checkout::{self, NoCheckout, Reused, row::next_check_at},
    platform_sales::metadata,
};
use crate::{
    Engine,
    referrals::{self, ReferralClick},
    stripe_customers::{Connection, platform_connection},
};

/// A visitor of a brand's pricing page.
pub struct Prospect<'a> {
    pub brand: &'a Site,
    /// Where the site answers, without a slash at the end.
    pub base_url: &'a str,
    /// The referral link that the browser remembers.
    pub click: Option<ReferralClick>,
    /// The Checkout session that this browser began last on this brand.
    pub open: Option<checkout_session::Model>,
}

/// What "Get Started" leads to.
pub enum Subscribed {
    /// Stripe's Checkout page, at this address.
    Page(String),
    /// The open session is paid, or its payment is being processed.
    Bought(Box<checkout_session::Model>),
    /// There is no Checkout page, and nothing was charged.
    Refused(NoCheckout),
}

/// Begins to sell `plan`, or answers with the Checkout page that is already open for it. `remember`
/// gets the token of a new session before Stripe is asked, so that the browser finds the session again
/// even if Stripe's answer is lost.
pub async fn subscribe(
    engine: &Engine,
    prospect: Prospect<'_>,
    plan: Plan,
    remember: impl FnOnce(&str) -> anyhow::Result<()>,
) -> anyhow::Result<Subscribed> {
    let Prospect {
        brand,
        base_url,
        click,
        open,
    } = prospect;
    let Some(connection) = platform_connection(engine).await? else {
        return Ok(Subscribed::Refused(NoCheckout::NotConnected));
    };
    let click = click_of(engine, brand, click, open.as_ref()).await?;
    if let Some(open) = open.filter(|open| open.stripe_account_id == connection.account.id) {
        let wanted = terms(&name_of(brand, plan), plan, click.as_ref());
        match checkout::reuse(engine, &open, &wanted).await? {
            Reused::Page(url) => return Ok(Subscribed::Page(url)),
            Reused::Bought => return Ok(Subscribed::Bought(Box::new(open))),
            Reused::Unanswered => return Ok(Subscribed::Refused(NoCheckout::Unanswered)),
            Reused::Over => {}
        }
    }
    let row = write(engine, &connection, (brand, base_url), plan, click.as_ref()).await?;
    remember(&row.token)?;
    Ok(match checkout::send(engine, &connection, &row).await? {
        Ok(checkout) => Subscribed::Page(checkout.url),
        Err(error) => {
            tracing::warn!(brand = brand.row.key, ?error, "no Checkout session");
            Subscribed::Refused(NoCheckout::from(&error))
        }
    })
}

fn name_of(brand: &Site, plan: Plan) -> String {
    format!("{} {}", brand.row.name, plan.label())
}

async fn write(
    engine: &Engine,
    connection: &Connection,
    (brand, base_url): (&Site, &str),
    plan: Plan,
    click: Option<&ReferralClick>,
) -> anyhow::Result<checkout_session::Model> {
    let now = engine.now();
    let token = engine.random.token();
    let request = NewCheckout {
        billing: match plan {
            Plan::Annual => Billing::Yearly,
            Plan::Monthly => Billing::Monthly,
        },
        name: name_of(brand, plan),
        price: plan.price(),
        payer: Payer::Anyone,
        metadata: metadata_of(&brand.row.key, &token, plan, click),
        reference: token,
        success_url: format!("{base_url}/pricing/thank-you?session_id={{CHECKOUT_SESSION_ID}}"),
        cancel_url: format!("{base_url}/pricing?{}", way_back(plan, click)),
        discount: None,
        expires_at: None,
        ships: false,
        return_url: None,
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
        coupon: None,
        next_check_at: next_check_at(now, now, Awaited::Buyer),
        now,
    };
    let row = checkout_sessions::insert(engine.db.writer(), &new).await?;
    row.context("a session with a token of its own")
}

/// The click that the prospect's next session carries: the one that the browser remembers, or the one of the open
/// session, which was earlier.
async fn click_of(
    engine: &Engine,
    brand: &Site,
    click: Option<ReferralClick>,
    open: Option<&checkout_session::Model>,
) -> anyhow::Result<Option<ReferralClick>> {
    let (click, earlier) = match (click, open.and_then(carried)) {
        (Some(click), Some(earlier)) => (click, earlier),
        (click, earlier) => return Ok(click.or(earlier)),
    };
    let db = engine.db.reader();
    let earlier_counts = referrals::still_counts(db, brand, &earlier).await?;
    let model = referrals::attribution_model(db, brand).await?;
    Ok(Some(match model.takes_over(earlier_counts) {
        true => click,
        false => earlier,
    }))
}

/// The referral code that an open session carries; a completed session has used its code up.
fn carried(open: &checkout_session::Model) -> Option<ReferralClick> {
    let paid = open.state == SessionState::Complete;
    let code = open.referral_code.clone().filter(|_| !paid)?;
    Some(ReferralClick {
        code,
        clicked_at: open.clicked_at,
        via: None,
    })
}

fn terms(name: &str, plan: Plan, click: Option<&ReferralClick>) -> Terms {
    Terms {
        name: name.to_owned(),
        price: plan.price(),
        customer: None,
        referral_code: click.map(|click| click.code.clone()),
        credit: None,
        return_url: None,
    }
}

/// The query of the address to which a buyer who cancels at Stripe returns: plan and code come
/// back.
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
