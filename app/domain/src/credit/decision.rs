//! Decides whether a purchase earns a credit, and in which mode. Both programs use these rules;
//! `issuing` covers how a credit gets to Stripe.

use crate::{
    credit::{Limits, NoCredit, StripeAmount, StripeError},
    money::Money,
    stripe_keys::StripeMode,
};

/// What a purchase that counts means for the buyer's referrer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// The credit amount is 0: the referral stays Pending (`docs/rules.md` 14).
    ProgramOff,
    /// The buyer has no Pending referral: they were not referred, or their referral was credited
    /// before.
    NoPendingReferral,
    /// No money was paid: credit or the balance covered the purchase. The referral stays Pending, so
    /// that a later purchase can earn the credit.
    NothingPaid,
    /// The buyer has not confirmed the e-mail address, and the site counts only who did. The referral
    /// stays Pending, and is decided again once they confirm it.
    Unconfirmed,
    /// The buyer had made a first purchase before, in an account that was deleted, and so is no new
    /// friend. The referral stays Pending.
    BoughtBefore,
    /// The purchase was paid in test mode but the connected account is in live mode. The referral
    /// stays Pending, so that a live purchase can still earn the credit.
    TestPurchase,
    /// Less was paid than the program asks for. The referral stays Pending, so that a larger purchase can
    /// earn the credit.
    BelowLeast,
    /// The referrer earned as many credits as the program gives in a period. The referral stays Pending.
    CapReached,
    /// The membership ended while its credit would have been on hold. The referral stays Pending.
    MembershipEnded,
    /// The referrer is owed this amount.
    Due(Money),
}

impl Decision {
    /// Why the purchase earned nothing, if it could have earned something.
    pub fn no_credit(self) -> Option<NoCredit> {
        match self {
            Self::ProgramOff => Some(NoCredit::ProgramOff),
            Self::NothingPaid => Some(NoCredit::NothingPaid),
            Self::Unconfirmed => Some(NoCredit::Unconfirmed),
            Self::BoughtBefore => Some(NoCredit::BoughtBefore),
            Self::TestPurchase => Some(NoCredit::TestPurchase),
            Self::BelowLeast => Some(NoCredit::BelowLeast),
            Self::CapReached => Some(NoCredit::CapReached),
            Self::MembershipEnded => Some(NoCredit::MembershipEnded),
            Self::NoPendingReferral | Self::Due(_) => None,
        }
    }
}

/// The Stripe modes of a purchase and of the connected account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Modes {
    /// The purchase's mode; `None` for a counter sale, which has none.
    pub purchase: Option<StripeMode>,
    /// The connected account's mode; `None` if no account is connected.
    pub account: Option<StripeMode>,
}

impl Modes {
    /// The mode in which the credit is earned: the purchase's, or else the account's.
    pub fn earned(self) -> Option<StripeMode> {
        self.purchase.or(self.account)
    }
}

/// Whether the buyer counts as a friend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Friend {
    /// The address is confirmed, or need not be (`docs/rules.md` 74), and nobody with it had bought.
    Counts,
    /// The address is not confirmed, and the site counts only who did.
    Unconfirmed,
    /// A deleted account with the same address had made a first purchase (`docs/rules.md` 104).
    BoughtBefore,
}

/// Decides whether a purchase that counts earns a credit. A referral whose credit [`is_superseded`] is
/// treated as Pending. `amount` and `limits` are the settings at the time of processing (`docs/rules.md` 13,
/// 134 and 135), `paid` what the buyer paid beside credit and balance (`docs/rules.md` 11).
pub fn decide(
    amount: Money,
    referral_is_pending: bool,
    modes: Modes,
    paid: Money,
    friend: Friend,
    limits: Limits,
) -> Decision {
    let test_for_live =
        modes.purchase == Some(StripeMode::Test) && modes.account == Some(StripeMode::Live);
    match (amount.is_positive(), referral_is_pending) {
        (_, false) => Decision::NoPendingReferral,
        (_, true) if !paid.is_positive() => Decision::NothingPaid,
        (_, true) if friend == Friend::BoughtBefore => Decision::BoughtBefore,
        (false, true) => Decision::ProgramOff,
        (true, true) if friend == Friend::Unconfirmed => Decision::Unconfirmed,
        (true, true) if test_for_live => Decision::TestPurchase,
        (true, true) if limits.is_below(paid) => Decision::BelowLeast,
        (true, true) if limits.ended_in_hold => Decision::MembershipEnded,
        (true, true) if limits.cap_is_reached => Decision::CapReached,
        (true, true) => Decision::Due(amount),
    }
}

/// Whether an unconfirmed credit that was earned in mode `earned` is replaced by the credit that a
/// purchase in these modes earns. Real money replaces test money: a test credit cannot be issued at
/// a live account any more and would keep its referral Failed. If it was already posted, its
/// balance transaction is on a test balance.
pub fn is_superseded(earned: Option<StripeMode>, modes: Modes) -> bool {
    earned == Some(StripeMode::Test) && modes.earned() == Some(StripeMode::Live)
}

/// The credit that a balance transaction of this `amount` issued; `None` if it issued none.
///
/// The ledger and the referral record this amount and not the decided one. After a backup is
/// restored, the row of an issued credit may be missing; the credit is then decided again, perhaps
/// under another setting, but Stripe already has the first one.
pub fn given(amount: StripeAmount) -> Option<Money> {
    Some(amount.in_favor()).filter(|given| given.is_positive())
}

/// Why a credit that was earned in mode `earned` must not be issued at an account in mode
/// `account`; `None` if it may. Test money never becomes real money, nor the other way round.
pub fn other_mode(earned: Option<StripeMode>, account: StripeMode) -> Option<StripeError> {
    earned
        .filter(|earned| *earned != account)
        .map(StripeError::WrongMode)
}

/// Whether an event is of the same mode as the account whose webhook endpoint received it. `livemode`
/// is the event's `livemode`, which old or unreadable events lack; those are accepted.
pub fn event_is_of_mode(livemode: Option<bool>, account: StripeMode) -> bool {
    livemode.is_none_or(|live| StripeMode::of_livemode(live) == account)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::money::Currency;

    /// Any purchase counts, of any number of friends.
    const ANY: Limits = Limits {
        least: Money::new(0, Currency::Usd),
        cap_is_reached: false,
        ended_in_hold: false,
    };

    #[test]
    fn off_means_off_and_once_means_once() {
        let ten = Money::new(1000, Currency::Usd);
        let live = Modes {
            purchase: Some(StripeMode::Live),
            account: Some(StripeMode::Live),
        };
        assert_eq!(
            decide(ten, true, live, ten, Friend::Counts, ANY),
            Decision::Due(ten)
        );
        assert_eq!(
            decide(ten, false, live, ten, Friend::Counts, ANY),
            Decision::NoPendingReferral
        );
        for cents in [0, -1] {
            let off = Money::new(cents, Currency::Usd);
            assert_eq!(
                decide(off, true, live, ten, Friend::Counts, ANY),
                Decision::ProgramOff
            );
        }
    }

    #[test]
    fn what_credit_paid_for_earns_nothing() {
        let ten = Money::new(1000, Currency::Usd);
        let live = Modes {
            purchase: Some(StripeMode::Live),
            account: Some(StripeMode::Live),
        };
        let nothing = Money::new(0, Currency::Usd);
        assert_eq!(
            decide(ten, true, live, nothing, Friend::Counts, ANY),
            Decision::NothingPaid
        );
        assert_eq!(
            decide(ten, false, live, nothing, Friend::Counts, ANY),
            Decision::NoPendingReferral
        );
        let cent = Money::new(1, Currency::Usd);
        assert_eq!(
            decide(ten, true, live, cent, Friend::Counts, ANY),
            Decision::Due(ten)
        );
    }

    #[test]
    fn a_friend_who_must_confirm_the_address_earns_nothing_before() {
        let ten = Money::new(1000, Currency::Usd);
        let live = Modes {
            purchase: Some(StripeMode::Live),
            account: Some(StripeMode::Live),
        };
        let unconfirmed = |paid| decide(ten, true, live, paid, Friend::Unconfirmed, ANY);
        assert_eq!(unconfirmed(ten), Decision::Unconfirmed);
        assert_eq!(
            unconfirmed(Money::new(0, Currency::Usd)),
            Decision::NothingPaid
        );
    }

    #[test]
    fn whoever_bought_before_is_no_new_friend() {
        let ten = Money::new(1000, Currency::Usd);
        let live = Modes {
            purchase: Some(StripeMode::Live),
            account: Some(StripeMode::Live),
        };
        let again = |amount, paid| decide(amount, true, live, paid, Friend::BoughtBefore, ANY);
        assert_eq!(again(ten, ten), Decision::BoughtBefore);
        assert_eq!(
            again(ten, ten).no_credit(),
            Some(crate::credit::NoCredit::BoughtBefore)
        );
        // No other setting makes them new.
        let off = Money::new(0, Currency::Usd);
        assert_eq!(again(off, ten), Decision::BoughtBefore);
        assert_eq!(again(ten, off), Decision::NothingPaid);
    }

    #[test]
    fn a_purchase_below_the_least_or_beyond_the_cap_earns_nothing() {
        let usd = |cents| Money::new(cents, Currency::Usd);
        let live = Modes {
            purchase: Some(StripeMode::Live),
            account: Some(StripeMode::Live),
        };
        let (reward, least) = (usd(1000), usd(2500));
        let decided = |paid, cap_is_reached| {
            let limits = Limits {
                cap_is_reached,
                least,
                ..ANY
            };
            decide(reward, true, live, usd(paid), Friend::Counts, limits)
        };
        assert_eq!(decided(2500, false), Decision::Due(reward));
        assert_eq!(decided(2500, true), Decision::CapReached);
        // A small purchase says so, since the cap does not matter for it.
        for cap_is_reached in [false, true] {
            assert_eq!(decided(2499, cap_is_reached), Decision::BelowLeast);
            assert_eq!(decided(0, cap_is_reached), Decision::NothingPaid);
        }
        let ended = Limits {
            ended_in_hold: true,
            ..ANY
        };
        let left = decide(reward, true, live, usd(2500), Friend::Counts, ended);
        assert_eq!(left, Decision::MembershipEnded);
        let limits = Limits {
            least,
            cap_is_reached: true,
            ended_in_hold: true,
        };
        let off = decide(usd(0), true, live, usd(2500), Friend::Counts, limits);
        assert_eq!(off, Decision::ProgramOff);
    }

    #[test]
    fn test_money_earns_nothing_real() {
        let ten = Money::new(1000, Currency::Usd);
        let (test, live) = (Some(StripeMode::Test), Some(StripeMode::Live));
        for (purchase, account, decision) in [
            (test, live, Decision::TestPurchase),
            (test, test, Decision::Due(ten)),
            (test, None, Decision::Due(ten)),
            (live, test, Decision::Due(ten)),
            (live, None, Decision::Due(ten)),
            (None, live, Decision::Due(ten)),
            (None, None, Decision::Due(ten)),
        ] {
            let modes = Modes { purchase, account };
            assert_eq!(
                decide(ten, true, modes, ten, Friend::Counts, ANY),
                decision,
                "{modes:?}"
            );
            let earned = modes.earned();
            assert_eq!(earned, purchase.or(account));
            if let (Decision::Due(_), Some(account)) = (decision, account) {
                let kept = other_mode(earned, account);
                assert_eq!(kept.is_some(), purchase.is_some_and(|mode| mode != account));
            }
        }
        assert_eq!(other_mode(None, StripeMode::Live), None);
    }

    #[test]
    fn only_test_money_gives_way_and_only_to_real_money() {
        let modes = [None, Some(StripeMode::Test), Some(StripeMode::Live)];
        let mut giving_way = Vec::new();
        for earned in modes {
            for (purchase, account) in modes
                .into_iter()
                .flat_map(|one| modes.map(|other| (one, other)))
            {
                if is_superseded(earned, Modes { purchase, account }) {
                    giving_way.push((earned, purchase, account));
                }
            }
        }
        let [none, test, live] = modes;
        let expected = [
            (test, none, live),
            (test, live, none),
            (test, live, test),
            (test, live, live),
        ];
        assert_eq!(giving_way, expected);
    }

    #[test]
    fn only_what_is_below_zero_at_stripe_gave_something() {
        let at_stripe = |cents| StripeAmount::new(cents, Currency::Usd).unwrap();
        let ten = Money::new(1000, Currency::Usd);
        assert_eq!(given(at_stripe(-1000)), Some(ten));
        for cents in [0, 1000] {
            assert_eq!(given(at_stripe(cents)), None);
        }
    }

    #[test]
    fn an_event_is_told_in_the_mode_of_its_account() {
        assert!(event_is_of_mode(None, StripeMode::Live));
        assert!(event_is_of_mode(Some(true), StripeMode::Live));
        assert!(event_is_of_mode(Some(false), StripeMode::Test));
        assert!(!event_is_of_mode(Some(false), StripeMode::Live));
        assert!(!event_is_of_mode(Some(true), StripeMode::Test));
    }

    proptest! {
        /// A credit is due only where the program is on, enough was paid, and the cap leaves room.
        #[test]
        fn what_is_due_is_the_amount_and_within_the_limits(
            cents in -10_i64..5_000,
            paid in -10_i64..5_000,
            least in 0_i64..5_000,
            is_pending: bool,
            cap_is_reached: bool,
            ended_in_hold: bool,
        ) {
            let usd = |cents| Money::new(cents, Currency::Usd);
            let modes = Modes { purchase: Some(StripeMode::Live), account: None };
            let limits = Limits { least: usd(least), cap_is_reached, ended_in_hold };
            let decided = decide(usd(cents), is_pending, modes, usd(paid), Friend::Counts, limits);
            let earns = is_pending && cents > 0 && paid > 0 && paid >= least && !cap_is_reached
                && !ended_in_hold;
            prop_assert_eq!(decided == Decision::Due(usd(cents)), earns, "{:?}", decided);
            // What could have earned a credit says why it did not.
            prop_assert_eq!(decided.no_credit().is_some(), is_pending && !earns);
        }
    }
}
