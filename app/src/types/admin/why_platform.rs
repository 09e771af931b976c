//! "Why did they get nothing?" about the platform program.

use super::{StoryStep, WhyRemedy};

/// The path of the answer about this platform referrer.
pub fn why_referrer_path(referrer_id: i64) -> String {
    format!("/admin/referrals/why?tab=platform&referrer={referrer_id}")
}

/// What was found in the platform program.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WhyPlatform {
    /// The code that was meant, or that of the platform referrer who was.
    pub code: Option<WhyReferrerCode>,
    /// The platform referrers who match, if not one alone does.
    pub several: Vec<WhyReferrer>,
    /// More of them match than are shown.
    pub more: bool,
    /// The subscriptions that came with the code.
    pub came: Option<WhySubscriptions>,
    /// The subscriptions of customers who match, without those.
    pub bought: Option<WhySubscriptions>,
}

/// A platform referrer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WhyReferrer {
    pub id: i64,
    pub name: String,
    pub email: String,
    /// Since when the code earns nothing: `November 22, 2026`; `None` while they are enabled.
    pub disabled_on: Option<String>,
}

/// What is known of a platform referrer's code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WhyReferrerCode {
    pub code: String,
    pub owner: Option<WhyReferrer>,
    /// Whether it counts, in a sentence.
    pub standing: &'static str,
    /// What can be done if it does not.
    pub remedies: Vec<WhyRemedy>,
    /// Codes that are nearly the same, with their owners.
    pub near: Vec<(String, WhyReferrer)>,
}

/// Subscriptions, newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WhySubscriptions {
    pub newest: Vec<WhySubscription>,
    /// The path of the orders among which the older ones are, if there are any.
    pub older: Option<String>,
}

/// What became of a subscription, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WhySubscription {
    /// The order's number.
    pub number: i64,
    pub order_path: String,
    /// The email address; `None` if it is not known yet.
    pub customer: Option<String>,
    /// The name and id of the platform referrer whose code came with it.
    pub referrer: Option<(String, i64)>,
    /// The rule that decided, in a sentence.
    pub verdict: String,
    pub remedies: Vec<WhyRemedy>,
    /// Click and purchase, in this order.
    pub steps: Vec<StoryStep>,
    /// The path of the referral's own page.
    pub referral_path: Option<String>,
}
