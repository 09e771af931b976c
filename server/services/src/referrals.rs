//! A member's referral code, and the click on somebody's link.

use serde::{Deserialize, Serialize};
use store::Timestamp;
use store::{entities::user, sites::Site, users};

use crate::Engine;

/// A code that a visitor came with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReferralClick {
    /// The code, as it came.
    #[serde(rename = "c")]
    pub code: String,
    /// When the link was clicked, in milliseconds; `None` where nobody knows.
    #[serde(rename = "t")]
    pub clicked_at: Option<Timestamp>,
}

impl ReferralClick {
    /// A code that somebody brought without a link.
    pub fn typed(code: &str) -> Self {
        Self {
            code: code.to_owned(),
            clicked_at: None,
        }
    }
}

/// The member's own code, made here, when it is first asked for (`docs/rules.md` 1),
/// and never again; `None` where there is none and the program is off.
///
/// # Errors
/// If the database fails.
pub async fn code_of(
    state: &Engine,
    site: &Site,
    user: &user::Model,
) -> anyhow::Result<Option<String>> {
    if user.referral_code.is_some() || !site.tenant_credit().is_positive() {
        return Ok(user.referral_code.clone());
    }
    let db = state.db.reader();
    while !users::give_code(&state.db, site.id(), user.id, &state.random.referral_code()).await? {}
    let user = users::by_id(db, site.id(), user.id).await?;
    Ok(user.and_then(|user| user.referral_code))
}

/// A member's link (`docs/rules.md` 3): `https://detroitarms.com?ref=ab3kx7mn`.
pub fn link(base_url: &str, code: &str) -> String {
    format!("{base_url}?ref={code}")
}
