//! Referrals of either program as the console shows them.

use domain::{
    credit::Program,
    money::Money,
    referral::{REFERRALS_PATH, ReferralFilter, ReferralStatus},
};
use serde::{Deserialize, Serialize};

/// The most rows on a page of the table.
pub const PAGE_SIZE: usize = 25;

/// The cards above the table; they follow the filter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cards {
    pub total: u64,
    pub pending: u64,
    pub credited: u64,
    pub failed: u64,
    /// The sum of all credits, one amount for each currency: `$120.00`.
    pub total_credits: String,
}

/// One row of the table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReferralRow {
    pub id: i64,
    /// The referrer's name.
    pub referrer: String,
    /// The referrer's e-mail address.
    pub referrer_email: String,
    /// Tenant: the friend's name. Platform: the customer's e-mail address.
    pub referred: String,
    /// Tenant: the friend's e-mail address.
    pub referred_email: Option<String>,
    pub status: ReferralStatus,
    /// Why a Failed referral failed, in a sentence that an admin can act on.
    pub reason: Option<String>,
    /// The reason can be fixed on the Payments tab of the settings.
    pub see_settings: bool,
    /// A retry may succeed.
    pub can_retry: bool,
    /// The amount credited.
    pub credit: Option<Money>,
    /// The amount that failed and can be retried.
    pub owed: Option<Money>,
    /// Tenant: `Event ticket`. Platform: `Annual`. `None` before the purchase.
    pub kind: Option<String>,
    /// When the referral was recorded: `Nov 22, 2026`.
    pub date: String,
    /// ISO 8601, for `<time datetime>`.
    pub at: String,
}

/// The path of a referral's page.
pub fn referral_path(program: Program, id: i64) -> String {
    format!("{REFERRALS_PATH}/{}/{id}", program.code())
}

impl ReferralRow {
    /// The path of its own page.
    pub fn path(&self, program: Program) -> String {
        referral_path(program, self.id)
    }
}

/// Cards and one page of the table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReferralsPage {
    /// The filter as it was understood.
    pub filter: ReferralFilter,
    /// Sentences about parts of the address that were ignored.
    pub ignored: Vec<String>,
    pub cards: Cards,
    pub rows: Vec<ReferralRow>,
    /// The filter of the next page, if there is one.
    pub next: Option<ReferralFilter>,
    /// The filter of the previous page, if there is one.
    pub previous: Option<ReferralFilter>,
    /// How the credits stand that the viewer retried and asks about.
    pub retried: Option<RetryOutcome>,
    /// The program gives no credit at present.
    pub program_is_off: bool,
}

/// How credits stand that were retried at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RetryOutcome {
    /// `1 of 2 credited, 1 failed: Stripe could not be reached.`
    pub sentence: String,
    /// Each was credited, failed or waits.
    pub has_settled: bool,
    /// Each was credited or failed.
    pub is_over: bool,
}

/// One step in the history of a referral.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoryStep {
    /// `Clicked the link`, `Registered`, `Bought Steel Challenge`, `Credited`.
    pub what: String,
    /// More about the step; may be empty.
    pub detail: String,
    /// `Nov 22, 2026, 2:05 PM EST`; empty if unknown.
    pub on: String,
    /// ISO 8601, for `<time datetime>`.
    pub at: String,
    /// How the referral ended, of the step that ended it.
    pub ended: Option<ReferralStatus>,
}

/// One fact about a referral: the attempts, an id at Stripe.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoryFact {
    pub name: String,
    pub value: String,
    /// The page of Stripe's dashboard about it, of an id.
    pub dashboard: Option<String>,
}

/// Everything about one referral.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReferralStory {
    pub row: ReferralRow,
    /// Oldest first.
    pub steps: Vec<StoryStep>,
    pub facts: Vec<StoryFact>,
    /// The program is off while the referral still waits for a purchase.
    pub program_is_off: bool,
    /// The referrer's page in the console, if they have one.
    pub referrer_path: Option<String>,
    /// The friend's page in the console, if they have one.
    pub referred_path: Option<String>,
    /// The credit of a purchase can be decided again.
    pub decide_again: bool,
    /// The referral can be voided.
    pub may_void: bool,
    /// What was seen of it, in sentences, if its credit was reviewed.
    pub seen: Vec<String>,
    /// Its credit waits for the viewer's decision.
    pub may_review: bool,
}
