//! Why a subscription earned its platform referrer nothing, or not yet (`docs/rules.md` 229).

use super::{
    NotAttributed, PaidPurchase, ReferralFacts, Remedy, Verdict, why::decided as about_referral,
};
use crate::{credit::NoCredit, purchase::PurchaseState};

/// The code with which a subscriber came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CameWith {
    NoCode,
    /// A code that is no platform referrer's.
    UnknownCode,
    /// The code of a platform referrer who is enabled now.
    Enabled,
    /// The code of one who is disabled now.
    Disabled,
}

/// What is known of a subscription.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubscriptionFacts {
    pub state: PurchaseState,
    pub paid: PaidPurchase,
    pub came_with: CameWith,
    /// The plan is one that we sell.
    pub plan_is_known: bool,
    /// The referral that it is, if it is one.
    pub referral: Option<ReferralFacts>,
    /// A referral earns something now.
    pub program_is_on: bool,
}

/// The rule that decided about a subscription.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SubscriptionVerdict {
    NotPaid(PurchaseState),
    NoCode,
    /// It was free.
    NothingPaid,
    /// It had a code, and is no referral.
    NotAttributed(NotAttributed),
    /// It is a referral, of which this was decided.
    Referral(Verdict),
}

/// The rule that decided. A paid subscription with the code of a platform referrer is a referral unless they were
/// disabled then: so it is known that they were.
pub fn why_subscription(facts: &SubscriptionFacts) -> SubscriptionVerdict {
    if let Some(referral) = &facts.referral {
        return SubscriptionVerdict::Referral(about_referral(referral, facts.program_is_on));
    }
    if !matches!(facts.state, PurchaseState::Paid | PurchaseState::Undone) {
        return SubscriptionVerdict::NotPaid(facts.state);
    }
    match facts.came_with {
        CameWith::NoCode => SubscriptionVerdict::NoCode,
        _ if facts.paid.no_credit() == Some(NoCredit::NothingPaid) => {
            SubscriptionVerdict::NothingPaid
        }
        CameWith::UnknownCode => SubscriptionVerdict::NotAttributed(NotAttributed::UnknownCode),
        _ if !facts.plan_is_known => SubscriptionVerdict::NotAttributed(NotAttributed::UnknownPlan),
        CameWith::Enabled | CameWith::Disabled => {
            SubscriptionVerdict::NotAttributed(NotAttributed::DisabledPartner)
        }
    }
}

impl SubscriptionVerdict {
    /// The sentence for the staff.
    pub fn sentence(&self) -> String {
        match self {
            Self::NotPaid(state) if state.is_waiting() => {
                format!("{}, so it earned nothing yet.", state.label())
            }
            Self::NotPaid(state) => format!("{}, so it earned nothing.", state.label()),
            Self::NoCode => "No referral: it came without a code.".to_owned(),
            Self::NothingPaid => "No referral: it was free.".to_owned(),
            Self::NotAttributed(why) => match why {
                NotAttributed::UnknownCode => "No referral: no platform referrer has this code.",
                NotAttributed::DisabledPartner => {
                    "No referral: the platform referrer was disabled when it was paid."
                }
                NotAttributed::UnknownPlan => "No referral: the plan is unknown.",
            }
            .to_owned(),
            Self::Referral(verdict) => verdict.sentence(),
        }
    }

    /// What can be done about it, the best first. A referral of this program is one subscription: a later one is
    /// another.
    pub fn remedies(&self, came_with: CameWith) -> Vec<Remedy> {
        match self {
            Self::NotPaid(state) if state.is_waiting() => vec![Remedy::Wait],
            Self::NotPaid(_)
            | Self::NoCode
            | Self::NothingPaid
            | Self::NotAttributed(NotAttributed::UnknownCode) => Vec::new(),
            Self::NotAttributed(NotAttributed::UnknownPlan) => vec![Remedy::Give],
            Self::NotAttributed(NotAttributed::DisabledPartner) => match came_with {
                CameWith::Disabled => vec![Remedy::Give, Remedy::Enable],
                _ => vec![Remedy::Give],
            },
            Self::Referral(verdict) => {
                let remedies = verdict.remedies(false).iter().copied();
                remedies
                    .filter(|remedy| *remedy != Remedy::WaitForPurchase)
                    .collect()
            }
        }
    }
}

#[cfg(test)]
mod tests;
