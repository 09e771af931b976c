//! Applies Checkout events to subscriptions to a brand: records each once, updates its state, and
//! writes a referral when it is paid.

use anyhow::Context;
use domain::{
    account::SiteKind,
    credit::Program,
    purchase::{
        CheckoutEvent, CreditCheck, Plan, PurchaseState, Total, Transition, plan_total,
        state_after, transition,
    },
    referral::{
        FailureReason, NotAttributed, PlatformAttribution, ReferralCode, attribute_platform,
    },
};
use sea_orm::{DatabaseTransaction, IntoActiveModel, Set};
use store::{
    PlatformReferrerId, Scope, SiteId, StripeAccountId, Timestamp, checkout_sessions,
    entities::platform_purchase::{ActiveModel, Model},
    paid::PaidRow,
    platform_purchases, platform_referrals, platform_referrers, sites,
};
use stripe_gateway::CheckoutSession;

use super::applied::{Applied, Source, UNREADABLE_AMOUNT, close};
use crate::{
    memberships,
    queue::{FollowUps, Job},
    refunds,
};

/// The metadata keys under which a Checkout session carries what we need when it is paid.
pub mod metadata {
    /// `Program::code`.
    pub const PROGRAM: &str = "program";
    /// `sites.key`.
    pub const BRAND: &str = "brand";
    /// `Plan::code`.
    pub const PLAN: &str = "plan";
    /// When the referral link was clicked, in milliseconds UTC.
    pub const CLICKED_AT: &str = "referral_clicked_at";
}

/// A statement of Stripe about a subscription: its Checkout session and the event.
pub struct SubscriptionEvent<'a> {
    /// The brand's site.
    pub site_id: SiteId,
    /// The platform's Stripe account.
    pub stripe_account_id: StripeAccountId,
    pub session: &'a CheckoutSession,
    /// `Plan::code`, or an unknown text from the metadata.
    pub plan: &'a str,
    /// When the referral link was clicked.
    pub clicked_at: Option<Timestamp>,
    pub event: CheckoutEvent,
    /// When the statement was received.
    pub now: Timestamp,
}

/// Applies `event` about a session of the platform's own account. The brand and the plan come from
/// the session's metadata, because the metadata survives when the database is restored from a
/// backup.
pub async fn apply(
    tx: &DatabaseTransaction,
    source: Source,
    session: &CheckoutSession,
    event: CheckoutEvent,
) -> anyhow::Result<Applied> {
    if session.metadata(metadata::PROGRAM) != Some(Program::Platform.code()) {
        return Ok(Applied::nothing("not a subscription of ours"));
    }
    let key = session.metadata(metadata::BRAND).unwrap_or_default();
    let brand = sites::by_key(tx, key).await?;
    let Some(brand) = brand.filter(|site| site.kind() == SiteKind::Platform) else {
        let outcome = format!("there is no brand {key:?}");
        return Ok(match event.may_be_paid() {
            true => Applied::unmatched(outcome),
            false => Applied::nothing(outcome),
        });
    };
    let token = session.metadata(CheckoutSession::TOKEN);
    let row = checkout_sessions::lock_named(tx, &session.id, token).await?;
    let clicked_at = session.metadata(metadata::CLICKED_AT);
    let sold = SubscriptionEvent {
        site_id: brand.id(),
        stripe_account_id: source.stripe_account_id,
        session,
        plan: session.metadata(metadata::PLAN).unwrap_or_default(),
        clicked_at: clicked_at.and_then(|at| Timestamp::from_millis(at.parse().ok()?)),
        event,
        now: source.now,
    };
    let (applied, state) = record(tx, &sold).await?;
    // Stripe is asked again about a session whose payment found no purchase.
    if let Some(row) = row.filter(|_| !applied.unmatched) {
        // An expired session has no purchase.
        let after = state.unwrap_or(state_after(PurchaseState::Open, event));
        close(tx, source, &row, session, after).await?;
    }
    Ok(applied)
}

/// Applies the event to the purchase of a Checkout session, in the caller's transaction. Also
/// returns the purchase's new state, if there is a purchase.
pub async fn record(
    tx: &DatabaseTransaction,
    sold: &SubscriptionEvent<'_>,
) -> anyhow::Result<(Applied, Option<PurchaseState>)> {
    let session = sold.session.id.as_str();
    let total = sold.session.amount_total;
    let total = plan_total(total, sold.session.currency.as_deref(), sold.plan);
    if total.is_some() && sold.event != CheckoutEvent::Expired {
        platform_purchases::insert_new(tx, opened(sold)).await?;
    }
    let purchase = platform_purchases::lock_by_session(tx, session).await?;
    let (purchase, total) = match (purchase, total) {
        (Some(purchase), Some(total)) => (purchase, total),
        (None, Some(_)) => {
            let nothing = Applied::nothing("nothing was bought in this Checkout session");
            return Ok((nothing, None));
        }
        (_, None) if !sold.event.may_be_paid() => {
            return Ok((Applied::nothing("an amount that cannot be read"), None));
        }
        (_, None) => {
            let unmatched = Applied::unmatched(UNREADABLE_AMOUNT);
            return Ok((unmatched, None));
        }
    };
    let before = *purchase.state;
    let moved = transition(before, purchase.paid_at.is_some(), sold.event, &total);
    let purchase = write(tx, sold, purchase, moved, &total).await?;
    let mut outcome = format!(
        "platform purchase {} was {} and is {}",
        purchase.id,
        before.code(),
        moved.state.code()
    );
    let mut job = None;
    let foreign = total.foreign().filter(|_| moved.newly_paid);
    if let Some(amount) = foreign {
        tracing::error!(platform_purchase = purchase.id.get(), %amount, "paid in another currency");
        outcome = format!("{outcome}; paid in another currency: {amount}");
    }
    let bought = PaidRow::Platform(purchase.clone());
    if moved.counts || foreign.is_some() {
        let attribution = attribution(tx, &purchase).await?;
        let (due, sentence) = refer(tx, &purchase, attribution, sold.now).await?;
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
    // After the referral, which what is known of refunds may concern.
    let follow_ups = match moved.newly_paid {
        true => {
            let mut follow_ups = memberships::begin(tx, &bought, sold.now).await?;
            let invoice = sold.session.invoice.as_deref();
            follow_ups.append(refunds::begin(tx, bought, invoice, sold.now).await?);
            follow_ups
        }
        false => FollowUps::default(),
    };
    let applied = Applied {
        job,
        follow_ups,
        newly_paid: moved.newly_paid,
        changed: (moved.state != before).then_some(Scope::Platform),
        ..Applied::nothing(outcome)
    };
    Ok((applied, Some(moved.state)))
}

/// The row of a purchase before the event is applied.
fn opened(sold: &SubscriptionEvent<'_>) -> ActiveModel {
    let session = sold.session;
    let code = session.metadata(CheckoutSession::REFERRAL_CODE);
    // The balance transaction is looked for from this time on, and it is never older than the
    // session. A webhook may arrive days after the session was created.
    let created_at = session
        .created
        .and_then(|seconds| Timestamp::from_millis(seconds.checked_mul(1000)?));
    ActiveModel {
        site_id: Set(sold.site_id),
        plan: Set(sold.plan.to_owned()),
        currency: Set(Plan::CURRENCY.into()),
        state: Set(PurchaseState::Open.into()),
        code: Set(code.map(str::to_owned)),
        clicked_at: Set(sold.clicked_at),
        stripe_account_id: Set(sold.stripe_account_id),
        checkout_session_id: Set(session.id.clone()),
        credit_check: Set(CreditCheck::None.into()),
        created_at: Set(created_at.map_or(sold.now, |at| at.min(sold.now))),
        ..Default::default()
    }
}

/// Writes the new state and the session's data.
async fn write(
    tx: &DatabaseTransaction,
    sold: &SubscriptionEvent<'_>,
    purchase: Model,
    moved: Transition,
    total: &Total,
) -> anyhow::Result<Model> {
    let mut row = purchase.into_active_model();
    row.state = Set(moved.state.into());
    if let Some(email) = &sold.session.email {
        row.customer_email = Set(Some(email.clone()));
    }
    if let Some(id) = &sold.session.subscription {
        row.subscription_id = Set(Some(id.clone()));
    }
    if let Some(id) = &sold.session.payment_intent {
        row.payment_intent_id = Set(Some(id.clone()));
    }
    if moved.newly_paid {
        row.paid_at = Set(Some(sold.now));
        match total {
            Total::Asked(paid) => row.paid_cents = Set(Some(paid.cents())),
            Total::Foreign(amount) => {
                row.foreign_amount = Set(Some(amount.units()));
                row.foreign_currency = Set(Some(amount.code().to_owned()));
            }
        }
        row.credit_check = Set(CreditCheck::Done.into());
    }
    Ok(platform_purchases::update(tx, row).await?)
}

async fn attribution(
    tx: &DatabaseTransaction,
    purchase: &Model,
) -> anyhow::Result<PlatformAttribution<PlatformReferrerId>> {
    let referrer = match purchase.code.as_deref().and_then(ReferralCode::parse) {
        Some(code) => platform_referrers::by_code(tx, &code).await?,
        None => None,
    };
    Ok(attribute_platform(
        purchase.code.is_some(),
        referrer.map(|referrer| referrer.as_attributed()).as_ref(),
        purchase.customer_email.as_deref().unwrap_or_default(),
        Plan::parse(&purchase.plan).is_some(),
    ))
}

/// Writes the referral, if there is one. Returns whether a credit must be decided, and a sentence
/// for the event's row.
async fn refer(
    tx: &DatabaseTransaction,
    purchase: &Model,
    attribution: PlatformAttribution<PlatformReferrerId>,
    now: Timestamp,
) -> anyhow::Result<(bool, String)> {
    let (referrer_id, reason) = match attribution {
        PlatformAttribution::None => return Ok((false, "no referral code".to_owned())),
        PlatformAttribution::NotAttributed(why) => return Ok((false, passed_over(purchase, why))),
        PlatformAttribution::Linked { referrer_id } => {
            let other = purchase.foreign_currency.clone();
            (referrer_id, other.map(FailureReason::OtherCurrency))
        }
        PlatformAttribution::SelfReferral { referrer_id } => {
            (referrer_id, Some(FailureReason::SelfReferral))
        }
    };
    platform_referrals::insert(tx, purchase, referrer_id, reason.as_ref(), now)
        .await
        .context("the referral of a subscription")?;
    Ok(match reason {
        None => (true, format!("platform referrer {referrer_id}")),
        Some(reason) => (false, format!("no credit: {}", reason.sentence())),
    })
}

fn passed_over(purchase: &Model, why: NotAttributed) -> String {
    tracing::info!(
        platform_purchase = purchase.id.get(),
        ?why,
        "a referral code was ignored"
    );
    why.sentence().to_owned()
}
