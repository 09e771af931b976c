//! Which friends count.

use app::types::Outcome;
use services::confirmed_friends;

use crate::ports::{Services, admin::not_yours};

const ONLY_CONFIRMED: &str =
    "Only friends who confirmed their email address earn a credit from now on.";
const ALL: &str = "All friends count. What waited for a confirmed address is decided now.";

/// Sets whether only friends count who confirmed their address.
pub async fn count(services: &Services, only: bool) -> anyhow::Result<Outcome> {
    let Some(staff) = services.context.tenant_staff() else {
        return Ok(not_yours());
    };
    confirmed_friends::set(&services.state, &staff, only).await?;
    let notice = if only { ONLY_CONFIRMED } else { ALL };
    Ok(Outcome::Done(notice.to_owned()))
}
