//! A platform referrer's own page. Who has no session of a platform referrer is told nothing.

use app::{
    ports::{Answer, ReferrerPages},
    types::{
        LastKnown, Outcome, OwnChange, OwnCredit, OwnReferral, ReferrerOverview,
        admin::ReferrerLink,
    },
};
use async_trait::async_trait;
use domain::{
    account::SiteKind,
    credit::{BalanceChange, ReversalCause},
    forms::{Refusal, read_account_email},
    money::Money,
    purchase::Plan,
    referral::{PendingReason, ReferralStatus, status_sentence},
};
use server_core::{dates, zone::Zone};
use services::{
    pending_referrals,
    platform_referrers::{
        own_page::{self, OwnPage},
        sign_in::{self, PAGE},
    },
};
use store::{
    credits::ByStaff,
    entities::{platform_referral, platform_referrer::Model},
};

use super::{CANNOT_MAIL, Services, internal_error};
use crate::middleware::{forget_referrer_token, keep_referrer_token, referrer_token};

/// The answer to everybody who asks for a link, so that nobody learns who is a platform referrer.
const MAILED: &str = "If there is a referrer with this address, a link is on its way to it. \
    Check your spam folder too.";
const LINK_ENDED: &str = "This link no longer works. Ask for a new one.";
const NOT_HERE: &str = "This site has no such page.";

#[async_trait]
impl ReferrerPages for Services {
    async fn mail_link(&self, email: &str) -> Answer<Outcome> {
        self.mail_link_here(email).await.map_err(internal_error)
    }

    async fn is_link(&self, token: &str) -> Answer<bool> {
        let is_link = sign_in::is_link(&self.state, &self.context.site, token).await;
        is_link.map_err(internal_error)
    }

    async fn sign_in(&self, token: &str) -> Answer<Outcome> {
        self.sign_in_by(token).await.map_err(internal_error)
    }

    async fn sign_out(&self) -> Answer<Outcome> {
        let (state, context) = (&self.state, &self.context);
        if let Some(token) = referrer_token(&context.cookies, &state.config) {
            let ended = sign_in::sign_out(state, &context.site, &token).await;
            ended.map_err(internal_error)?;
            forget_referrer_token(&context.cookies, &state.config);
        }
        Ok(Outcome::Done("You are signed out.".to_owned()))
    }

    async fn own(&self) -> Answer<Option<ReferrerOverview>> {
        self.own_page().await.map_err(internal_error)
    }
}

impl Services {
    async fn mail_link_here(&self, typed: &str) -> anyhow::Result<Outcome> {
        let (state, context) = (&self.state, &self.context);
        if context.site.kind() != SiteKind::Platform {
            return Ok(refused(NOT_HERE));
        }
        if !state.mailer.can_send() {
            return Ok(refused(CANNOT_MAIL));
        }
        if let Err(too_many) = state.rate_limiter.check_reset(context.address) {
            return Ok(refused(&too_many.sentence()));
        }
        let email = match read_account_email(typed) {
            Ok(email) => email,
            Err(error) => return Ok(Outcome::Refused(Refusal::fields(vec![error]))),
        };
        sign_in::ask(state, &context.site, &email).await?;
        Ok(Outcome::Done(MAILED.to_owned()))
    }

    async fn sign_in_by(&self, token: &str) -> anyhow::Result<Outcome> {
        let (state, context) = (&self.state, &self.context);
        if let Err(too_many) = state.rate_limiter.check_sign_in(context.address) {
            return Ok(refused(&too_many.sentence()));
        }
        let Some(token) = sign_in::sign_in(state, &context.site, token).await? else {
            return Ok(refused(LINK_ENDED));
        };
        keep_referrer_token(&context.cookies, &state.config, token);
        Ok(Outcome::Go(PAGE.to_owned()))
    }

    /// The platform referrer who is signed in here.
    async fn referrer(&self) -> anyhow::Result<Option<Model>> {
        let (state, context) = (&self.state, &self.context);
        match referrer_token(&context.cookies, &state.config) {
            Some(token) => sign_in::signed_in(state, &context.site, &token).await,
            None => Ok(None),
        }
    }

    async fn own_page(&self) -> anyhow::Result<Option<ReferrerOverview>> {
        let Some(referrer) = self.referrer().await? else {
            return Ok(None);
        };
        let page = own_page::of(&self.state, &referrer).await?;
        let pending = page.referrals.iter().cloned();
        let pending: Vec<_> = pending
            .filter(|row| row.status == ReferralStatus::Pending)
            .collect();
        let (db, now) = (self.state.db.reader(), self.state.now());
        let why = pending_referrals::of_subscriptions(db, &pending, self.zone(), now).await?;
        let referrals = page.referrals.iter();
        let referrals = referrals.map(|row| OwnReferral {
            held: why.get(&row.id).and_then(PendingReason::hold),
            ..own_referral(&page, row, self.zone())
        });
        let referrals = referrals.collect();
        let balance = page.balance.map(|known| LastKnown {
            amount: known.balance,
            read: known
                .read_at
                .map(|at| (dates::minute(at, self.zone()), dates::iso(at))),
            others: known.others,
        });
        let links = page.brands.iter().map(|(brand, host)| ReferrerLink {
            brand: brand.name.clone(),
            url: format!(
                "{}/pricing?ref={}",
                self.context.base_url_at(host),
                referrer.code
            ),
        });
        let site = page.brands.first().map(|(brand, _)| brand.name.as_str());
        let by_staff = page.by_staff.iter();
        let by_staff =
            by_staff.map(|change| by_staff_line(change, site.unwrap_or_default(), self.zone()));
        Ok(Some(ReferrerOverview {
            by_staff: by_staff.collect(),
            links: links.collect(),
            referrals,
            is_cut: page.referrals.len() as u64 == own_page::SHOWN,
            balance,
            disabled: referrer.disabled_at.is_some(),
            name: referrer.name,
            earned: page.earned,
        }))
    }
}

fn own_referral(page: &OwnPage, row: &platform_referral::Model, zone: &Zone) -> OwnReferral {
    let mut brands = page.brands.iter();
    let brand = brands.find(|(brand, _)| brand.id == row.site_id);
    let plan = match Plan::parse(&row.plan) {
        Some(plan) => plan.label(),
        None => row.plan.as_str(),
    };
    OwnReferral {
        on: dates::day(row.created_at, zone),
        at: dates::iso(row.created_at),
        bought: match brand {
            Some((brand, _)) => format!("{} {plan}", brand.name),
            None => plan.to_owned(),
        },
        status: *row.status,
        held: None,
        credit: credit(row, zone),
    }
}

fn credit(row: &platform_referral::Model, zone: &Zone) -> Option<OwnCredit> {
    let (at, currency) = (row.credited_at?, row.currency.as_deref().copied()?);
    let taken_back = row.taken_back_cents.filter(|cents| *cents > 0);
    Some(OwnCredit {
        amount: Money::new(row.credit_cents?, currency),
        taken_back: taken_back.and_then(|cents| {
            let taken_back = Some(Money::new(cents, currency));
            let cause = row.taken_back_for.as_deref().copied();
            status_sentence(None, taken_back, cause.map(ReversalCause::to_referrer))
        }),
        on: dates::day(at, zone),
        at: dates::iso(at),
    })
}

fn by_staff_line(ByStaff { row, amount }: &ByStaff, site: &str, zone: &Zone) -> OwnChange {
    let change = BalanceChange::ByStaff(row.reason.clone().unwrap_or_default());
    let at = row.issued_at.unwrap_or(row.created_at);
    OwnChange {
        words: change.sentence(site, amount.is_positive()),
        amount: *amount,
        on: dates::day(at, zone),
        at: dates::iso(at),
    }
}

fn refused(message: &str) -> Outcome {
    Outcome::Refused(Refusal::message(message))
}
