//! What Stripe tells of a subscription: recorded once, moved on, and made a referral when it is paid.

use anyhow::Context;
use domain::{
    CheckoutNews, Currency, FailureReason, PassedOver, Plan, PlatformAttribution, PurchaseState,
    ReferralCode, after_news, attribute_platform, counts_as_purchase,
};
use sea_orm::{DatabaseTransaction, IntoActiveModel, Set};

use crate::{
    db::{
        entities::platform_purchase::{ActiveModel, Model},
        platform_purchases, platform_referrals, platform_referrers,
        purchases::credit_check,
    },
    jobs::Job,
};

/// A Checkout session of the platform, as an event tells of it.
pub struct Told<'a> {
    /// Our id of the brand's site.
    pub site_id: i64,
    /// Our id of the platform's account.
    pub stripe_account_id: i64,
    /// `cs_…`.
    pub session_id: &'a str,
    /// `Plan::code`, or what the metadata said.
    pub plan: &'a str,
    /// The code that came with it.
    pub code: Option<&'a str>,
    /// When the link was clicked, in milliseconds.
    pub clicked_at: Option<i64>,
    /// The buyer's address.
    pub email: Option<&'a str>,
    /// `usd`.
    pub currency: Option<&'a str>,
    /// Stripe's total, in cents; before the customer's balance.
    pub total_cents: Option<i64>,
    /// `sub_…`.
    pub subscription_id: Option<&'a str>,
    /// What happened.
    pub news: CheckoutNews,
    /// Milliseconds, UTC.
    pub now_ms: i64,
}

/// What became of it.
pub struct Recorded {
    /// In a sentence.
    pub outcome: String,
    /// What is to be done once the transaction is committed.
    pub job: Option<Job>,
}

/// Tells the purchase of a Checkout session the news, in the caller's transaction.
///
/// # Errors
/// If the database fails.
pub async fn record(tx: &DatabaseTransaction, told: &Told<'_>) -> anyhow::Result<Recorded> {
    let (account, session) = (told.stripe_account_id, told.session_id);
    if told.news != CheckoutNews::Expired {
        platform_purchases::insert_new(tx, opened(told)).await?;
    }
    let Some(purchase) = platform_purchases::lock_by_session(tx, account, session).await? else {
        return Ok(Recorded {
            outcome: "nothing was bought in this Checkout session".to_owned(),
            job: None,
        });
    };
    let before = purchase.purchase_state();
    let after = after_news(before, told.news);
    let newly_paid = after == PurchaseState::Paid && purchase.paid_at.is_none();
    let purchase = write(tx, told, purchase, after, newly_paid).await?;
    let mut outcome = format!(
        "platform purchase {} was {} and is {}",
        purchase.id,
        before.code(),
        after.code()
    );
    let worth = purchase.money(purchase.paid_cents.unwrap_or_default());
    let mut job = None;
    if newly_paid && counts_as_purchase(after, worth) {
        let attribution = attribution(tx, &purchase).await?;
        let (due, sentence) = refer(tx, &purchase, attribution, told.now_ms).await?;
        outcome = format!("{outcome}; {sentence}");
        let check = if due {
            credit_check::DUE
        } else {
            credit_check::DONE
        };
        let purchase_id = purchase.id;
        let mut row = purchase.into_active_model();
        row.credit_check = Set(check.to_owned());
        platform_purchases::update(tx, row).await?;
        job = due.then_some(Job::DecidePlatformCredit { purchase_id });
    }
    Ok(Recorded { outcome, job })
}

/// The purchase before any news.
fn opened(told: &Told<'_>) -> ActiveModel {
    let currency = told.currency.and_then(Currency::parse).unwrap_or_default();
    ActiveModel {
        site_id: Set(told.site_id),
        plan: Set(told.plan.to_owned()),
        currency: Set(currency.code().to_owned()),
        state: Set(PurchaseState::Open.code().to_owned()),
        code: Set(told.code.map(str::to_owned)),
        clicked_at: Set(told.clicked_at),
        stripe_account_id: Set(told.stripe_account_id),
        checkout_session_id: Set(told.session_id.to_owned()),
        credit_check: Set(credit_check::NONE.to_owned()),
        created_at: Set(told.now_ms),
        ..Default::default()
    }
}

/// Writes the new state and what the session tells.
async fn write(
    tx: &DatabaseTransaction,
    told: &Told<'_>,
    purchase: Model,
    after: PurchaseState,
    newly_paid: bool,
) -> anyhow::Result<Model> {
    let price = Plan::parse(&purchase.plan).map_or(0, |plan| plan.price().cents());
    let mut row = purchase.into_active_model();
    row.state = Set(after.code().to_owned());
    if let Some(email) = told.email {
        row.customer_email = Set(Some(email.to_owned()));
    }
    if let Some(id) = told.subscription_id {
        row.subscription_id = Set(Some(id.to_owned()));
    }
    if newly_paid {
        row.paid_at = Set(Some(told.now_ms));
        row.paid_cents = Set(Some(told.total_cents.unwrap_or(price)));
        row.credit_check = Set(credit_check::DONE.to_owned());
    }
    Ok(platform_purchases::update(tx, row).await?)
}

async fn attribution(
    tx: &DatabaseTransaction,
    purchase: &Model,
) -> anyhow::Result<PlatformAttribution> {
    let partner = match purchase.code.as_deref().and_then(ReferralCode::parse) {
        Some(code) => platform_referrers::by_code(tx, &code).await?,
        None => None,
    };
    Ok(attribute_platform(
        purchase.code.is_some(),
        partner.map(|partner| partner.as_owner()).as_ref(),
        purchase.customer_email.as_deref().unwrap_or_default(),
        Plan::parse(&purchase.plan).is_some(),
    ))
}

/// Writes the referral, if it is one; answers whether a credit is to be decided, and a sentence.
async fn refer(
    tx: &DatabaseTransaction,
    purchase: &Model,
    attribution: PlatformAttribution,
    now_ms: i64,
) -> anyhow::Result<(bool, String)> {
    let (referrer_id, reason) = match attribution {
        PlatformAttribution::None => return Ok((false, "no code came with it".to_owned())),
        PlatformAttribution::PassedOver(why) => return Ok((false, passed_over(purchase, why))),
        PlatformAttribution::Linked { referrer_id } => (referrer_id, None),
        PlatformAttribution::SelfReferral { referrer_id } => {
            (referrer_id, Some(FailureReason::SelfReferral))
        }
    };
    platform_referrals::insert(tx, purchase, referrer_id, reason.as_ref(), now_ms)
        .await
        .context("the referral of a subscription")?;
    Ok(match reason {
        None => (true, format!("partner {referrer_id} brought it")),
        Some(reason) => (false, format!("no credit: {}", reason.sentence())),
    })
}

fn passed_over(purchase: &Model, why: PassedOver) -> String {
    tracing::info!(
        platform_purchase = purchase.id,
        ?why,
        "a code was passed over"
    );
    why.sentence().to_owned()
}
