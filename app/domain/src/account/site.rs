//! The two kinds of site.

use serde::{Deserialize, Serialize};

use crate::referral::REFERRALS_PATH;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SiteKind {
    /// A business with members and a catalog.
    Tenant,
    /// PewPros or CoachPros.
    Platform,
}

impl SiteKind {
    /// The value in the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::Tenant => "tenant",
            Self::Platform => "platform",
        }
    }

    /// The page after signing in. A brand has no members and no dashboard, so its admins go to the
    /// referrals.
    pub fn home(self) -> &'static str {
        match self {
            Self::Tenant => "/dashboard",
            Self::Platform => REFERRALS_PATH,
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        [Self::Tenant, Self::Platform]
            .into_iter()
            .find(|kind| kind.code() == code)
    }
}
