//! Whether the documentation of the mobile API is shown.

use app::types::Outcome;
use services::site_switch::{self, SiteSwitch};

use crate::ports::{Services, admin::not_yours};

const SHOWN: &str = "The documentation of the mobile API is shown from now on.";
const HIDDEN: &str = "The documentation of the mobile API is not shown anymore.";

/// Sets whether it is shown.
pub async fn show(services: &Services, shown: bool) -> anyhow::Result<Outcome> {
    let Some(staff) = services.context.tenant_staff() else {
        return Ok(not_yours());
    };
    site_switch::set(&services.state, &staff, SiteSwitch::ApiDocs, shown).await?;
    let notice = if shown { SHOWN } else { HIDDEN };
    Ok(Outcome::Done(notice.to_owned()))
}
