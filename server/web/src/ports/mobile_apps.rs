//! The port behind Site Settings > Mobile app, and the page that leads back to an app.

use app::{
    ports::{Answer, MobileApps},
    types::{Outcome, admin::MobileAppsForm},
};
use async_trait::async_trait;
use domain::mobile_apps::{ReturnUrl, TypedMobileApps};
use services::{mobile_apps, rights::ManageSettings};
use store::sites::SiteApps;

use super::{Services, admin::not_yours, internal_error};

#[async_trait]
impl MobileApps for Services {
    async fn saved(&self) -> Answer<Option<MobileAppsForm>> {
        let staff = self.context.tenant_staff::<ManageSettings>();
        Ok(staff.map(|staff| {
            let SiteApps {
                return_addresses,
                ios_apps,
                android_apps,
            } = mobile_apps::as_typed(&staff.site.row);
            MobileAppsForm {
                return_addresses,
                ios_apps,
                android_apps,
            }
        }))
    }

    async fn save(&self, form: &MobileAppsForm) -> Answer<Outcome> {
        let Some(staff) = self.context.tenant_staff() else {
            return Ok(not_yours());
        };
        let typed = TypedMobileApps {
            return_addresses: &form.return_addresses,
            ios_apps: &form.ios_apps,
            android_apps: &form.android_apps,
        };
        let saved = mobile_apps::save(&self.state, &staff, &typed).await;
        Ok(match saved.map_err(internal_error)? {
            Ok(()) => Outcome::Done("Mobile app saved.".to_owned()),
            Err(refusal) => Outcome::Refused(refusal),
        })
    }

    async fn address_of_app(&self, to: &str) -> Answer<Option<String>> {
        let apps = mobile_apps::of_site(&self.context.site.row).map_err(internal_error)?;
        let base_url = &self.context.base_url;
        Ok(
            match ReturnUrl::read(to, base_url, &apps.return_addresses) {
                Some(ReturnUrl::App(address)) => Some(address),
                Some(ReturnUrl::Site(_)) | None => None,
            },
        )
    }
}
