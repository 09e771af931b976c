//! The platform's partners and whom they brought, with a referral in each status.

use anyhow::Context;
use domain::{
    account::Email,
    purchase::{CheckoutNews, Plan},
};
use services::{
    Engine, credits,
    platform_referrers::add as add_referrer,
    purchases::platform_sales::{self, Told},
    queue::Job,
};
use store::{
    entities::platform_referrer::Model, platform_referrers, platform_settings, sites::Site,
};
use stripe_gateway::CheckoutSession;
use time::Duration;

use super::{sites::reward_partners, story::on_day};

/// What became of a subscription that came through a partner's link.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// Sold before the platform program was switched on.
    Pending,
    /// Sold, and Stripe answered no attempt to give the credit.
    Failed,
    /// Sold, and that was it: credited, or the partner's own.
    Sold,
}

/// A subscription: which partner, which brand, and who bought what.
struct Sale {
    partner: usize,
    brand: usize,
    plan: Plan,
    email: &'static str,
    fate: Fate,
}

/// Name and address; the last one left.
const PARTNERS: [(&str, &str); 3] = [
    ("Jordan Reyes", "jordan@example.com"),
    ("Sky Marsh", "sky@example.com"),
    ("Lee Park", "lee@example.com"),
];

/// Oldest first.
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

/// Days between one step of the story and the next.
const PACE: i64 = 5;
/// From the click on a link to the payment, in milliseconds.
const READING: Duration = Duration::minutes(11);

const fn sale(partner: usize, brand: usize, plan: Plan, email: &'static str, fate: Fate) -> Sale {
    Sale {
        partner,
        brand,
        plan,
        email,
        fate,
    }
}

/// Lives through it, each step on a day of its own, the last one some days ago.
pub async fn live(state: &Engine, brands: &[Site]) -> anyhow::Result<()> {
    let mut days_ago = PACE * (i64::try_from(SALES.len())? + 2);
    let mut known = Vec::new();
    for (name, email) in PARTNERS {
        let email = Email::parse(email).context("an e-mail address of the demo")?;
        let partner = add_referrer(&on_day(state, days_ago), None, name, &email).await?;
        known.push(partner.context("a partner of the demo")?);
    }
    for sale in &SALES {
        days_ago -= PACE;
        let then = on_day(state, days_ago);
        if sale.fate != Fate::Pending {
            reward_partners(&then).await?;
        }
        let (brand, partner) = (brands.get(sale.brand), known.get(sale.partner));
        let (brand, partner) = brand.zip(partner).context("a sale of the demo")?;
        sell(&then, brand, partner, sale).await?;
    }
    let left = known.last().context("a partner of the demo")?;
    let then = on_day(state, days_ago - 1);
    platform_referrers::set_disabled(then.db.writer(), left, Some(then.now())).await?;
    Ok(())
}

async fn sell(state: &Engine, brand: &Site, partner: &Model, sale: &Sale) -> anyhow::Result<()> {
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
            partner.code.clone(),
        )]
        .into(),
        ..CheckoutSession::default()
    };
    let told = Told {
        site_id: brand.id(),
        stripe_account_id: account.context("the platform's account")?,
        session: &session,
        plan: sale.plan.code(),
        clicked_at: Some(now - READING),
        news: CheckoutNews::Paid,
        now,
    };
    let tx = state.db.begin().await?;
    let (recorded, _) = platform_sales::record(&tx, &told).await?;
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
