//! The two kinds of site.

use serde::{Deserialize, Serialize};

use crate::referral::REFERRALS_PATH;

/// What kind of site answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SiteKind {
    /// A business with members and a catalogue.
    Tenant,
    /// PewPros or CoachPros.
    Platform,
}

impl SiteKind {
    /// The word in the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::Tenant => "tenant",
            Self::Platform => "platform",
        }
    }

    /// Where somebody goes who signs in: a brand has no members and no dashboard.
    pub fn home(self) -> &'static str {
        match self {
            Self::Tenant => "/dashboard",
            Self::Platform => REFERRALS_PATH,
        }
    }

    /// Reads [`Self::code`] back.
    pub fn parse(code: &str) -> Option<Self> {
        [Self::Tenant, Self::Platform]
            .into_iter()
            .find(|kind| kind.code() == code)
    }
}
