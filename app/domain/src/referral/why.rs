//! Why a referrer got nothing, or not yet: one verdict over what is known of the friend (`docs/rules.md` 194).

use crate::{
    credit::{NoCredit, ReversalCause},
    money::Money,
    referral::{FailureReason, PendingReason, ReferralStatus, status_sentence},
};

/// What the friend typed at Register where a code or a name is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TypedAtRegister {
    Nothing,
    /// No code: a name, as a rule.
    Name,
    /// A code that is nobody's here.
    UnknownCode,
    /// The code of a member who has the friend's own address.
    OwnCode,
    /// The code of a member who is blocked.
    BlockedCode,
    /// The code of another member.
    Code,
}

/// What is known of the referral that brought the friend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReferralFacts {
    pub status: ReferralStatus,
    /// Why it failed.
    pub failure: Option<FailureReason>,
    /// Why it is Pending.
    pub pending: Option<PendingReason>,
    /// What of its credit was taken back, and why.
    pub taken_back: Option<(Money, Option<ReversalCause>)>,
}

/// What is known of the friend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WhyFacts {
    pub typed: TypedAtRegister,
    pub referral: Option<ReferralFacts>,
    /// They made a first purchase, or are leaving: who referred them cannot be said any more.
    pub is_too_late: bool,
    /// A referral earns something now.
    pub program_is_on: bool,
}

/// The rule that decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nobody referred them; what they typed says why.
    Nobody(TypedAtRegister),
    /// They bought nothing yet, and the program is off.
    ProgramOff,
    Waits(PendingReason),
    /// `None` if no reason was stored.
    Failed(Option<FailureReason>),
    Credited,
    TakenBack(Money, Option<ReversalCause>),
}

/// What can be done about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// Say who referred them.
    Attach,
    /// Wait: it goes on by itself.
    Wait,
    /// Wait for a purchase that counts.
    WaitForPurchase,
    /// Ask the friend to confirm the email address.
    AskToConfirm,
    /// Change the amount, or Stripe's keys.
    Payments,
    /// Change the terms.
    Rewards,
    DecideAgain,
    Retry,
    Review,
    /// Give credit by hand.
    Give,
    /// Enable the platform referrer, so that later purchases count.
    Enable,
}

/// The rule that decided about the friend's referral.
pub fn why(facts: &WhyFacts) -> Verdict {
    let Some(referral) = &facts.referral else {
        return Verdict::Nobody(facts.typed);
    };
    decided(referral, facts.program_is_on)
}

/// The rule that decided about a referral.
pub(super) fn decided(referral: &ReferralFacts, program_is_on: bool) -> Verdict {
    match referral.status {
        ReferralStatus::Pending => match &referral.pending {
            None | Some(PendingReason::Registered) if !program_is_on => Verdict::ProgramOff,
            None => Verdict::Waits(PendingReason::Registered),
            Some(reason) => Verdict::Waits(reason.clone()),
        },
        ReferralStatus::Failed => Verdict::Failed(referral.failure.clone()),
        ReferralStatus::Credited => match referral.taken_back {
            Some((amount, cause)) => Verdict::TakenBack(amount, cause),
            None => Verdict::Credited,
        },
    }
}

impl Verdict {
    /// The sentence for the staff.
    pub fn sentence(&self) -> String {
        match self {
            Self::Nobody(typed) => typed.sentence().to_owned(),
            Self::ProgramOff => {
                "They bought nothing yet, and the program is off, so a purchase earns nothing."
                    .to_owned()
            }
            Self::Waits(reason) => match reason.sentence() {
                Some(sentence) => format!("{sentence}."),
                None => "They bought nothing yet that counts.".to_owned(),
            },
            Self::Failed(Some(reason)) => format!("{}.", reason.sentence()),
            Self::Failed(None) => "It failed, and no reason was stored.".to_owned(),
            Self::Credited => "The referrer got the credit.".to_owned(),
            Self::TakenBack(amount, cause) => {
                let sentence = status_sentence(None, Some(*amount), *cause);
                format!("{}.", sentence.unwrap_or_default())
            }
        }
    }

    /// What can be done about it, the best first. `is_too_late` is that of the facts.
    pub fn remedies(&self, is_too_late: bool) -> &'static [Remedy] {
        match self {
            Self::Nobody(_) if is_too_late => &[Remedy::Give],
            Self::Nobody(_) => &[Remedy::Attach],
            Self::ProgramOff => &[Remedy::Payments],
            Self::Waits(reason) => of_pending(reason),
            Self::Failed(Some(reason)) => of_failed(reason),
            Self::Failed(None) => &[Remedy::Retry],
            Self::Credited => &[],
            Self::TakenBack(..) => &[Remedy::Give],
        }
    }
}

fn of_pending(reason: &PendingReason) -> &'static [Remedy] {
    match reason {
        PendingReason::Registered | PendingReason::Undone => &[Remedy::WaitForPurchase],
        PendingReason::Bought(None) => &[Remedy::DecideAgain, Remedy::WaitForPurchase],
        PendingReason::Bought(Some(why)) => match why {
            NoCredit::ProgramOff => &[Remedy::Payments, Remedy::DecideAgain],
            NoCredit::BelowLeast | NoCredit::CapReached => &[Remedy::Rewards, Remedy::DecideAgain],
            NoCredit::Unconfirmed => &[Remedy::AskToConfirm],
            NoCredit::NothingPaid
            | NoCredit::TestPurchase
            | NoCredit::OtherCurrency
            | NoCredit::Refunded
            | NoCredit::MembershipEnded => &[Remedy::WaitForPurchase],
            NoCredit::BoughtBefore => &[Remedy::Give],
        },
        PendingReason::FriendDeleted => &[Remedy::Give],
        PendingReason::OnHold(_)
        | PendingReason::Frozen
        | PendingReason::BeingIssued
        | PendingReason::RetryAt(_) => &[Remedy::Wait],
        PendingReason::UnderReview => &[Remedy::Review],
    }
}

fn of_failed(reason: &FailureReason) -> &'static [Remedy] {
    match reason {
        FailureReason::StripeNotConnected
        | FailureReason::KeyNeedsAttention
        | FailureReason::OtherMode(_) => &[Remedy::Payments, Remedy::Retry],
        FailureReason::Refused(_) | FailureReason::Unreachable => &[Remedy::Retry],
        FailureReason::VoidedWhenOff => &[Remedy::Give],
        // An admin ended it, or nobody is left to be paid.
        FailureReason::SelfReferral
        | FailureReason::OtherCurrency(_)
        | FailureReason::ReferrerDeleted
        | FailureReason::Voided(_) => &[],
    }
}

impl TypedAtRegister {
    fn sentence(self) -> &'static str {
        match self {
            Self::Nothing => "Referred by nobody: they registered without a link that counts.",
            Self::Name => {
                "Referred by nobody: they registered without a link that counts, and what they typed is no \
                 code. A name links nobody."
            }
            Self::UnknownCode => "Referred by nobody: what they typed is nobody's code here.",
            Self::OwnCode => {
                "Referred by nobody: the friend has the referrer's own address, and members cannot refer \
                 themselves."
            }
            Self::BlockedCode => {
                "Referred by nobody: the code that they typed belongs to a member who is blocked."
            }
            Self::Code => {
                "Referred by nobody: the code that they typed did not count when they registered."
            }
        }
    }
}

impl Remedy {
    /// The label of a link, or words where there is nothing to open.
    pub fn label(self) -> &'static str {
        match self {
            Self::Attach => "Say who referred them",
            Self::Wait => "Wait: it goes on by itself",
            Self::WaitForPurchase => "Wait for a purchase that counts",
            Self::AskToConfirm => "Ask the friend to confirm their email address",
            Self::Payments => "Open Payments settings",
            Self::Rewards => "Open Rewards settings",
            Self::DecideAgain => "Decide again",
            Self::Retry => "Retry",
            Self::Review => "Review this credit",
            Self::Give => "Give credit by hand",
            Self::Enable => "Enable the platform referrer",
        }
    }
}

#[cfg(test)]
mod tests;
