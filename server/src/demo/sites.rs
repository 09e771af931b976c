//! The two tenants of the demo and their Stripe accounts.

use domain::Currency;
use sea_orm::Set;

use super::story::{DETROIT, MOTOR_CITY, People};
use crate::{
    db::{
        entities::{site, site_settings},
        sites::{self, Site},
    },
    services::operator,
    state::AppState,
};

/// What one referral earns, in cents: the guide's example.
const REWARD_CENTS: i64 = 1000;

/// A tenant of the demo.
pub struct DemoSite {
    key: &'static str,
    name: &'static str,
    tagline: &'static str,
    theme: &'static str,
    host: &'static str,
    /// Who lives there.
    pub people: People,
}

impl DemoSite {
    /// The key of its row.
    pub fn key(&self) -> &str {
        self.key
    }
}

/// Both tenants.
pub const ALL: [DemoSite; 2] = [
    DemoSite {
        key: "detroit-arms",
        name: "Detroit Arms",
        tagline: "Indoor range, training and gear in the heart of Detroit.",
        theme: "range",
        host: "localhost",
        people: DETROIT,
    },
    DemoSite {
        key: "motor-city-coaching",
        name: "Motor City Coaching",
        tagline: "One coach, small groups, steady hands.",
        theme: "coach",
        host: "motor-city-coaching.localhost",
        people: MOTOR_CITY,
    },
];

/// Makes the site, connected to a Stripe account of its own.
pub async fn make(state: &AppState, demo: &DemoSite) -> anyhow::Result<Site> {
    let row = site::ActiveModel {
        key: Set(demo.key.to_owned()),
        kind: Set("tenant".to_owned()),
        name: Set(demo.name.to_owned()),
        tagline: Set(demo.tagline.to_owned()),
        theme: Set(demo.theme.to_owned()),
        realm: Set(state.random.token()),
        created_at: Set(state.clock.now_ms()),
        ..Default::default()
    };
    let settings = site_settings::ActiveModel {
        currency: Set(Currency::Usd.code().to_owned()),
        tenant_credit_cents: Set(REWARD_CENTS),
        referral_memory_days: Set(0),
        ..Default::default()
    };
    sites::insert(state.db.conn(), row, demo.host, settings).await?;
    let secret_key = format!("sk_test_demo{}", state.random.token());
    let webhook_secret = format!("whsec_demo{}", state.random.token());
    operator::connect_stripe(state, demo.key, &secret_key, &[webhook_secret]).await?;
    sites::by_key(state.db.conn(), demo.key)
        .await?
        .ok_or_else(|| anyhow::anyhow!("the site that was just made is not there"))
}
