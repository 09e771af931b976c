//! The platform referrers of the demo and the subscriptions that they brought, with a referral in
//! each status.

use anyhow::Context;
use domain::{
    account::Email,
    purchase::{CheckoutEvent, Plan},
};
use services::{
    Engine, credits,
    platform_referrers::add as add_referrer,
    purchases::platform_sales::{self, SubscriptionEvent},
    queue::Job,
};
use store::{
    entities::platform_referrer::Model, platform_referrers, platform_settings, sites::Site,
};
use stripe_gateway::CheckoutSession;
use time::Duration;

use super::{sites::reward_partners, story::on_day};

/// What became of a subscription that came through a platform referrer's link.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// Sold before the platform program was switched on.
    Pending,
    /// Sold, and Stripe answered no attempt to issue the credit.
    Failed,
    /// Sold while the program was on: the referral is credited, or is a self-referral.
    Sold,
}

/// A subscription: the indexes of the platform referrer and the brand, and who bought which plan.
struct Sale {
    referrer: usize,
    brand: usize,
    plan: Plan,
    email: &'static str,
    fate: Fate,
}

/// Names and e-mail addresses. The last one is disabled at the end of the story.
const PARTNERS: [(&str, &str); 3] = [
    ("Jordan Reyes", "jordan@example.com"),
    ("Sky Marsh", "sky@example.com"),
    ("Lee Park", "lee@example.com"),
];

/// The subscriptions, oldest first.
const SALES: [Sale; 6] = [
    sale(
        2,
        0,
        Plan::Monthly,
        "office@northline-range.example",
        Fate::Pending,
    ),
    sale(
        0,
        0,
        Plan::Annual,
        "owner@harborshooting.example",
        Fate::Sold,
    ),
    sale(0, 1, Plan::Monthly, "kim@kimcoaches.example", Fate::Sold),
    sale(
        1,
        0,
        Plan::Annual,
        "team@lakeside-club.example",
        Fate::Failed,
    ),
    sale(1, 1, Plan::Monthly, "Sky+studio@example.com", Fate::Sold),
    sale(2, 1, Plan::Annual, "hello@steadyhands.example", Fate::Sold),
];

/// The days between two steps of the story.
const PACE: i64 = 5;
/// The time from the click on a link to the payment.
const READING: Duration = Duration::minutes(11);

const fn sale(referrer: usize, brand: usize, plan: Plan, email: &'static str, fate: Fate) -> Sale {
    Sale {
        referrer,
        brand,
        plan,
        email,
        fate,
    }
}

/// Plays the story, each step on a day of its own, the last one some days ago.
pub async fn live(state: &Engine, brands: &[Site]) -> anyhow::Result<()> {
    let mut days_ago = PACE * (i64::try_from(SALES.len())? + 2);
    let mut known = Vec::new();
    for (name, email) in PARTNERS {
        let email = Email::parse(email).context("an email address of the demo")?;
        let referrer = add_referrer(&on_day(state, days_ago), None, name, &email).await?;
        known.push(referrer.context("a partner of the demo")?);
    }
    for sale in &SALES {
        days_ago -= PACE;
        let then = on_day(state, days_ago);
        if sale.fate != Fate::Pending {
            reward_partners(&then).await?;
        }
        let (brand, referrer) = (brands.get(sale.brand), known.get(sale.referrer));
        let (brand, referrer) = brand.zip(referrer).context("a sale of the demo")?;
        sell(&then, brand, referrer, sale).await?;
    }
    let left = known.last().context("a partner of the demo")?;
    let then = on_day(state, days_ago - 1);
    platform_referrers::set_disabled(then.db.writer(), left, Some(then.now())).await?;
    Ok(())
}

async fn sell(state: &Engine, brand: &Site, referrer: &Model, sale: &Sale) -> anyhow::Result<()> {
    let db = state.db.reader();
    let account = platform_settings::get(db).await?.stripe_account_id;
    let now = state.now();
    let price = sale.plan.price();
    let session = CheckoutSession {
        id: format!("cs_test_demo{}", state.random.token()),
        email: Some(sale.email.to_owned()),
        currency: Some(price.currency().code().to_owned()),
        amount_total: Some(price.cents()),
        metadata: [(
            CheckoutSession::REFERRAL_CODE.to_owned(),
            referrer.code.clone(),
        )]
        .into(),
        ..CheckoutSession::default()
    };
    let sold = SubscriptionEvent {
        site_id: brand.id(),
        stripe_account_id: account.context("the platform's account")?,
        session: &session,
        plan: sale.plan.code(),
        clicked_at: Some(now - READING),
        event: CheckoutEvent::Paid,
        now,
    };
    let tx = state.db.begin().await?;
    let (recorded, _) = platform_sales::record(&tx, &sold).await?;
    tx.commit().await?;
    if let Some(Job::DecidePlatformCredit { purchase_id }) = recorded.job
        && let Some(credit_id) =
            credits::decide(state, credits::Paid::Platform(purchase_id)).await?
    {
        match sale.fate {
            Fate::Failed => credits::end_unanswered(state, credit_id).await?,
            _ => credits::issue(state, credit_id).await?,
        };
    }
    Ok(())
}
