//! Platform referrers: the platform's staff adds, changes, disables and enables them.

use app::{
    ports::{Answer, PlatformReferrers},
    types::{
        Outcome,
        admin::{PlatformReferrer, ReferrerCustomer, ReferrerLink, ReferrersPage, SharedAddresses},
    },
};
use async_trait::async_trait;
use domain::{
    forms::sum_line,
    money::Money,
    purchase::Plan,
    referral::{ListPlace, ReferrerSearch},
};
use services::{
    platform_referrers::{self as referrers, Listed, own_page},
    rights::{PlatformStaff, See},
};
use store::{PlatformReferrerId, entities::site};

use super::{customers, not_yours, shared_addresses};
use crate::{
    middleware::RequestContext,
    ports::{Services, internal_error},
};

#[async_trait]
impl PlatformReferrers for Services {
    async fn list(&self, search: &ReferrerSearch) -> Answer<ReferrersPage> {
        match self.context.platform_staff::<See>() {
            Some(staff) => page(self, &staff, search).await.map_err(internal_error),
            None => Ok(ReferrersPage::default()),
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
        let (engine, zone, typed) = (&self.state, self.zone(), (name, email));
        let changed = referrers::change(engine, zone, &staff, id, typed, version).await;
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
        let (engine, zone) = (&self.state, self.zone());
        let changed = referrers::set_disabled(engine, zone, &staff, id, disabled, version).await;
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

async fn page(
    services: &Services,
    staff: &PlatformStaff<See>,
    search: &ReferrerSearch,
) -> anyhow::Result<ReferrersPage> {
    let brands = own_page::brands(&services.state).await?;
    let listing = referrers::list(&services.state, staff, search).await?;
    let rows = &listing.referrers;
    let before = listing.first.saturating_sub(1);
    let after = listing.total.saturating_sub(before + rows.len() as u64);
    let previous = rows.first().filter(|_| before > 0);
    let next = rows.last().filter(|_| after > 0);
    let at = |place| search.at(Some(place)).query();
    Ok(ReferrersPage {
        text: search.text.clone(),
        query: search.query(),
        first: listing.first,
        total: listing.total,
        too_many: listing.too_many,
        start: search.at(None).query(),
        previous: previous.map(|one| at(ListPlace::Newer(one.row.id.get()))),
        next: next.map(|one| at(ListPlace::Older(one.row.id.get()))),
        referrers: listing
            .referrers
            .into_iter()
            .map(|one| view(&services.context, &brands, one))
            .collect(),
    })
}

fn view(
    context: &RequestContext,
    brands: &[(site::Model, String)],
    listed: Listed,
) -> PlatformReferrer {
    let referrer = listed.row;
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
        referrals: listed.referrals,
        credited: listed.credited,
        earned: sum_line(&listed.earned, Money::new(0, Plan::CURRENCY)),
        disabled: referrer.disabled_at.is_some(),
        version: referrer.version,
        name: referrer.name,
        email: referrer.email,
        code: referrer.code,
    }
}
