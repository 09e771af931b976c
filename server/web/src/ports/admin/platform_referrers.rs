//! Platform referrers: an admin adds, changes, disables and enables them.

use store::PlatformReferrerId;
use std::collections::HashMap;

use app::{
    ports::{Answer, PlatformReferrers},
    types::{
        Outcome,
        admin::{PlatformReferrer, ReferrerLink},
    },
};
use async_trait::async_trait;
use domain::{
    account::Email,
    forms::{FieldError, Refusal},
    referral::{ReferralStatus, validate_partner},
};
use sea_orm::ConnectionTrait;
use server_core::dates;
use services::{
    platform_referrers::{add, audit, field},
    rights::PlatformAdmin,
};
use store::{
    Write, entities::platform_referrer::Model, platform_referrals, platform_referrers, sites,
};

use super::not_yours;
use crate::{
    middleware::Visit,
    ports::{Services, broken},
};

const TAKEN: &str = "A referrer with this email address already exists.";
const GONE: &str = "There is no such referrer.";
const STALE: &str = "Somebody else changed this referrer meanwhile. \
    Save again to replace their change with yours.";

#[async_trait]
impl PlatformReferrers for Services {
    async fn list(&self) -> Answer<Vec<PlatformReferrer>> {
        match self.visit.platform_admin() {
            Some(_) => self.all_referrers().await.map_err(broken),
            None => Ok(Vec::new()),
        }
    }

    async fn add(&self, name: &str, email: &str) -> Answer<Outcome> {
        let Some(admin) = self.visit.platform_admin() else {
            return Ok(not_yours());
        };
        let checked = check(self.state.db.reader(), name, email, None).await;
        let (name, email) = match checked.map_err(broken)? {
            Ok(referrer) => referrer,
            Err(complaints) => return Ok(Outcome::Refused(Refusal::fields(complaints))),
        };
        let added = add(&self.state, Some(&admin), &name, &email).await;
        Ok(match added.map_err(broken)? {
            Some(_) => Outcome::Done(format!("{name} was added.")),
            None => refused_as_taken(),
        })
    }

    async fn change(&self, id: i64, name: &str, email: &str, version: &str) -> Answer<Outcome> {
        let Some(admin) = self.visit.platform_admin() else {
            return Ok(not_yours());
        };
        let checked = check(self.state.db.reader(), name, email, Some(PlatformReferrerId::new(id))).await;
        let (name, email) = match checked.map_err(broken)? {
            Ok(referrer) => referrer,
            Err(complaints) => return Ok(Outcome::Refused(Refusal::fields(complaints))),
        };
        self.rename(&admin, id, &name, &email, version)
            .await
            .map_err(broken)
    }

    async fn set_disabled(&self, id: i64, disabled: bool, version: &str) -> Answer<Outcome> {
        let Some(admin) = self.visit.platform_admin() else {
            return Ok(not_yours());
        };
        self.switch(&admin, id, disabled, version)
            .await
            .map_err(broken)
    }
}

/// Checks name and e-mail address, and returns all mistakes at once, among them an address that
/// another platform referrer has. `id` is the platform referrer to be changed.
async fn check(
    db: &impl ConnectionTrait,
    name: &str,
    email: &str,
    id: Option<PlatformReferrerId>,
) -> anyhow::Result<Result<(String, Email), Vec<FieldError>>> {
    let owner = match Email::parse(email) {
        Some(email) => platform_referrers::by_email(db, &email).await?,
        None => None,
    };
    let is_taken = owner.is_some_and(|owner| Some(owner.id) != id);
    Ok(match (validate_partner(name, email), is_taken) {
        (checked, false) => checked,
        (Ok(_), true) => Err(vec![taken()]),
        (Err(mut complaints), true) => {
            complaints.push(taken());
            Err(complaints)
        }
    })
}

impl Services {
    async fn all_referrers(&self) -> anyhow::Result<Vec<PlatformReferrer>> {
        let db = self.state.db.reader();
        let brands = brands(db).await?;
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
                view(&self.visit, &brands, referrer, counts)
            })
            .collect())
    }

    async fn rename(
        &self,
        admin: &PlatformAdmin,
        id: i64,
        name: &str,
        email: &Email,
        version: &str,
    ) -> anyhow::Result<Outcome> {
        let tx = self.state.db.begin().await?;
        let referrer = match at_version(&tx, PlatformReferrerId::new(id), version).await? {
            Ok(referrer) => referrer,
            Err(refusal) => return Ok(Outcome::Refused(refusal)),
        };
        if !platform_referrers::set_name_and_email(&tx, &referrer, name, email).await? {
            return Ok(refused_as_taken());
        }
        let fields = [
            field("Name", Some(&referrer.name), Some(name)),
            field("Email", Some(&referrer.email), Some(email.as_str())),
        ];
        audit(&tx, &self.state, Some(admin), &referrer.name, fields).await?;
        tx.commit().await?;
        Ok(Outcome::Done(format!("{name} was saved.")))
    }

    async fn switch(
        &self,
        admin: &PlatformAdmin,
        id: i64,
        disabled: bool,
        version: &str,
    ) -> anyhow::Result<Outcome> {
        let tx = self.state.db.begin().await?;
        let referrer = match at_version(&tx, PlatformReferrerId::new(id), version).await? {
            Ok(referrer) => referrer,
            Err(refusal) => return Ok(Outcome::Refused(refusal)),
        };
        let state_of = |disabled| Some(if disabled { "off" } else { "on" });
        let was = referrer.disabled_at.is_some();
        let disabled_at = disabled.then(|| self.state.now());
        if was != disabled {
            platform_referrers::set_disabled(&tx, &referrer, disabled_at).await?;
        }
        let fields = [field("Code", state_of(was), state_of(disabled))];
        audit(&tx, &self.state, Some(admin), &referrer.name, fields).await?;
        tx.commit().await?;
        Ok(Outcome::Done(if disabled {
            format!(
                "{} was disabled. The code earns nothing now.",
                referrer.name
            )
        } else {
            format!("{} was enabled.", referrer.name)
        }))
    }
}

/// Locks the platform referrer. Refuses if it is gone, or was changed since `version`.
async fn at_version(
    tx: &impl Write,
    id: PlatformReferrerId,
    version: &str,
) -> anyhow::Result<Result<Model, Refusal>> {
    let Some(referrer) = platform_referrers::lock(tx, id).await? else {
        return Ok(Err(Refusal::message(GONE)));
    };
    if version.trim() != referrer.version.to_string() {
        let refusal = Refusal::message(STALE).keep("version", &referrer.version.to_string());
        return Ok(Err(refusal));
    }
    Ok(Ok(referrer))
}

/// Name and host of each brand: PewPros first, the others in the order of their keys.
async fn brands(db: &impl ConnectionTrait) -> anyhow::Result<Vec<(String, String)>> {
    let mut brands = sites::brands(db).await?;
    brands.sort_by_key(|(site, _)| (site.key != "pewpros", site.key.clone()));
    Ok(brands
        .into_iter()
        .map(|(site, host)| (site.name, host))
        .collect())
}

fn view(
    visit: &Visit,
    brands: &[(String, String)],
    referrer: Model,
    (referrals, credited): (u64, u64),
) -> PlatformReferrer {
    let links = brands.iter().map(|(brand, host)| ReferrerLink {
        brand: brand.clone(),
        url: format!("{}/pricing?ref={}", visit.base_url_at(host), referrer.code),
    });
    PlatformReferrer {
        id: referrer.id.get(),
        links: links.collect(),
        referrals,
        credited,
        disabled: referrer.disabled_at.is_some(),
        version: referrer.version,
        added_on: dates::day(referrer.created_at),
        name: referrer.name,
        email: referrer.email,
        code: referrer.code,
    }
}

fn refused_as_taken() -> Outcome {
    Outcome::Refused(Refusal::fields(vec![taken()]))
}

fn taken() -> FieldError {
    FieldError::new("email", TAKEN)
}
