//! The port behind Site Settings > General.

use app::{
    ports::{Answer, General},
    types::{
        Outcome,
        admin::{GeneralForm, GeneralSettings, PolicyForm},
    },
};
use async_trait::async_trait;
use domain::{account::Permission, policy::Policy, site_profile::TypedProfile};
use server_core::zone;
use services::{site_logo, site_policy, site_profile};
use store::{entities::site, site_hosts, site_policies};

use super::{mail::own_site, not_yours, refused};
use crate::{
    ports::{Services, internal_error},
    site_look::logo_address,
};

#[async_trait]
impl General for Services {
    async fn settings(&self) -> Answer<Option<GeneralSettings>> {
        let Some(site_id) = own_site(&self.context, Permission::ManageSettings) else {
            return Ok(None);
        };
        let hosts = site_hosts::of(self.state.db.reader(), site_id).await;
        let hosts = hosts.map_err(|error| internal_error(error.into()))?;
        let row = &self.context.site.row;
        let typed = site_profile::typed(row);
        let policies = self.policy_forms(row).await?;
        Ok(Some(GeneralSettings {
            form: GeneralForm {
                name: typed.name,
                tagline: typed.tagline,
                accent: typed.accent,
                time_zone: typed.time_zone,
                postal_address: typed.postal_address,
                opening_hours: typed.opening_hours,
                support_email: typed.support_email,
                version: row.profile_version.to_string(),
            },
            zones: zone::COMMON.map(str::to_owned).to_vec(),
            policies,
            logo: logo_address(row),
            hosts: hosts.into_iter().map(|host| host.host).collect(),
        }))
    }

    async fn save(&self, form: &GeneralForm) -> Answer<Outcome> {
        let (Some(site_id), Some(user)) = (
            own_site(&self.context, Permission::ManageSettings),
            &self.context.user,
        ) else {
            return Ok(not_yours());
        };
        let typed = TypedProfile {
            name: form.name.clone(),
            tagline: form.tagline.clone(),
            accent: form.accent.clone(),
            time_zone: form.time_zone.clone(),
            postal_address: form.postal_address.clone(),
            opening_hours: form.opening_hours.clone(),
            support_email: form.support_email.clone(),
        };
        let seen = Some(form.version.as_str());
        let saved = site_profile::save(&self.state, site_id, Some(user), &typed, seen).await;
        Ok(match saved.map_err(internal_error)? {
            Ok(_) => Outcome::Done("Settings saved.".to_owned()),
            Err(refusal) => Outcome::Refused(refusal),
        })
    }

    async fn save_policy(&self, policy: &str, content: &str, version: &str) -> Answer<Outcome> {
        let (Some(site_id), Some(user)) = (
            own_site(&self.context, Permission::ManageSettings),
            &self.context.user,
        ) else {
            return Ok(not_yours());
        };
        let Some(policy) = Policy::parse(policy) else {
            return Ok(refused("Reload the page and try again."));
        };
        let seen = Some(version);
        let saved = site_policy::save(&self.state, site_id, Some(user), policy, content, seen);
        Ok(match saved.await.map_err(internal_error)? {
            Ok(()) => Outcome::Done(format!("{} saved.", policy.title())),
            Err(refusal) => Outcome::Refused(refusal),
        })
    }

    async fn remove_logo(&self) -> Answer<Outcome> {
        let (Some(site_id), Some(user)) = (
            own_site(&self.context, Permission::ManageSettings),
            &self.context.user,
        ) else {
            return Ok(not_yours());
        };
        let removed = site_logo::remove(&self.state, site_id, Some(user)).await;
        Ok(match removed.map_err(internal_error)? {
            true => Outcome::Done("The logo was removed.".to_owned()),
            false => refused("There is no logo anymore."),
        })
    }
}

impl Services {
    async fn policy_forms(&self, site: &site::Model) -> Answer<Vec<PolicyForm>> {
        let mut forms = Vec::new();
        for policy in Policy::ALL {
            let content = site_policies::content(self.state.db.reader(), site.id, policy).await;
            let content = content.map_err(|error| internal_error(error.into()))?;
            let version = site_policies::hash(site, policy).unwrap_or_default();
            forms.push(PolicyForm {
                policy,
                content: content.unwrap_or_default(),
                version: version.to_owned(),
            });
        }
        Ok(forms)
    }
}
