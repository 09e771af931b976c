//! How the credits ended that an admin retried, in one sentence (`docs/rules.md` 223).

use std::collections::BTreeSet;

use super::{FailureReason, PendingReason, ReferralStatus};

/// How a credit stands that was retried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Retried {
    Credited,
    /// It failed again, for this reason.
    Failed(String),
    /// It waits for something, which the sentence names.
    Waits(String),
    /// Its job has not ended.
    Running,
}

impl Retried {
    /// How the referral stands now.
    pub fn of(
        status: ReferralStatus,
        failed: Option<&FailureReason>,
        pending: Option<&PendingReason>,
    ) -> Self {
        match status {
            ReferralStatus::Credited => Self::Credited,
            ReferralStatus::Failed => {
                Self::Failed(failed.map(FailureReason::sentence).unwrap_or_default())
            }
            ReferralStatus::Pending => match pending {
                None | Some(PendingReason::BeingIssued) => Self::Running,
                Some(why) => Self::Waits(why.sentence().unwrap_or_default()),
            },
        }
    }
}

/// What an admin is told of the credits that they retried at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetryAnswer {
    pub sentence: String,
    /// No job runs any more: each was credited, failed or waits.
    pub has_settled: bool,
    /// Nothing more will come of this retry.
    pub is_over: bool,
}

impl RetryAnswer {
    /// `None` if nothing was retried.
    pub fn of(all: &[Retried]) -> Option<Self> {
        if all.is_empty() {
            return None;
        }
        let count = |which: fn(&Retried) -> bool| all.iter().filter(|one| which(one)).count();
        let credited = count(|one| *one == Retried::Credited);
        let running = count(|one| *one == Retried::Running);
        let mut parts = vec![format!("{credited} of {} credited", all.len())];
        let failed = all.iter().filter_map(|one| match one {
            Retried::Failed(why) => Some(why.as_str()),
            _ => None,
        });
        parts.extend(with_reasons("failed", failed));
        let waiting: Vec<_> = all
            .iter()
            .filter_map(|one| match one {
                Retried::Waits(why) => Some(why.as_str()),
                _ => None,
            })
            .collect();
        let waits = if waiting.len() == 1 { "waits" } else { "wait" };
        parts.extend(with_reasons(waits, waiting.iter().copied()));
        if running > 0 {
            parts.push(format!("{running} still being retried"));
        }
        Some(Self {
            sentence: format!("{}.", parts.join(", ")),
            has_settled: running == 0,
            is_over: running == 0 && waiting.is_empty(),
        })
    }
}

/// `2 failed: Stripe could not be reached`; `None` for none.
fn with_reasons<'a>(verb: &str, reasons: impl Iterator<Item = &'a str>) -> Option<String> {
    let all: Vec<_> = reasons.collect();
    let different: BTreeSet<_> = all.iter().copied().filter(|why| !why.is_empty()).collect();
    let different: Vec<_> = different.into_iter().collect();
    match (all.len(), different.join("; ")) {
        (0, _) => None,
        (many, why) if why.is_empty() => Some(format!("{many} {verb}")),
        (many, why) => Some(format!("{many} {verb}: {why}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed() -> Retried {
        let why = FailureReason::Unreachable;
        Retried::of(ReferralStatus::Failed, Some(&why), None)
    }

    fn told(all: &[Retried]) -> (String, bool, bool) {
        let answer = RetryAnswer::of(all).unwrap();
        (answer.sentence, answer.has_settled, answer.is_over)
    }

    #[test]
    fn the_end_of_each_is_counted() {
        use Retried::Credited;
        let one = ("1 of 1 credited.".to_owned(), true, true);
        assert_eq!(told(&[Credited]), one);
        let words = "1 of 2 credited, 1 failed: Stripe could not be reached.";
        assert_eq!(told(&[Credited, failed()]), (words.to_owned(), true, true));
        let words = "0 of 2 credited, 2 failed: Stripe could not be reached.";
        assert_eq!(told(&[failed(), failed()]).0, words);
        let other = Retried::Failed("Stripe is not connected".to_owned());
        let words =
            "0 of 2 credited, 2 failed: Stripe could not be reached; Stripe is not connected.";
        assert_eq!(told(&[other, failed()]).0, words);
        assert_eq!(RetryAnswer::of(&[]), None);
    }

    #[test]
    fn what_has_not_ended_is_said() {
        let of = |why| Retried::of(ReferralStatus::Pending, None, Some(why));
        let running = of(&PendingReason::BeingIssued);
        assert_eq!(running, Retried::Running);
        let (words, settled, over) = told(&[Retried::Credited, running]);
        assert_eq!(words, "1 of 2 credited, 1 still being retried.");
        assert!(!settled && !over);
        let waits = of(&PendingReason::RetryAt("at noon".to_owned()));
        let (words, settled, over) = told(&[waits]);
        let expected =
            "0 of 1 credited, 1 waits: Stripe did not take the credit yet. Next attempt at noon.";
        assert_eq!(words, expected);
        assert!(settled && !over);
    }
}
