//! What a platform referrer sees on their own page.

use domain::{foreign_amount::ForeignAmount, money::Money, referral::ReferralStatus};

use super::admin::ReferrerLink;

/// The page of a platform referrer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReferrerOverview {
    pub name: String,
    /// The code earns nothing any more.
    pub disabled: bool,
    /// The link to each brand.
    pub links: Vec<ReferrerLink>,
    /// Newest first.
    pub referrals: Vec<OwnReferral>,
    /// There are more than the list has.
    pub is_cut: bool,
    /// What all referrals earned, in each currency, without what was taken back.
    pub earned: Vec<Money>,
    /// What the staff gave and took by hand, newest first.
    pub by_staff: Vec<OwnChange>,
    /// The balance at Stripe as it was last read, and when; `None` while unknown.
    pub balance: Option<LastKnown>,
}

/// A balance, and when it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastKnown {
    /// Above zero in the referrer's favor.
    pub amount: Money,
    /// `November 22, 2026, 14:05 UTC`, and ISO 8601 for `<time datetime>`; `None` if a credit changed
    /// it since.
    pub read: Option<(String, String)>,
    /// Credit in other currencies.
    pub others: Vec<ForeignAmount>,
}

/// One referral. It says nothing about who subscribed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnReferral {
    /// `November 22, 2026`.
    pub on: String,
    /// ISO 8601, for `<time datetime>`.
    pub at: String,
    /// `PewPros Annual`.
    pub bought: String,
    pub status: ReferralStatus,
    /// `On hold until Dec 12`, if the credit is.
    pub held: Option<String>,
    pub credit: Option<OwnCredit>,
}

/// The credit of a referral.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnCredit {
    pub amount: Money,
    /// What of it was taken back and why: `$50.00 taken back: the purchase was undone`.
    pub taken_back: Option<String>,
    pub on: String,
    pub at: String,
}

/// A change of the balance by the staff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnChange {
    /// `Given by PewPros: for the long wait`.
    pub words: String,
    /// Above zero in the referrer's favor.
    pub amount: Money,
    pub on: String,
    pub at: String,
}
