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
    /// What these earned, without what was taken back: `$50.00`, and `$0.00` for nothing.
    pub earned: String,
    /// The code earns nothing while this is true.
    pub disabled: bool,
    /// Counts the changes. A form sends it back, so that the second of two admins is refused.
    pub version: i64,
}

/// A page of platform referrers, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReferrersPage {
    /// The text that was searched for.
    pub text: String,
    /// The query of this page: `referrer=sky&older=12`.
    pub query: String,
    pub referrers: Vec<PlatformReferrer>,
    /// The place of the first of them among all that match, counted from 1; 0 if there is none on this page.
    pub first: u64,
    /// How many match.
    pub total: u64,
    /// More match than the search examines.
    pub too_many: bool,
    /// The query of the first page of this search.
    pub start: String,
    /// The query of the page before this one, if there is one.
    pub previous: Option<String>,
    /// The query of the page after this one, if there is one.
    pub next: Option<String>,
}
