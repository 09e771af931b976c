//! Whether the documentation of the mobile API is shown.

use app::types::Outcome;
use services::api_docs;

use crate::ports::{Services, admin::not_yours};

const SHOWN: &str = "The documentation of the mobile API is shown from now on.";
const HIDDEN: &str = "The documentation of the mobile API is not shown any more.";

/// Sets whether it is shown.
pub async fn show(services: &Services, shown: bool) -> anyhow::Result<Outcome> {
    let Some(staff) = services.context.tenant_staff() else {
        return Ok(not_yours());
    };
    api_docs::show(&services.state, &staff, shown).await?;
    let notice = if shown { SHOWN } else { HIDDEN };
    Ok(Outcome::Done(notice.to_owned()))
}
