//! Platform referrers, whom an admin registered.

use serde::{Deserialize, Serialize};

/// The link of a referrer for one brand: `https://pewpros.com/pricing?ref=q9wm4t2k`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReferrerLink {
    /// `PewPros`.
    pub brand: String,
    pub url: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlatformReferrer {
    pub id: i64,
    pub name: String,
    pub email: String,
    pub code: String,
    pub links: Vec<ReferrerLink>,
    /// The number of referrals with this code.
    pub referrals: u64,
    /// How many of these are Credited.
    pub credited: u64,
    /// The code earns nothing while this is true.
    pub disabled: bool,
    /// Counts the changes. A form sends it back, so that the second of two admins is refused.
    pub version: i64,
    /// `November 22, 2026`.
    pub added_on: String,
}
