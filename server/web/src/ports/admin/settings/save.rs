//! **Save Settings**, and the same after it was confirmed that a program is switched off.

use app::types::{
    Outcome,
    admin::{SettingsForm, switch_off_path},
};
use domain::forms::TypedSettings;
use services::{
    holds::Void,
    settings::{self, Saved, TypedPart},
};

use crate::ports::{Services, admin::not_yours};

/// Saves the form. Without a confirmation, switching a program off while credits are on hold leads to the step
/// that asks for one. The caller has seen to a recent password.
pub async fn save(
    services: &Services,
    form: &SettingsForm,
    confirmed: Option<Void>,
) -> anyhow::Result<Outcome> {
    let tenant_typed = TypedSettings {
        credit: form.tenant_credit.as_deref(),
        currency: form.currency.as_deref(),
        memory_days: form.memory_days.as_deref(),
        confirmed: &form.tenant_credit_confirmed,
    };
    let platform_typed = TypedSettings {
        credit: form.platform_credit.as_deref(),
        currency: None,
        memory_days: form.platform_memory_days.as_deref(),
        confirmed: &form.platform_credit_confirmed,
    };
    let context = &services.context;
    let (site_staff, platform_staff) = (context.tenant_staff(), context.platform_staff());
    let nobody = site_staff.is_none() && platform_staff.is_none();
    let others = tenant_typed.is_sent() && site_staff.is_none();
    if nobody || others || platform_typed.is_sent() && platform_staff.is_none() {
        return Ok(not_yours());
    }
    let tenant = site_staff.as_ref().filter(|_| tenant_typed.is_sent());
    let tenant = tenant.map(|staff| TypedPart {
        admin: staff,
        typed: tenant_typed,
        version: &form.version,
    });
    let platform = platform_staff.as_ref().filter(|_| platform_typed.is_sent());
    let platform = platform.map(|staff| TypedPart {
        admin: staff,
        typed: platform_typed,
        version: &form.platform_version,
    });
    let (engine, zone) = (&services.state, services.zone());
    Ok(
        match settings::save(engine, zone, tenant, platform, confirmed).await? {
            Ok(Saved::Done { voided: 0 }) => Outcome::Done("Settings saved.".to_owned()),
            Ok(Saved::Done { voided: 1 }) => {
                Outcome::Done("Settings saved. 1 credit on hold was voided.".to_owned())
            }
            Ok(Saved::Done { voided }) => Outcome::Done(format!(
                "Settings saved. {voided} credits on hold were voided."
            )),
            Ok(Saved::ToConfirm) => Outcome::Go(switch_off_path(form)),
            Err(refusal) => Outcome::Refused(refusal),
        },
    )
}
