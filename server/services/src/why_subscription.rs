//! Why subscriptions earned their platform referrers nothing, or not yet (`docs/rules.md` 229).

use domain::{
    money::Money,
    purchase::Plan,
    referral::{
        CameWith, PendingReason, ReferralCode, ReferralFacts, ReferralStatus, Remedy,
        SubscriptionFacts, SubscriptionVerdict, why_subscription,
    },
    search::{beginnings, finds},
};
use sea_orm::DbErr;
use server_core::zone::Zone;
use store::{
    PlatformPurchaseId, Reader, Scope,
    entities::{platform_purchase, platform_referral, platform_referrer},
    orders::{self, Source, Wanted},
    platform_referrals, platform_referrers, platform_settings,
    search_words::{self, Subject},
};

use crate::{
    Engine, pending_referrals,
    rights::{PlatformStaff, See},
};

/// The most subscriptions that are shown, the newest.
pub const MOST: usize = 10;

/// What became of a subscription, and why.
pub struct Subscription {
    pub purchase: platform_purchase::Model,
    /// The platform referrer whose code came with it.
    pub referrer: Option<platform_referrer::Model>,
    pub referral: Option<platform_referral::Model>,
    pub verdict: SubscriptionVerdict,
    /// What can be done, the best first.
    pub remedies: Vec<Remedy>,
}

/// The newest of the subscriptions that were asked for.
#[derive(Default)]
pub struct Subscriptions {
    /// Newest first, at most [`MOST`].
    pub newest: Vec<Subscription>,
    /// There are older ones.
    pub more: bool,
}

/// The subscriptions that came with this code, which is this platform referrer's if it is anybody's. A time or day in a
/// reason is in `zone`.
///
/// # Errors
/// If the database fails, or a row cannot be read.
pub async fn of_code(
    engine: &Engine,
    _staff: &PlatformStaff<See>,
    code: &ReferralCode,
    referrer: Option<&platform_referrer::Model>,
    zone: &Zone,
) -> anyhow::Result<Subscriptions> {
    let db = engine.db.reader();
    let mut ids = found(db, &beginnings(code.as_str())).await?;
    if let Some(referrer) = referrer {
        // A search that finds too many leaves out the newest.
        let brought = platform_referrals::of_referrer(db, referrer.id, MOST as u64 + 1).await?;
        ids.extend(brought.iter().map(|referral| referral.purchase_id));
    }
    let came = |row: &platform_purchase::Model| code_of(row).as_ref() == Some(code);
    newest(engine, ids, came, zone).await
}

/// The subscriptions of the customers whose addresses have words with the beginnings of `text`.
///
/// # Errors
/// As [`of_code`].
pub async fn of_customers(
    engine: &Engine,
    _staff: &PlatformStaff<See>,
    text: &str,
    zone: &Zone,
) -> anyhow::Result<Subscriptions> {
    let beginnings = beginnings(text);
    let ids = found(engine.db.reader(), &beginnings).await?;
    // They are found by their codes too.
    let bought = |row: &platform_purchase::Model| {
        let email = row.customer_email.as_deref().unwrap_or_default();
        finds(&[email], &beginnings)
    };
    newest(engine, ids, bought, zone).await
}

async fn found(db: &Reader, beginnings: &[String]) -> Result<Vec<PlatformPurchaseId>, DbErr> {
    let (subject, scope) = (Subject::PlatformBuyer, Scope::Platform);
    let found = search_words::find(db, subject, scope, beginnings).await?;
    Ok(found.ids.into_iter().map(PlatformPurchaseId::new).collect())
}

/// The newest of these that are `meant`, each with what was decided.
async fn newest(
    engine: &Engine,
    ids: Vec<PlatformPurchaseId>,
    meant: impl Fn(&platform_purchase::Model) -> bool,
    zone: &Zone,
) -> anyhow::Result<Subscriptions> {
    if ids.is_empty() {
        return Ok(Subscriptions::default());
    }
    let wanted = Wanted {
        state: None,
        after: None,
        limit: MOST as u64 + 1,
    };
    let source = Source::<platform_purchase::Entity>::among(ids);
    let mut rows = orders::newest(engine.db.reader(), vec![source], wanted).await?;
    let more = rows.len() > MOST;
    rows.truncate(MOST);
    rows.retain(meant);
    Ok(Subscriptions {
        newest: decided(engine, rows, zone).await?,
        more,
    })
}

async fn decided(
    engine: &Engine,
    rows: Vec<platform_purchase::Model>,
    zone: &Zone,
) -> anyhow::Result<Vec<Subscription>> {
    let db = engine.db.reader();
    let program_is_on = platform_settings::get(db)
        .await?
        .platform_credit()
        .is_positive();
    let codes: Vec<_> = rows.iter().filter_map(code_of).collect();
    let referrers = platform_referrers::with_codes(db, &codes).await?;
    let referrals = platform_referrals::of_purchases(db, rows.iter().map(|row| row.id)).await?;
    let pending: Vec<_> = referrals
        .iter()
        .filter(|referral| referral.status == ReferralStatus::Pending)
        .cloned()
        .collect();
    let mut reasons = pending_referrals::of_subscriptions(db, &pending, zone, engine.now()).await?;
    let subscriptions = rows.into_iter().map(|purchase| {
        let referral = referrals.iter().find(|one| one.purchase_id == purchase.id);
        let code = code_of(&purchase);
        let code = code.as_ref().map(ReferralCode::as_str);
        let referrer = referrers.iter().find(|one| Some(one.code.as_str()) == code);
        let came_with = came_with(&purchase, referrer);
        let verdict = why_subscription(&SubscriptionFacts {
            state: *purchase.state,
            paid: purchase.as_paid(),
            came_with,
            plan_is_known: Plan::parse(&purchase.plan).is_some(),
            referral: referral.map(|one| facts(one, reasons.remove(&one.id))),
            program_is_on,
        });
        Subscription {
            remedies: verdict.remedies(came_with),
            verdict,
            referrer: referrer.cloned(),
            referral: referral.cloned(),
            purchase,
        }
    });
    Ok(subscriptions.collect())
}

fn code_of(purchase: &platform_purchase::Model) -> Option<ReferralCode> {
    purchase.code.as_deref().and_then(ReferralCode::parse)
}

fn came_with(
    purchase: &platform_purchase::Model,
    referrer: Option<&platform_referrer::Model>,
) -> CameWith {
    match referrer {
        None if purchase.code.is_none() => CameWith::NoCode,
        None => CameWith::UnknownCode,
        Some(referrer) if referrer.disabled_at.is_some() => CameWith::Disabled,
        Some(_) => CameWith::Enabled,
    }
}

fn facts(referral: &platform_referral::Model, pending: Option<PendingReason>) -> ReferralFacts {
    let taken_back = referral.taken_back_cents.zip(referral.currency.as_deref());
    let cause = referral.taken_back_for.as_deref().copied();
    ReferralFacts {
        status: *referral.status,
        failure: referral.failure_reason.as_deref().cloned(),
        pending,
        taken_back: taken_back.map(|(cents, currency)| (Money::new(cents, *currency), cause)),
    }
}
