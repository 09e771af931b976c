//! Platform referrers: whom an admin adds, renames and switches off.

use std::collections::HashMap;
use store::PlatformReferrerId;

use app::{
    ports::{Answer, Partners},
    types::{
        Outcome,
        admin::{Partner, PartnerLink},
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

const TAKEN: &str = "There is a referrer with this e-mail address already.";
const GONE: &str = "There is no such referrer.";
const STALE: &str = "Somebody else changed this referrer meanwhile. \
    Save again to put what you typed in place of their change.";

#[async_trait]
impl Partners for Services {
    async fn list(&self) -> Answer<Vec<Partner>> {
        match self.visit.platform_admin() {
            Some(_) => self.partners().await.map_err(broken),
            None => Ok(Vec::new()),
        }
    }

    async fn add(&self, name: &str, email: &str) -> Answer<Outcome> {
        let Some(admin) = self.visit.platform_admin() else {
            return Ok(not_yours());
        };
        let checked = check(self.state.db.reader(), name, email, None).await;
        let (name, email) = match checked.map_err(broken)? {
            Ok(partner) => partner,
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
        let checked = check(
            self.state.db.reader(),
            name,
            email,
            Some(PlatformReferrerId::new(id)),
        )
        .await;
        let (name, email) = match checked.map_err(broken)? {
            Ok(partner) => partner,
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

/// All complaints at once, the one about another partner's address among them; `id` is the partner
/// to be changed.
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
    async fn partners(&self) -> anyhow::Result<Vec<Partner>> {
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
        let partners = platform_referrers::all(db).await?;
        Ok(partners
            .into_iter()
            .map(|partner| {
                let counts = counts.get(&partner.id).copied().unwrap_or_default();
                view(&self.visit, &brands, partner, counts)
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
        let partner = match at_version(&tx, PlatformReferrerId::new(id), version).await? {
            Ok(partner) => partner,
            Err(refusal) => return Ok(Outcome::Refused(refusal)),
        };
        if !platform_referrers::set_name_and_email(&tx, &partner, name, email).await? {
            return Ok(refused_as_taken());
        }
        let fields = [
            field("Name", Some(&partner.name), Some(name)),
            field("Email", Some(&partner.email), Some(email.as_str())),
        ];
        audit(&tx, &self.state, Some(admin), &partner.name, fields).await?;
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
        let partner = match at_version(&tx, PlatformReferrerId::new(id), version).await? {
            Ok(partner) => partner,
            Err(refusal) => return Ok(Outcome::Refused(refusal)),
        };
        let state_of = |disabled| Some(if disabled { "off" } else { "on" });
        let was = partner.disabled_at.is_some();
        let disabled_at = disabled.then(|| self.state.now());
        if was != disabled {
            platform_referrers::set_disabled(&tx, &partner, disabled_at).await?;
        }
        let fields = [field("Code", state_of(was), state_of(disabled))];
        audit(&tx, &self.state, Some(admin), &partner.name, fields).await?;
        tx.commit().await?;
        Ok(Outcome::Done(if disabled {
            format!("{} was disabled. The code earns nothing now.", partner.name)
        } else {
            format!("{} was enabled.", partner.name)
        }))
    }
}

/// The partner, locked, if nobody changed it since `version`; else why not.
async fn at_version(
    tx: &impl Write,
    id: PlatformReferrerId,
    version: &str,
) -> anyhow::Result<Result<Model, Refusal>> {
    let Some(partner) = platform_referrers::lock(tx, id).await? else {
        return Ok(Err(Refusal::message(GONE)));
    };
    if version.trim() != partner.version.to_string() {
        let refusal = Refusal::message(STALE).keep("version", &partner.version.to_string());
        return Ok(Err(refusal));
    }
    Ok(Ok(partner))
}

/// Name and host of each brand, in the order of their keys, PewPros first.
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
    partner: Model,
    (referrals, credited): (u64, u64),
) -> Partner {
    let links = brands.iter().map(|(brand, host)| PartnerLink {
        brand: brand.clone(),
        url: format!("{}/pricing?ref={}", visit.base_url_at(host), partner.code),
    });
    Partner {
        id: partner.id.get(),
        links: links.collect(),
        referrals,
        credited,
        disabled: partner.disabled_at.is_some(),
        version: partner.version,
        added_on: dates::day(partner.created_at),
        name: partner.name,
        email: partner.email,
        code: partner.code,
    }
}

fn refused_as_taken() -> Outcome {
    Outcome::Refused(Refusal::fields(vec![taken()]))
}

fn taken() -> FieldError {
    FieldError::new("email", TAKEN)
}
