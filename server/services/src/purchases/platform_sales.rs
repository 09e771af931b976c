//! What Stripe tells of a subscription: recorded once, moved on, and made a referral when it is paid.

use anyhow::Context;
use domain::purchase::plan_total;
use domain::{
    account::SiteKind,
    credit::Program,
    money::{Currency, Money},
    purchase::{
        CheckoutNews, CreditCheck, Plan, PurchaseState, Transition, after_news, transition,
    },
    referral::{FailureReason, PassedOver, PlatformAttribution, ReferralCode, attribute_platform},
};
use sea_orm::{DatabaseTransaction, IntoActiveModel, Set};
use store::PlatformReferrerId;
use store::SiteId;
use store::StripeAccountId;
use store::Timestamp;
use store::{
    checkout_sessions,
    entities::platform_purchase::{ActiveModel, Model},
    platform_purchases, platform_referrals, platform_referrers, sites,
};
use stripe_gateway::CheckoutSession;

use super::applied::{Applied, Source, close};
use crate::queue::Job;

/// The names under which a Checkout session carries what we need to know when it is paid.
pub mod metadata {
    /// `Program::code`.
    pub const PROGRAM: &str = "program";
    /// `sites.key`.
    pub const BRAND: &str = "brand";
    /// `Plan::code`.
    pub const PLAN: &str = "plan";
    /// When the link was clicked, in milliseconds.
    pub const CLICKED_AT: &str = "referral_clicked_at";
}

/// What is known of a subscription from the Checkout session that sells it.
pub struct Told<'a> {
    /// Our id of the brand's site.
    pub site_id: SiteId,
    /// Our id of the platform's account.
    pub stripe_account_id: StripeAccountId,
    /// What Stripe says of it.
    pub session: &'a CheckoutSession,
    /// `Plan::code`, or what the metadata said.
    pub plan: &'a str,
    /// When the link was clicked.
    pub clicked_at: Option<Timestamp>,
    /// What happened.
    pub news: CheckoutNews,
    /// Milliseconds, UTC.
    pub now: Timestamp,
}

/// Tells the subscription of a session of the platform's own account the `news`. What it sells is read
/// from the metadata: it outlives a database that is restored.
///
/// # Errors
/// If the database fails.
pub async fn apply(
    tx: &DatabaseTransaction,
    source: Source,
    session: &CheckoutSession,
    news: CheckoutNews,
) -> anyhow::Result<Applied> {
    if session.metadata(metadata::PROGRAM) != Some(Program::Platform.code()) {
        return Ok(Applied::nothing("not a subscription that we sold"));
    }
    let key = session.metadata(metadata::BRAND).unwrap_or_default();
    let brand = sites::by_key(tx, key).await?;
    let Some(brand) = brand.filter(|site| site.kind() == SiteKind::Platform) else {
        let outcome = format!("there is no brand {key:?}");
        return Ok(match news.may_be_paid() {
            true => Applied::unmatched(outcome),
            false => Applied::nothing(outcome),
        });
    };
    let token = session.metadata(CheckoutSession::TOKEN);
    let row = checkout_sessions::lock_told(tx, &session.id, token).await?;
    let clicked_at = session.metadata(metadata::CLICKED_AT);
    let told = Told {
        site_id: brand.id(),
        stripe_account_id: source.stripe_account_id,
        session,
        plan: session.metadata(metadata::PLAN).unwrap_or_default(),
        clicked_at: clicked_at.and_then(|at| Timestamp::from_millis(at.parse().ok()?)),
        news,
        now: source.now,
    };
    let (applied, state) = record(tx, &told).await?;
    if let Some(row) = row {
        // A session that expired has no purchase.
        let after = state.unwrap_or(after_news(PurchaseState::Open, news));
        close(tx, source, &row, session, after).await?;
    }
    Ok(applied)
}

/// Tells the purchase of a Checkout session the news, in the caller's transaction; answers with where
/// it stands then, if there is one.
///
/// # Errors
/// If the database fails.
pub async fn record(
    tx: &DatabaseTransaction,
    told: &Told<'_>,
) -> anyhow::Result<(Applied, Option<PurchaseState>)> {
    let session = told.session.id.as_str();
    let total = told.session.amount_total;
    let worth = plan_total(total, told.session.currency.as_deref(), told.plan);
    if let Some(worth) = worth
        && told.news != CheckoutNews::Expired
    {
        platform_purchases::insert_new(tx, opened(told, worth.currency())).await?;
    }
    let purchase = platform_purchases::lock_by_session(tx, session).await?;
    let (purchase, worth) = match (purchase, worth) {
        (Some(purchase), Some(worth)) => (purchase, worth),
        (None, Some(_)) => {
            let nothing = Applied::nothing("nothing was bought in this Checkout session");
            return Ok((nothing, None));
        }
        (_, None) if !told.news.may_be_paid() => {
            return Ok((Applied::nothing("an amount that cannot be read"), None));
        }
        (_, None) => {
            let unmatched = Applied::unmatched("paid, with an amount that cannot be read");
            return Ok((unmatched, None));
        }
    };
    let before = *purchase.state;
    let moved = transition(before, purchase.paid_at.is_some(), told.news, worth);
    let purchase = write(tx, told, purchase, moved, worth).await?;
    let mut outcome = format!(
        "platform purchase {} was {} and is {}",
        purchase.id,
        before.code(),
        moved.state.code()
    );
    let mut job = None;
    if moved.counts {
        let attribution = attribution(tx, &purchase).await?;
        let (due, sentence) = refer(tx, &purchase, attribution, told.now).await?;
        outcome = format!("{outcome}; {sentence}");
        let check = if due {
            CreditCheck::Due
        } else {
            CreditCheck::Done
        };
        let purchase_id = purchase.id;
        let mut row = purchase.into_active_model();
        row.credit_check = Set(check.into());
        platform_purchases::update(tx, row).await?;
        job = due.then_some(Job::DecidePlatformCredit { purchase_id });
    }
    let applied = Applied {
        job,
        ..Applied::nothing(outcome)
    };
    Ok((applied, Some(moved.state)))
}

/// The purchase before any news.
fn opened(told: &Told<'_>, currency: Currency) -> ActiveModel {
    let session = told.session;
    let code = session.metadata(CheckoutSession::REFERRAL_CODE);
    // The credit's entry is no older than the session; a webhook may come days later.
    let created_at = session
        .created
        .and_then(|seconds| Timestamp::from_millis(seconds.checked_mul(1000)?));
    ActiveModel {
        site_id: Set(told.site_id),
        plan: Set(told.plan.to_owned()),
        currency: Set(currency.into()),
        state: Set(PurchaseState::Open.into()),
        code: Set(code.map(str::to_owned)),
        clicked_at: Set(told.clicked_at),
        stripe_account_id: Set(told.stripe_account_id),
        checkout_session_id: Set(session.id.clone()),
        credit_check: Set(CreditCheck::None.into()),
        created_at: Set(created_at.map_or(told.now, |at| at.min(told.now))),
        ..Default::default()
    }
}

/// Writes the new state and what the session tells.
async fn write(
    tx: &DatabaseTransaction,
    told: &Told<'_>,
    purchase: Model,
    moved: Transition,
    worth: Money,
) -> anyhow::Result<Model> {
    let mut row = purchase.into_active_model();
    row.state = Set(moved.state.into());
    if let Some(email) = &told.session.email {
        row.customer_email = Set(Some(email.clone()));
    }
    if let Some(id) = &told.session.subscription {
        row.subscription_id = Set(Some(id.clone()));
    }
    if moved.newly_paid {
        row.paid_at = Set(Some(told.now));
        row.paid_cents = Set(Some(worth.cents()));
        row.credit_check = Set(CreditCheck::Done.into());
    }
    Ok(platform_purchases::update(tx, row).await?)
}

async fn attribution(
    tx: &DatabaseTransaction,
    purchase: &Model,
) -> anyhow::Result<PlatformAttribution<PlatformReferrerId>> {
    let partner = match purchase.code.as_deref().and_then(ReferralCode::parse) {
        Some(code) => platform_referrers::by_code(tx, &code).await?,
        None => None,
    };
    Ok(attribute_platform(
        purchase.code.is_some(),
        partner.map(|partner| partner.as_attributed()).as_ref(),
        purchase.customer_email.as_deref().unwrap_or_default(),
        Plan::parse(&purchase.plan).is_some(),
    ))
}

/// Writes the referral, if it is one; answers whether a credit is to be decided, and a sentence.
async fn refer(
    tx: &DatabaseTransaction,
    purchase: &Model,
    attribution: PlatformAttribution<PlatformReferrerId>,
    now: Timestamp,
) -> anyhow::Result<(bool, String)> {
    let (referrer_id, reason) = match attribution {
        PlatformAttribution::None => return Ok((false, "no code came with it".to_owned())),
        PlatformAttribution::PassedOver(why) => return Ok((false, passed_over(purchase, why))),
        PlatformAttribution::Linked { referrer_id } => (referrer_id, None),
        PlatformAttribution::SelfReferral { referrer_id } => {
            (referrer_id, Some(FailureReason::SelfReferral))
        }
    };
    platform_referrals::insert(tx, purchase, referrer_id, reason.as_ref(), now)
        .await
        .context("the referral of a subscription")?;
    Ok(match reason {
        None => (true, format!("partner {referrer_id} brought it")),
        Some(reason) => (false, format!("no credit: {}", reason.sentence())),
    })
}

fn passed_over(purchase: &Model, why: PassedOver) -> String {
    tracing::info!(
        platform_purchase = purchase.id.get(),
        ?why,
        "a code was passed over"
    );
    why.sentence().to_owned()
}
