//! The port behind the Rewards tab, and the step that confirms that a program is switched off.

use app::{
    ports::{Answer, Rewards},
    types::{
        Outcome,
        admin::{
            HeldCredits, ProgramTerms, RewardSettings, SettingsForm, SwitchOffPage, TermsForm,
            VoidHeld,
        },
    },
};
use async_trait::async_trait;
use domain::{
    credit::{CapPeriod, Program, ReviewFrom, Terms},
    forms::{TypedTerms, parse_cents},
    money::Money,
};
use services::{
    holds::{self, Held, Void},
    referrer_days,
    rights::ManageSettings,
    share_message,
    site_switch::{self, SiteSwitch},
    terms::{self, By},
};
use store::{Scope, platform_settings};

use super::save;
use crate::ports::{Services, admin::not_yours, internal_error};

const NAMES_SHOWN: &str = "Previews of links show who shared them from now on.";
const NAMES_LEFT_OUT: &str = "Previews of links do not say who shared them anymore.";

#[async_trait]
impl Rewards for Services {
    async fn terms(&self) -> Answer<RewardSettings> {
        self.reward_settings().await.map_err(internal_error)
    }

    async fn save_terms(&self, program: Program, form: &TermsForm) -> Answer<Outcome> {
        self.with_recent_password(self.save_typed_terms(program, form))
            .await
    }

    async fn switching_off(&self, form: &SettingsForm) -> Answer<SwitchOffPage> {
        self.held_of(form).await.map_err(internal_error)
    }

    async fn switch_off(&self, form: SettingsForm, void: VoidHeld) -> Answer<Outcome> {
        let VoidHeld { tenant, platform } = void;
        let confirmed = Some(Void { tenant, platform });
        self.with_recent_password(save::save(self, &form, confirmed))
            .await
    }

    async fn show_preview_names(&self, shown: bool) -> Answer<Outcome> {
        self.set_preview_names(shown).await.map_err(internal_error)
    }

    async fn save_referrer_days(&self, typed: &str) -> Answer<Outcome> {
        let Some(staff) = self.context.tenant_staff() else {
            return Ok(not_yours());
        };
        let saved = referrer_days::save(&self.state, &staff, typed).await;
        Ok(match saved.map_err(internal_error)? {
            Ok(()) => Outcome::Done("Days saved.".to_owned()),
            Err(refusal) => Outcome::Refused(refusal),
        })
    }

    async fn save_share_message(&self, typed: &str) -> Answer<Outcome> {
        let Some(staff) = self.context.tenant_staff() else {
            return Ok(not_yours());
        };
        let saved = share_message::save(&self.state, &staff, typed).await;
        Ok(match saved.map_err(internal_error)? {
            Ok(()) => Outcome::Done("Message saved.".to_owned()),
            Err(refusal) => Outcome::Refused(refusal),
        })
    }
}

impl Services {
    async fn reward_settings(&self) -> anyhow::Result<RewardSettings> {
        let mut programs = Vec::new();
        if let Some(staff) = self.context.tenant_staff::<ManageSettings>() {
            let (settings, scope) = (&staff.site.settings, Scope::Site(staff.site.id()));
            let saved = (settings.terms()?, settings.terms_version);
            programs.push(self.program_terms(Program::Tenant, scope, saved).await?);
        }
        if self.context.platform_staff::<ManageSettings>().is_some() {
            let settings = platform_settings::get(self.state.db.reader()).await?;
            let saved = (settings.terms()?, settings.terms_version);
            let scope = Scope::Platform;
            programs.push(self.program_terms(Program::Platform, scope, saved).await?);
        }
        let staff = self.context.tenant_staff::<ManageSettings>();
        let site = staff.as_ref().map(|staff| &staff.site.row);
        Ok(RewardSettings {
            programs,
            preview_names: site.map(|site| !site.previews_without_names),
            share_message: site.map(|site| site.share_message.clone().unwrap_or_default()),
            referrer_days: site.map(|site| match site.referrer_days {
                0 => String::new(),
                days => days.to_string(),
            }),
        })
    }

    async fn set_preview_names(&self, shown: bool) -> anyhow::Result<Outcome> {
        let Some(staff) = self.context.tenant_staff() else {
            return Ok(not_yours());
        };
        let switch = SiteSwitch::NamesInPreviews;
        site_switch::set(&self.state, &staff, switch, shown).await?;
        let notice = if shown { NAMES_SHOWN } else { NAMES_LEFT_OUT };
        Ok(Outcome::Done(notice.to_owned()))
    }

    async fn program_terms(
        &self,
        program: Program,
        scope: Scope,
        (terms, version): (Terms, i64),
    ) -> anyhow::Result<ProgramTerms> {
        let example = Money::new(2500, terms.least.currency());
        let period = terms.cap.map_or(CapPeriod::ThirtyDays, |cap| cap.period);
        let cap = terms.cap.map(|cap| cap.credits.to_string());
        let share = if terms.partial_refunds.takes_share() {
            "on"
        } else {
            ""
        };
        let review = terms.review.map_or("", ReviewFrom::code);
        Ok(ProgramTerms {
            program,
            saved: TermsForm {
                hold_days: terms.hold_days.to_string(),
                least_purchase: terms.least.cents().to_string(),
                cap_credits: cap.unwrap_or_default(),
                cap_period: period.code().to_owned(),
                partial_refunds: share.to_owned(),
                review: review.to_owned(),
                attribution: terms.attribution.code().to_owned(),
                version: version.to_string(),
            },
            cents_hint: format!("In cents: 2500 is {example}."),
            on_hold: holds::of(&self.state, scope).await?.map(held),
        })
    }

    async fn save_typed_terms(
        &self,
        program: Program,
        form: &TermsForm,
    ) -> anyhow::Result<Outcome> {
        let context = &self.context;
        let (tenant, platform) = (context.tenant_staff(), context.platform_staff());
        let by = match program {
            Program::Tenant => tenant.as_ref().map(By::Tenant),
            Program::Platform => platform.as_ref().map(By::Platform),
        };
        let Some(by) = by else {
            return Ok(not_yours());
        };
        let typed = TypedTerms {
            hold_days: &form.hold_days,
            least_purchase: &form.least_purchase,
            cap_credits: &form.cap_credits,
            cap_period: &form.cap_period,
            partial_refunds: &form.partial_refunds,
            review: &form.review,
            attribution: &form.attribution,
        };
        let saved = terms::save(&self.state, self.zone(), by, &typed, &form.version).await?;
        Ok(match saved {
            Ok(()) => Outcome::Done("Terms saved.".to_owned()),
            Err(refusal) => Outcome::Refused(refusal),
        })
    }

    /// What is on hold in the programs that the form switches off.
    async fn held_of(&self, form: &SettingsForm) -> anyhow::Result<SwitchOffPage> {
        let is_off = |typed: &Option<String>| {
            let typed = typed.as_deref();
            typed.is_some_and(|typed| parse_cents(typed) == Ok(0))
        };
        let mut programs = Vec::new();
        let tenant = self.context.tenant_staff::<ManageSettings>();
        if let Some(staff) = tenant.filter(|_| is_off(&form.tenant_credit)) {
            let found = holds::of(&self.state, Scope::Site(staff.site.id())).await?;
            programs.extend(found.map(|found| (Program::Tenant, held(found))));
        }
        let platform = self.context.platform_staff::<ManageSettings>();
        if platform.is_some() && is_off(&form.platform_credit) {
            let found = holds::of(&self.state, Scope::Platform).await?;
            programs.extend(found.map(|found| (Program::Platform, held(found))));
        }
        Ok(SwitchOffPage { programs })
    }
}

fn held(found: Held) -> HeldCredits {
    HeldCredits {
        credits: found.credits,
        amount: found.amount,
    }
}
