//! The form "Referral Program" of the Payments tab.

use domain::{
    forms::{Refusal, parse_cents},
    money::Currency,
};
use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    islands::{
        admin::{
            cents_field::CentsField,
            controls::{SelectField, Version},
        },
        call::ask,
        field::Field,
        form::{FormErrors, FormState, SubmitButton},
    },
    server_fns::admin::{ReadPaymentSettings, SaveSettings},
    types::admin::{PaymentSettings, PlatformSettings, TenantSettings},
};

const TENANT_OFF: &str =
    "Off: the “Refer a Friend” card is hidden, and pending referrals earn nothing.";
const PLATFORM_OFF: &str =
    "Off: referrers' links still work, and pending platform referrals earn nothing.";
const MEMORY: &str =
    "How long a click on a referral link counts, from 0 to 400 days. 0: until the browser closes.";

/// The programs that the admin runs, saved by one button.
#[island]
pub fn SettingsForm(
    settings: PaymentSettings,
    /// A refusal from a form that was sent without JavaScript.
    refusal: Refusal,
) -> impl IntoView {
    let state = FormState::new(refusal);
    let versions = RwSignal::new(Versions::of(&settings));
    let refresh = move |sent: String| async move {
        if let Ok(now) = ask::<ReadPaymentSettings>(&[]).await {
            versions.update(|versions| versions.update_from(&sent, &now));
        }
    };
    let send = move |event| state.submit_and_refresh(event, refresh, || {});
    let PaymentSettings { tenant, platform } = settings;
    view! {
        <form class="settings-form" method="post" action=SaveSettings::PATH novalidate on:submit=send>
            <FormErrors state />
            {tenant.map(|tenant| tenant_fields(state, versions, tenant))}
            {platform.map(|platform| platform_fields(state, versions, platform))}
            <SubmitButton state label="Save Settings".to_owned() busy_label="Saving…" />
        </form>
    }
}

fn tenant_fields(
    state: FormState,
    versions: RwSignal<Versions>,
    tenant: TenantSettings,
) -> impl IntoView {
    let chosen = RwSignal::new(tenant.currency.code().to_owned());
    let currency = Memo::new(move |_| {
        chosen
            .with(|code| Currency::parse(code))
            .unwrap_or(tenant.currency)
    });
    let (choice, hint): (&[Currency], _) = match tenant.currency_is_fixed {
        true => (
            &[tenant.currency],
            "It can no longer be changed: this site has sold or credited something in it.",
        ),
        false => (
            &Currency::ALL,
            "If you change it, prices keep their numbers. After the first sale or credit it cannot be changed.",
        ),
    };
    let codes = choice
        .iter()
        .map(|currency| (currency.code(), name_of(*currency)));
    view! {
        <fieldset class="settings-program">
            <legend>"Tenant Referrals"</legend>
            <Version state filled_from=Signal::derive(move || versions.with(|all| all.tenant.clone())) />
            <CentsField
                state
                name="tenant_credit"
                value=tenant.credit.cents().to_string()
                currency
                off=TENANT_OFF
            />
            <SelectField
                state
                name="currency"
                options=codes.collect()
                value=tenant.currency.code().to_owned()
                hint
                chosen
            />
            <Field
                state
                name="memory_days"
                value=tenant.memory_days.to_string()
                inputmode="numeric"
                hint=MEMORY
            />
        </fieldset>
    }
}

fn platform_fields(
    state: FormState,
    versions: RwSignal<Versions>,
    platform: PlatformSettings,
) -> impl IntoView {
    let currency = platform.credit.currency();
    view! {
        <fieldset class="settings-program">
            <legend>"Platform Referrals"</legend>
            <Version
                state
                name="platform_version"
                filled_from=Signal::derive(move || versions.with(|all| all.platform.clone()))
            />
            <CentsField
                state
                name="platform_credit"
                value=platform.credit.cents().to_string()
                currency=Signal::stored(currency)
                off=PLATFORM_OFF
                hint="In cents: 5000 is $50.00."
            />
            <Field
                state
                name="platform_memory_days"
                value=platform.memory_days.to_string()
                inputmode="numeric"
                hint=MEMORY
            />
        </fieldset>
    }
}

fn name_of(currency: Currency) -> &'static str {
    match currency {
        Currency::Usd => "US dollar (USD)",
        Currency::Cad => "Canadian dollar (CAD)",
        Currency::Eur => "Euro (EUR)",
        Currency::Gbp => "Pound sterling (GBP)",
    }
}

/// The versions that the fields were filled from; empty for a program that is not shown.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Versions {
    tenant: String,
    platform: String,
}

impl Versions {
    fn of(settings: &PaymentSettings) -> Self {
        let text = |version: Option<i64>| version.map(|one| one.to_string()).unwrap_or_default();
        Self {
            tenant: text(settings.tenant.as_ref().map(|part| part.version)),
            platform: text(settings.platform.as_ref().map(|part| part.version)),
        }
    }

    /// Takes the versions of `now` if its values are those that were `sent`. Otherwise another admin
    /// saved in between: the old version stays, so that the next save is refused and says so.
    fn update_from(&mut self, sent: &str, now: &PaymentSettings) {
        let fresh = Self::of(now);
        // A field that was not sent changed nothing.
        let same = |name: &str, is_now: &dyn Fn(&str) -> bool| {
            let mut fields = form_urlencoded::parse(sent.as_bytes());
            let field = fields.find(|(field, _)| field == name);
            field.is_none_or(|(_, value)| is_now(&value))
        };
        let same_number = |name: &str, now: i64| same(name, &|value| parse_cents(value) == Ok(now));
        if now.tenant.as_ref().is_some_and(|now| {
            same_number("tenant_credit", now.credit.cents())
                && same_number("memory_days", now.memory_days)
                && same("currency", &|code| {
                    Currency::parse(code) == Some(now.currency)
                })
        }) {
            self.tenant = fresh.tenant;
        }
        if now.platform.as_ref().is_some_and(|now| {
            same_number("platform_credit", now.credit.cents())
                && same_number("platform_memory_days", now.memory_days)
        }) {
            self.platform = fresh.platform;
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::money::Money;

    use super::*;

    fn settings(credit: i64, version: i64) -> PaymentSettings {
        PaymentSettings {
            tenant: Some(TenantSettings {
                credit: Money::new(credit, Currency::Usd),
                currency: Currency::Usd,
                currency_is_fixed: false,
                memory_days: 0,
                version,
                stripe: None,
            }),
            platform: None,
        }
    }

    fn sent(credit: &str) -> String {
        format!("version=1&tenant_credit={credit}&currency=usd&memory_days=0")
    }

    #[test]
    fn a_form_takes_the_version_it_saved() {
        for (typed, cents) in [("1500", 1500), ("+0+", 0), ("", 0)] {
            let mut versions = Versions::of(&settings(1000, 1));
            versions.update_from(&sent(typed), &settings(cents, 2));
            assert_eq!(versions.tenant, "2", "{typed:?}");
            assert_eq!(versions.platform, "");
        }
    }

    #[test]
    fn a_form_keeps_its_version_if_another_admin_saved_since() {
        let mut versions = Versions::of(&settings(1000, 1));
        versions.update_from(&sent("1500"), &settings(2000, 3));
        assert_eq!(versions.tenant, "1");
    }
}
