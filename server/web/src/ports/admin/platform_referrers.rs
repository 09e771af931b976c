//! Platform referrers: the platform's staff adds, changes, disables and enables them.

use std::collections::HashMap;

use app::{
    ports::{Answer, PlatformReferrers},
    types::{
        Outcome,
        admin::{PlatformReferrer, ReferrerCustomer, ReferrerLink, SharedAddresses},
    },
};
use async_trait::async_trait;
use domain::referral::ReferralStatus;
use server_core::dates;
use services::{
    platform_referrers::{self as referrers, own_page},
    rights::See,
};
use store::{
    PlatformReferrerId,
    entities::{platform_referrer::Model, site},
    platform_referrals, platform_referrers,
};

use super::{customers, not_yours, shared_addresses};
use crate::{
    middleware::RequestContext,
    ports::{Services, internal_error},
};

#[async_trait]
impl PlatformReferrers for Services {
    async fn list(&self) -> Answer<Vec<PlatformReferrer>> {
        match self.context.platform_staff::<See>() {
            Some(_) => self.all_referrers().await.map_err(internal_error),
            None => Ok(Vec::new()),
        }
    }

    async fn add(&self, name: &str, email: &str) -> Answer<Outcome> {
        let Some(staff) = self.context.platform_staff() else {
            return Ok(not_yours());
        };
        let added = referrers::register(&self.state, &staff, name, email).await;
        Ok(match added.map_err(internal_error)? {
            Ok(name) => Outcome::Done(format!("{name} was added.")),
            Err(refusal) => Outcome::Refused(refusal),
        })
    }

    async fn change(&self, id: i64, name: &str, email: &str, version: &str) -> Answer<Outcome> {
        let Some(staff) = self.context.platform_staff() else {
            return Ok(not_yours());
        };
        let id = PlatformReferrerId::new(id);
        let changed = referrers::change(&self.state, &staff, id, (name, email), version).await;
        Ok(match changed.map_err(internal_error)? {
            Ok(name) => Outcome::Done(format!("{name} was saved.")),
            Err(refusal) => Outcome::Refused(refusal),
        })
    }

    async fn customer(&self, id: i64) -> Answer<Option<ReferrerCustomer>> {
        let page = customers::page(self, PlatformReferrerId::new(id)).await;
        page.map_err(internal_error)
    }

    async fn choose_customer(&self, id: i64, seen: &str, customer: &str) -> Answer<Outcome> {
        let id = PlatformReferrerId::new(id);
        self.with_recent_password(customers::choose(self, id, seen, customer))
            .await
    }

    async fn move_credit(&self, id: i64, from: &str) -> Answer<Outcome> {
        let moved = customers::move_credit(self, PlatformReferrerId::new(id), from).await;
        moved.map_err(internal_error)
    }

    async fn set_disabled(&self, id: i64, disabled: bool, version: &str) -> Answer<Outcome> {
        let Some(staff) = self.context.platform_staff() else {
            return Ok(not_yours());
        };
        let id = PlatformReferrerId::new(id);
        let changed = referrers::set_disabled(&self.state, &staff, id, disabled, version).await;
        Ok(match changed.map_err(internal_error)? {
            Ok(name) if disabled => {
                Outcome::Done(format!("{name} was disabled. The code earns nothing now."))
            }
            Ok(name) => Outcome::Done(format!("{name} was enabled.")),
            Err(refusal) => Outcome::Refused(refusal),
        })
    }

    async fn shared_addresses(&self, after: Option<i64>) -> Answer<SharedAddresses> {
        let page = shared_addresses::of_referrers(self, after).await;
        page.map_err(internal_error)
    }

    async fn has_shared_addresses(&self) -> Answer<bool> {
        let any = shared_addresses::any_of_referrers(self).await;
        any.map_err(internal_error)
    }
}

impl Services {
    async fn all_referrers(&self) -> anyhow::Result<Vec<PlatformReferrer>> {
        let db = self.state.db.reader();
        let brands = own_page::brands(&self.state).await?;
        let mut counts: HashMap<PlatformReferrerId, (u64, u64)> = HashMap::new();
        for (id, status, number) in platform_referrals::counts(db).await? {
            let number = u64::try_from(number).unwrap_or(0);
            let (all, credited) = counts.entry(id).or_default();
            *all += number;
            if status == ReferralStatus::Credited.code() {
                *credited += number;
            }
        }
        let referrers = platform_referrers::all(db).await?;
        Ok(referrers
            .into_iter()
            .map(|referrer| {
                let counts = counts.get(&referrer.id).copied().unwrap_or_default();
                view(&self.context, &brands, referrer, counts)
            })
            .collect())
    }
}

fn view(
    context: &RequestContext,
    brands: &[(site::Model, String)],
    referrer: Model,
    (referrals, credited): (u64, u64),
) -> PlatformReferrer {
    let links = brands.iter().map(|(brand, host)| ReferrerLink {
        brand: brand.name.clone(),
        url: format!(
            "{}/pricing?ref={}",
            context.base_url_at(host),
            referrer.code
        ),
    });
    PlatformReferrer {
        id: referrer.id.get(),
        links: links.collect(),
        referrals,
        credited,
        disabled: referrer.disabled_at.is_some(),
        version: referrer.version,
        added_on: dates::day(referrer.created_at, &context.site.row.time_zone),
        name: referrer.name,
        email: referrer.email,
        code: referrer.code,
    }
}
