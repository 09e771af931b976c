//! The shapes of an attribution, a referral and a balance.

use domain::{
    credit::{Balance, MemberBalance},
    referral::{Attribution, Ignored, ReferralStatus},
};
use serde::Serialize;
use store::MemberId;
use utoipa::ToSchema;

use super::Amount;

/// What became of the referral code of a registration.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({ "status": "linked", "reason": null }))]
pub struct Referral {
    pub status: Linking,
    /// Why the code was ignored; null otherwise.
    #[schema(required)]
    pub reason: Option<IgnoredReason>,
}

/// Whether the new member counts as referred.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Linking {
    /// The owner of the code is the referrer.
    Linked,
    /// A code came and counts for nothing; the registration stands.
    Ignored,
    /// No code came.
    None,
}

/// Why a code was ignored.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum IgnoredReason {
    /// It is no code of this site.
    UnknownCode,
    /// It is the new member's own.
    SelfReferral,
}

impl From<&Attribution<MemberId>> for Referral {
    fn from(attribution: &Attribution<MemberId>) -> Self {
        let reason = match attribution {
            Attribution::Ignored(Ignored::UnknownCode) => Some(IgnoredReason::UnknownCode),
            Attribution::Ignored(Ignored::SelfReferral) => Some(IgnoredReason::SelfReferral),
            Attribution::None | Attribution::Linked { .. } => None,
        };
        let status = match attribution {
            Attribution::Linked { .. } => Linking::Linked,
            Attribution::Ignored(_) => Linking::Ignored,
            Attribution::None => Linking::None,
        };
        Self { status, reason }
    }
}

/// Where a referral stands.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ReferralStatus)]
pub enum Status {
    /// The friend registered but has not made a purchase yet.
    Pending,
    /// The credit is on the Stripe balance.
    Credited,
    /// The credit could not be applied.
    Failed,
}

impl From<ReferralStatus> for Status {
    fn from(status: ReferralStatus) -> Self {
        match status {
            ReferralStatus::Pending => Self::Pending,
            ReferralStatus::Credited => Self::Credited,
            ReferralStatus::Failed => Self::Failed,
        }
    }
}

/// The credit on the member's Stripe balance.
#[derive(Serialize, ToSchema)]
pub struct CreditBalance {
    pub status: BalanceStatus,
    /// The credit, where there is one to tell of, or what is owed.
    #[schema(required)]
    pub amount: Option<Amount>,
    /// What can be used now; null while it is not known.
    #[schema(required)]
    pub available: Option<Amount>,
    /// What purchases hold that are not paid yet, or is on its way to the balance. It is no part of `available`.
    pub reserved: Amount,
    /// Credit on the balances of accounts of Stripe that the site had before: it cannot be spent here.
    pub former: Vec<Amount>,
    /// What it pays, and what not, what is reserved and why, and where the rest is.
    #[schema(
        example = "Your credit: $10.00. It comes off your next membership payment automatically. \
                   For tickets, courses and shop items, use it when you buy."
    )]
    pub text: String,
}

/// How much of the balance is known.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BalanceStatus {
    /// Nothing was ever credited, or it is spent.
    Empty,
    /// As Stripe has it.
    Credit,
    /// The member owes the amount: an invoice or a change by hand took more than there was.
    Debt,
    /// Stripe does not answer; this is what it said last.
    LastKnown,
    /// Stripe does not answer, and never has.
    Unknown,
    /// The site has no Stripe account.
    NotConnected,
}

impl From<MemberBalance> for CreditBalance {
    fn from(balance: MemberBalance) -> Self {
        let (text, available) = (balance.sentence(), balance.available());
        let (status, amount) = match balance.now {
            Balance::Empty => (BalanceStatus::Empty, None),
            Balance::Credit(credit) => (BalanceStatus::Credit, Some(credit)),
            Balance::Debt(owed) => (BalanceStatus::Debt, Some(owed)),
            Balance::LastKnown(credit) => (BalanceStatus::LastKnown, Some(credit)),
            Balance::Unknown => (BalanceStatus::Unknown, None),
            Balance::NotConnected => (BalanceStatus::NotConnected, None),
        };
        Self {
            status,
            amount: amount.map(Amount::from),
            available: available.map(Amount::from),
            reserved: balance.reserved.total().into(),
            former: balance.former.into_iter().map(Amount::from).collect(),
            text,
        }
    }
}
