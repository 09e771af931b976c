//! Referrals of either program as the console shows them.

use domain::{
    credit::Program,
    money::Money,
    referral::{ReferralFilter, ReferralStatus},
};
use serde::{Deserialize, Serialize};

/// The stats cards; they follow the filter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cards {
    /// All referrals.
    pub total: u64,
    /// Pending ones.
    pub pending: u64,
    /// Credited ones.
    pub credited: u64,
    /// Failed ones.
    pub failed: u64,
    /// What was credited: `$120.00`, one amount for each currency.
    pub total_credits: String,
}

/// One line of the table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReferralRow {
    /// Our id.
    pub id: i64,
    /// Name of the member or partner who referred.
    pub referrer: String,
    /// Tenant: name of the friend. Platform: the customer's e-mail.
    pub referred: String,
    /// Pending, Credited or Failed.
    pub status: ReferralStatus,
    /// Beside Failed: why, in words that an admin can act on.
    pub reason: Option<String>,
    /// What to do about the reason is in the settings, on the Payments tab.
    pub see_settings: bool,
    /// Trying again can end otherwise.
    pub can_retry: bool,
    /// What was credited.
    pub credit: Option<Money>,
    /// Tenant: `Event ticket`. Platform: `Annual`. `None` before the purchase.
    pub kind: Option<String>,
    /// `November 22, 2026`, when it began.
    pub date: String,
    /// ISO 8601, for `<time datetime>`.
    pub at: String,
}

impl ReferralRow {
    /// The page that tells its whole story.
    pub fn path(&self, program: Program) -> String {
        format!("/admin/referrals/{}/{}", program.code(), self.id)
    }
}

/// Cards and one page of the table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReferralsPage {
    /// What was asked for, as far as it made sense.
    pub filter: ReferralFilter,
    /// What made no sense and was left out, in sentences.
    pub left_out: Vec<String>,
    /// The cards.
    pub cards: Cards,
    /// The lines.
    pub rows: Vec<ReferralRow>,
    /// The filter of the next page, if there is one.
    pub next: Option<ReferralFilter>,
    /// The filter of the page before, if there is one.
    pub previous: Option<ReferralFilter>,
}

/// One step of a referral's story.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoryStep {
    /// `Clicked the link`, `Registered`, `Bought Steel Challenge`, `Credited`.
    pub what: String,
    /// More about it; may be empty.
    pub detail: String,
    /// `November 22, 2026, 14:05 UTC`; empty where nobody knows.
    pub on: String,
    /// ISO 8601, for `<time datetime>`.
    pub at: String,
}

/// A referral's whole story.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReferralStory {
    /// The line of the table.
    pub row: ReferralRow,
    /// What happened, in order.
    pub steps: Vec<StoryStep>,
    /// Attempts, and Stripe's ids: name and value.
    pub facts: Vec<(String, String)>,
    /// The referrer's page in the console, if there is one.
    pub referrer_path: Option<String>,
    /// The friend's page in the console, if there is one.
    pub referred_path: Option<String>,
}
