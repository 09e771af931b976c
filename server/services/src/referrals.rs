//! A member's referral code and link, and the click that brings a visitor.

use serde::{Deserialize, Serialize};
use store::{Timestamp, entities::user, sites::Site, users};

use crate::Engine;

/// The referral code that a visitor came with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReferralClick {
    /// The code as the visitor sent it, not validated.
    #[serde(rename = "c")]
    pub code: String,
    /// When the link was clicked, in milliseconds UTC; `None` if unknown.
    #[serde(rename = "t")]
    pub clicked_at: Option<Timestamp>,
}

impl ReferralClick {
    /// A code that a visitor typed without clicking a link.
    pub fn typed(code: &str) -> Self {
        Self {
            code: code.to_owned(),
            clicked_at: None,
        }
    }
}

/// The member's own code. It is drawn when it is first requested (`docs/rules.md` 1) and never
/// changes. `None` if the member has none and the program is off.
pub async fn code_of(
    engine: &Engine,
    site: &Site,
    user: &user::Model,
) -> anyhow::Result<Option<String>> {
    if user.referral_code.is_some() || !site.tenant_credit().is_positive() {
        return Ok(user.referral_code.clone());
    }
    let db = engine.db.reader();
    while !users::give_code(
        &engine.db,
        site.id(),
        user.id,
        &engine.random.referral_code(),
    )
    .await?
    {}
    let user = users::by_id(db, site.id(), user.id).await?;
    Ok(user.and_then(|user| user.referral_code))
}

/// A member's link (`docs/rules.md` 3): `https://detroitarms.com?ref=ab3kx7mn`.
pub fn link(base_url: &str, code: &str) -> String {
    format!("{base_url}?ref={code}")
}
