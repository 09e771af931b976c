//! Platform referrers: the partners whom an admin registered.

use serde::{Deserialize, Serialize};

/// A link of a partner, for one brand: `https://pewpros.com/pricing?ref=q9wm4t2k`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartnerLink {
    /// `PewPros`.
    pub brand: String,
    /// The link.
    pub url: String,
}

/// One partner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Partner {
    /// Our id.
    pub id: i64,
    /// As the admin typed it.
    pub name: String,
    /// As the admin typed it.
    pub email: String,
    /// The code.
    pub code: String,
    /// One for each brand.
    pub links: Vec<PartnerLink>,
    /// How many referrals came through the code.
    pub referrals: u64,
    /// How many of them are Credited.
    pub credited: u64,
    /// The code earns nothing now.
    pub disabled: bool,
    /// Counts the changes: sent back with a change, so that the second of two admins is told.
    pub version: i64,
    /// `November 22, 2026`.
    pub added_on: String,
}
