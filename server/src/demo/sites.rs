//! The two tenants of the demo, the platform's two brands, and their Stripe accounts.

use domain::account::SiteKind;
use services::{
    Engine,
    operator::{
        self, NewSite, StripeKeys,
        sites::{SiteChange, set},
    },
};
use store::sites::{self, Site};

use super::{
    policies,
    story::{DETROIT, MOTOR_CITY, People},
};

/// The zone of each site's times.
const ZONE: &str = "America/Detroit";

/// What one referral of a member earns, in cents.
const REWARD_CENTS: i64 = 1000;

/// What one referral of a platform referrer earns, in cents.
const PLATFORM_REWARD_CENTS: i64 = 5000;

const BRANDS: [NewSite<'_>; 2] = [
    NewSite {
        key: "pewpros",
        name: "PewPros",
        tagline: "Run your range, not your paperwork.",
        host: "pewpros.localhost",
        kind: SiteKind::Platform,
        theme: "pewpros",
    },
    NewSite {
        key: "coachpros",
        name: "CoachPros",
        tagline: "Coach more, chase less.",
        host: "coachpros.localhost",
        kind: SiteKind::Platform,
        theme: "coachpros",
    },
];

pub struct DemoSite {
    key: &'static str,
    name: &'static str,
    tagline: &'static str,
    theme: &'static str,
    host: &'static str,
    address: &'static str,
    hours: &'static str,
    contact: &'static str,
    /// The member and the friends of the site's story.
    pub people: People,
}

impl DemoSite {
    pub fn key(&self) -> &str {
        self.key
    }
}

pub const ALL: [DemoSite; 2] = [
    DemoSite {
        key: "detroit-arms",
        name: "Detroit Arms",
        tagline: "Indoor range, training and gear in the heart of Detroit.",
        theme: "range",
        host: "localhost",
        address: "1200 Range Road\nDetroit, MI 48201",
        hours: "Monday to Friday, 10 AM to 9 PM\nSaturday and Sunday, 9 AM to 6 PM",
        contact: "help@detroitarms.example",
        people: DETROIT,
    },
    DemoSite {
        key: "motor-city-coaching",
        name: "Motor City Coaching",
        tagline: "One coach, small groups, steady hands.",
        theme: "coach",
        host: "motor-city-coaching.localhost",
        address: "45 Foundry Street\nDetroit, MI 48202",
        hours: "Tuesday to Saturday, 8 AM to 7 PM",
        contact: "coach@motorcity.example",
        people: MOTOR_CITY,
    },
];

/// Whether the demo has a site with this key at this host.
pub fn is_of_demo(key: &str, host: Option<&str>) -> bool {
    let tenants = ALL.iter().map(|site| (site.key, site.host));
    let brands = BRANDS.iter().map(|brand| (brand.key, brand.host));
    tenants
        .chain(brands)
        .any(|(known, at)| known == key && host == Some(at))
}

/// Creates the site, connected to a Stripe account of its own.
pub async fn make(state: &Engine, demo: &DemoSite) -> anyhow::Result<Site> {
    let new = NewSite {
        key: demo.key,
        name: demo.name,
        tagline: demo.tagline,
        host: demo.host,
        kind: SiteKind::Tenant,
        theme: demo.theme,
    };
    let site = operator::add_site(state, &new).await?;
    sites::set_api_docs(state.db.writer(), site.id(), true).await?;
    let profile = SiteChange {
        time_zone: Some(ZONE.to_owned()),
        address: Some(demo.address.to_owned()),
        hours: Some(demo.hours.to_owned()),
        support_email: Some(demo.contact.to_owned()),
        ..SiteChange::default()
    };
    set(state, demo.key, profile).await?;
    policies::set(state, &site, demo.contact).await?;
    operator::set_tenant_credit(state, demo.key, REWARD_CENTS).await?;
    let (secret_key, webhook_secrets) = drawn_keys(state);
    let keys = StripeKeys {
        secret_key: &secret_key,
        webhook_secrets: &webhook_secrets,
        same_account: false,
        ..StripeKeys::default()
    };
    operator::connect_stripe(state, demo.key, &keys).await?;
    sites::by_key(state.db.reader(), demo.key)
        .await?
        .ok_or_else(|| anyhow::anyhow!("the site that was just made is not there"))
}

/// Creates the brands, connected to the platform's own Stripe account. The platform program is
/// still off.
pub async fn make_brands(state: &Engine) -> anyhow::Result<Vec<Site>> {
    let mut brands = Vec::new();
    for brand in &BRANDS {
        let site = operator::add_site(state, brand).await?;
        let contact = format!("team@{}.example", brand.key);
        let profile = SiteChange {
            time_zone: Some(ZONE.to_owned()),
            support_email: Some(contact.clone()),
            ..SiteChange::default()
        };
        set(state, brand.key, profile).await?;
        policies::set(state, &site, &contact).await?;
        brands.push(site);
    }
    let (secret_key, webhook_secrets) = drawn_keys(state);
    let keys = StripeKeys {
        secret_key: &secret_key,
        webhook_secrets: &webhook_secrets,
        same_account: false,
        ..StripeKeys::default()
    };
    operator::connect_platform_stripe(state, &keys).await?;
    Ok(brands)
}

/// Switches the platform program on.
pub async fn reward_partners(state: &Engine) -> anyhow::Result<()> {
    operator::set_platform_credit(state, PLATFORM_REWARD_CENTS).await
}

/// A random secret key and webhook secret, for a new account.
fn drawn_keys(state: &Engine) -> (String, [String; 1]) {
    let secret_key = format!("sk_test_demo{}", state.random.token());
    let webhook_secret = format!("whsec_demo{}", state.random.token());
    (secret_key, [webhook_secret])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_real_site_is_not_taken_for_the_demos() {
        assert!(is_of_demo("detroit-arms", Some("localhost")));
        assert!(is_of_demo("pewpros", Some("pewpros.localhost")));
        assert!(!is_of_demo("detroit-arms", Some("detroitarms.com")));
        assert!(!is_of_demo("flint-range", Some("localhost")));
        assert!(!is_of_demo("detroit-arms", None));
    }
}
