//! "Why did they get nothing?" in the console. Its page is plain, so nothing here reaches the browser as data.

use domain::credit::Program;

use super::{MemberRow, StoryStep, WhyPlatform, WhyRemedy};
use crate::types::ReferralLine;

/// The page's path.
pub const WHY_PATH: &str = "/admin/referrals/why";

/// The path of the page about this program.
pub fn why_page(program: Program) -> &'static str {
    match program {
        Program::Tenant => WHY_PATH,
        Program::Platform => "/admin/referrals/why?tab=platform",
    }
}

/// The path of the answer about this member.
pub fn why_path(member_id: i64) -> String {
    format!("{WHY_PATH}?member={member_id}")
}

/// What was looked up, and what was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WhyPage {
    pub program: Program,
    /// A name, an email address, a code or a link, as typed.
    pub asked: String,
    pub found: WhyFound,
}

/// What the look-up found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WhyFound {
    /// Nothing was asked.
    Nothing,
    /// Nobody in the program has such a name or address.
    Nobody,
    /// More than one member.
    Several {
        members: Vec<MemberRow>,
        /// More match than are shown.
        more: bool,
    },
    Person(Box<WhyPerson>),
    Code(Box<WhyCode>),
    /// What there is in the platform program.
    Platform(Box<WhyPlatform>),
}

/// What became of a member's referral, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WhyPerson {
    pub member: MemberRow,
    /// The referrer's name and id.
    pub referrer: Option<(String, i64)>,
    /// The rule that decided, in a sentence.
    pub verdict: String,
    pub remedies: Vec<WhyRemedy>,
    /// Click, registration and purchases, in this order.
    pub steps: Vec<StoryStep>,
    /// Older purchases are left out.
    pub more: bool,
    /// The path of the referral's own page.
    pub referral_path: Option<String>,
    /// The member's own code, and what it brought; `None` without a code.
    pub code: Option<WhyCode>,
}

/// What is known of a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WhyCode {
    pub code: String,
    /// The member whose code it is.
    pub owner: Option<MemberRow>,
    /// Whether it counts, in a sentence.
    pub standing: &'static str,
    /// How often the code's link was opened; `None` of a code that is no member's.
    pub clicks: Option<WhyClicks>,
    /// Codes of members here that are nearly the same, with their owners.
    pub near: Vec<(String, MemberRow)>,
    /// The newest referrals that it brought.
    pub brought: Vec<ReferralLine>,
}

/// The clicks on a code's link, which are counted as sums without names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WhyClicks {
    /// `12 clicks, 3 joined`; `None` as long as nobody came.
    pub total: Option<String>,
    /// `From November 22, 2026, last on November 30, 2026 (UTC)`; `None` without a click.
    pub days: Option<String>,
    /// The name of each channel, and what the total says of it.
    pub channels: Vec<(&'static str, String)>,
}
