//! Why a platform referrer got nothing: the look-up by code, link, platform referrer or customer.

use std::collections::HashMap;

use anyhow::Context;
use app::{
    server_fns::admin::order_path,
    types::admin::{
        WhyFound, WhyPage, WhyPlatform, WhyReferrer, WhyReferrerCode, WhySubscription,
        WhySubscriptions, referral_path,
    },
};
use domain::{
    credit::Program,
    purchase::{OrderFilter, label, plan_total},
    referral::{
        CodeStanding, REFERRALS_PATH, ReferralCode, ReferrerSearch, Remedy, code_in, code_in_link,
        code_standing, codes_in, near_codes,
    },
    search::beginnings,
};
use sea_orm::DbErr;
use server_core::dates;
use services::{
    platform_referrers as referrers,
    rights::{PlatformStaff, See},
    why_subscription::{self, Subscription, Subscriptions},
};
use store::{
    PlatformReferrerId, SiteId, entities::platform_referrer, platform_referrers, platform_settings,
    sites,
};

use super::{
    remedies::Ways,
    steps::{Step, came, step},
};
use crate::ports::Services;

/// The longest text by which people are searched for, in characters.
const TEXT_MAX: usize = 200;

/// The answer about what was asked, or about this platform referrer; `None` without the permission.
///
/// # Errors
/// If the database fails, or a row cannot be read.
pub async fn page(
    services: &Services,
    asked: &str,
    referrer: Option<i64>,
) -> anyhow::Result<Option<WhyPage>> {
    let Some(staff) = services.context.platform_staff::<See>() else {
        return Ok(None);
    };
    let brands = sites::brands(services.state.db.reader()).await?.into_iter();
    let look_up = LookUp {
        services,
        staff: &staff,
        brands: brands.map(|(site, _)| (site.id, site.name)).collect(),
    };
    let asked = asked.trim();
    let found = match referrer {
        Some(id) => look_up.one(PlatformReferrerId::new(id)).await?,
        None if asked.is_empty() => WhyFound::Nothing,
        None => look_up.text(asked).await?,
    };
    Ok(Some(WhyPage {
        program: Program::Platform,
        asked: asked.to_owned(),
        found,
    }))
}

/// One look-up by one of the platform's staff.
struct LookUp<'a> {
    services: &'a Services,
    staff: &'a PlatformStaff<See>,
    /// Their names.
    brands: HashMap<SiteId, String>,
}

impl LookUp<'_> {
    async fn one(&self, id: PlatformReferrerId) -> anyhow::Result<WhyFound> {
        let referrer = platform_referrers::by_id(self.services.state.db.reader(), id).await?;
        Ok(match referrer {
            Some(referrer) => found(self.of_referrer(&referrer).await?),
            None => WhyFound::Nobody,
        })
    }

    /// A link is a code. Another text may be a name that looks like a code: then whoever is there counts.
    async fn text(&self, asked: &str) -> anyhow::Result<WhyFound> {
        let db = self.services.state.db.reader();
        if let Some(code) = code_in_link(asked) {
            return Ok(found(self.of_code(asked, &code).await?));
        }
        let owners = platform_referrers::with_codes(db, &codes_in(asked)).await?;
        if let [owner] = &owners[..] {
            return Ok(found(self.of_referrer(owner).await?));
        }
        if let Some(page) = self.people(asked).await? {
            return Ok(found(page));
        }
        if let Some(code) = code_in(asked) {
            return Ok(found(self.of_code(asked, &code).await?));
        }
        Ok(match self.near(asked).await? {
            near if near.is_empty() => WhyFound::Nobody,
            near => found(WhyPlatform {
                code: Some(self.known(asked, None, near).await?),
                ..WhyPlatform::default()
            }),
        })
    }

    /// The code of a platform referrer, and what came with it.
    async fn of_referrer(&self, owner: &platform_referrer::Model) -> anyhow::Result<WhyPlatform> {
        let code = ReferralCode::parse(&owner.code).context("the code of a platform referrer")?;
        self.with_code(&code, Some(owner), Vec::new()).await
    }

    async fn of_code(&self, asked: &str, code: &ReferralCode) -> anyhow::Result<WhyPlatform> {
        let db = self.services.state.db.reader();
        let owner = platform_referrers::by_code(db, code).await?;
        let near = match &owner {
            Some(_) => Vec::new(),
            None => self.near(asked).await?,
        };
        self.with_code(code, owner.as_ref(), near).await
    }

    async fn with_code(
        &self,
        code: &ReferralCode,
        owner: Option<&platform_referrer::Model>,
        near: Vec<(String, WhyReferrer)>,
    ) -> anyhow::Result<WhyPlatform> {
        let (state, zone) = (&self.services.state, self.services.zone());
        let came = why_subscription::of_code(state, self.staff, code, owner, zone).await?;
        Ok(WhyPlatform {
            code: Some(self.known(code.as_str(), owner, near).await?),
            came: Some(self.shown(came, code.as_str())?),
            ..WhyPlatform::default()
        })
    }

    /// The platform referrers and the customers whom a text finds; `None` if there are none.
    async fn people(&self, asked: &str) -> anyhow::Result<Option<WhyPlatform>> {
        // Without a word to search for, the list has everybody.
        if beginnings(asked).is_empty() {
            return Ok(None);
        }
        let (state, zone) = (&self.services.state, self.services.zone());
        let search = ReferrerSearch {
            text: asked.chars().take(TEXT_MAX).collect(),
            place: None,
        };
        let listing = referrers::list(state, self.staff, &search).await?;
        let more = listing.too_many || listing.total > listing.referrers.len() as u64;
        let mut page = match &listing.referrers[..] {
            [one] if !more => self.of_referrer(&one.row).await?,
            several => WhyPlatform {
                several: several.iter().map(|one| self.referrer(&one.row)).collect(),
                more,
                ..WhyPlatform::default()
            },
        };
        let mut bought =
            why_subscription::of_customers(state, self.staff, &search.text, zone).await?;
        let came = page.came.iter().flat_map(|came| &came.newest);
        let came: Vec<_> = came.map(|one| one.number).collect();
        bought
            .newest
            .retain(|one| !came.contains(&one.purchase.id.get()));
        if !bought.newest.is_empty() {
            page.bought = Some(self.shown(bought, &search.text)?);
        }
        let is_empty = page.code.is_none() && page.several.is_empty() && page.bought.is_none();
        Ok((!is_empty).then_some(page))
    }

    /// What is known of a code and its owner.
    async fn known(
        &self,
        code: &str,
        owner: Option<&platform_referrer::Model>,
        near: Vec<(String, WhyReferrer)>,
    ) -> anyhow::Result<WhyReferrerCode> {
        let settings = platform_settings::get(self.services.state.db.reader()).await?;
        let is_disabled = owner.map(|owner| owner.disabled_at.is_some());
        let standing = code_standing(is_disabled, settings.platform_credit().is_positive());
        let remedies: &[Remedy] = match standing {
            CodeStanding::Blocked => &[Remedy::Enable],
            CodeStanding::ProgramOff => &[Remedy::Payments],
            CodeStanding::Counts | CodeStanding::Unknown => &[],
        };
        Ok(WhyReferrerCode {
            code: code.to_owned(),
            owner: owner.map(|owner| self.referrer(owner)),
            standing: standing.platform_sentence(),
            remedies: ways(None, owner).to(remedies, self.services.context.rights()),
            near,
        })
    }

    /// The platform referrers whose codes are nearly what was asked.
    async fn near(&self, asked: &str) -> anyhow::Result<Vec<(String, WhyReferrer)>> {
        let db = self.services.state.db.reader();
        let owners = platform_referrers::with_codes(db, &near_codes(asked)).await?;
        let near = owners
            .iter()
            .map(|owner| (owner.code.clone(), self.referrer(owner)));
        Ok(near.collect())
    }

    fn referrer(&self, row: &platform_referrer::Model) -> WhyReferrer {
        let zone = self.services.zone();
        WhyReferrer {
            id: row.id.get(),
            name: row.name.clone(),
            email: row.email.clone(),
            disabled_on: row.disabled_at.map(|at| dates::day(at, zone)),
        }
    }

    /// The subscriptions with the way to the older ones, which the orders find by `text`.
    fn shown(&self, found: Subscriptions, text: &str) -> Result<WhySubscriptions, DbErr> {
        let older = found.more.then(|| {
            let orders = OrderFilter {
                text: text.to_owned(),
                ..OrderFilter::all(Program::Platform)
            };
            orders.path()
        });
        let newest = found.newest.into_iter().map(|one| self.subscription(one));
        Ok(WhySubscriptions {
            newest: newest.collect::<Result<_, _>>()?,
            older,
        })
    }

    fn subscription(&self, one: Subscription) -> Result<WhySubscription, DbErr> {
        let (zone, number) = (self.services.zone(), one.purchase.id.get());
        let steps = self.steps(&one)?.into_iter();
        let referral = one.referral.map(|referral| referral.id.get());
        let ways = ways(referral, one.referrer.as_ref());
        Ok(WhySubscription {
            number,
            order_path: order_path(Program::Platform, number),
            steps: steps.map(|step| step.shown(zone)).collect(),
            customer: one.purchase.customer_email,
            referrer: one.referrer.map(|row| (row.name, row.id.get())),
            verdict: one.verdict.sentence(),
            remedies: ways.to(&one.remedies, self.services.context.rights()),
            referral_path: referral.map(|id| referral_path(Program::Platform, id)),
        })
    }

    /// Click and purchase. A brand's customer does not register.
    fn steps(&self, one: &Subscription) -> Result<[Step; 2], DbErr> {
        let purchase = &one.purchase;
        let clicked = match purchase.code {
            Some(_) => came(purchase.clicked_at, None, None),
            None => step(
                "Clicked a link",
                "Not recorded: it came without a code.",
                None,
            ),
        };
        let currency = Some(purchase.currency.code());
        let total = plan_total(purchase.paid_cents, currency, &purchase.plan);
        let price = total.and_then(|total| total.asked());
        let state = *purchase.state;
        let label = price.map_or(state.label(), |price| {
            label(state, price, purchase.given_back())
        });
        let foreign = purchase.foreign()?.map(|amount| amount.to_string());
        let price = foreign.or(price.map(|price| price.to_string()));
        let brand = self.brands.get(&purchase.site_id).cloned();
        let what: Vec<_> = brand.into_iter().chain(price).collect();
        let bought = step(
            &format!("Bought {}", purchase.plan_label()),
            format!("{}. {label}", what.join(", ")),
            purchase.paid_at.or(Some(purchase.created_at)),
        );
        Ok([clicked, bought])
    }
}

fn found(page: WhyPlatform) -> WhyFound {
    WhyFound::Platform(Box::new(page))
}

/// The ways to what can be done about the referral with this id and its platform referrer.
fn ways(referral: Option<i64>, referrer: Option<&platform_referrer::Model>) -> Ways {
    Ways {
        program: Program::Platform,
        referral,
        referrer: referrer.map(|referrer| referrer.id.get()),
        attach: None,
        enable: referrer.map(listed),
    }
}

/// The path of the list of platform referrers with this one alone, where they are enabled.
fn listed(referrer: &platform_referrer::Model) -> String {
    let search = ReferrerSearch {
        text: referrer.code.clone(),
        place: None,
    };
    format!("{REFERRALS_PATH}?tab=platform&{}", search.query())
}
