//! Credits: which program owes one, when it is due, and its idempotency key. Both programs end here;
//! how a credit gets to Stripe is in `issuing`.

use serde::{Deserialize, Serialize};

use crate::{
    credit::{Fault, StripeAmount},
    money::Money,
    stripe_keys::StripeMode,
};

/// Which of the two programs a credit belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Program {
    /// A member referred a friend.
    Tenant,
    /// A partner referred a subscriber.
    Platform,
}

impl Program {
    /// The word in the database and in Stripe's metadata.
    pub fn code(self) -> &'static str {
        match self {
            Self::Tenant => "tenant",
            Self::Platform => "platform",
        }
    }

    /// Reads [`Self::code`] back.
    pub fn parse(code: &str) -> Option<Self> {
        [Self::Tenant, Self::Platform]
            .into_iter()
            .find(|program| program.code() == code)
    }

    /// What Stripe shows, (`docs/rules.md` 24).
    pub fn description(self) -> &'static str {
        match self {
            Self::Tenant => "Referral credit",
            Self::Platform => "Platform referral credit",
        }
    }
}

/// The idempotency key of a credit. One referral, one key, so the ledger's unique key is what
/// makes a second credit impossible.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreditKey(String);

impl CreditKey {
    /// The key of the credit that a member's referral earns: by its random token, which it has from
    /// registration on. A database that is restored from a backup gives the numbers of its rows once
    /// more, and Stripe would answer with somebody else's credit.
    pub fn of_referral(token: &str) -> Self {
        Self(format!("credit:{}:{token}", Program::Tenant.code()))
    }

    /// The key of the credit that a subscription earns: by the id of its Checkout session (`cs_…`),
    /// which is the same for every copy of the database that hears of it.
    pub fn of_checkout_session(session_id: &str) -> Self {
        Self(format!("credit:{}:{session_id}", Program::Platform.code()))
    }

    /// Reads a stored key back.
    pub fn stored(key: String) -> Self {
        Self(key)
    }

    /// The key as stored in the ledger.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The key as sent to Stripe: the first is the ledger's own, later ones count (`…:2`).
    pub fn sent(&self, generation: u32) -> String {
        if generation <= 1 {
            self.0.clone()
        } else {
            format!("{}:{generation}", self.0)
        }
    }
}

/// What a purchase that counts means for the buyer's referrer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// The amount is 0: it stays Pending (`docs/rules.md` 14).
    ProgramOff,
    /// The buyer has no Pending referral: not referred, or credited before.
    NoPendingReferral,
    /// It was paid in test mode, and real money is what is credited here: it stays Pending, for a
    /// purchase in live mode.
    TestPurchase,
    /// The referrer is owed this much.
    Due(Money),
}

/// In which modes of Stripe a purchase was made and a credit would be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Modes {
    /// Of the purchase; `None` for a sale in person, which is of neither.
    pub purchase: Option<StripeMode>,
    /// Of the account that is connected now; `None`: none is.
    pub account: Option<StripeMode>,
}

impl Modes {
    /// The mode in which a credit is earned: the purchase's, else the account's.
    pub fn earned(self) -> Option<StripeMode> {
        self.purchase.or(self.account)
    }
}

/// Decides about a purchase that counts; a referral whose credit [`gives_way`] counts as Pending.
/// `amount` is the setting as it is now, at processing
/// (`docs/rules.md` 13).
pub fn decide(amount: Money, referral_is_pending: bool, modes: Modes) -> Decision {
    let test_for_live =
        modes.purchase == Some(StripeMode::Test) && modes.account == Some(StripeMode::Live);
    match (amount.is_positive(), referral_is_pending) {
        (_, false) => Decision::NoPendingReferral,
        (false, true) => Decision::ProgramOff,
        (true, true) if test_for_live => Decision::TestPurchase,
        (true, true) => Decision::Due(amount),
    }
}

/// Whether a credit that Stripe has not confirmed, and that was earned in mode `earned`, gives way to
/// the one that a purchase in these modes earns: real money comes before test money. In live mode a test
/// credit could not be given any more, and would keep its referral Failed; if it was sent, what it left
/// lies on a test balance.
pub fn gives_way(earned: Option<StripeMode>, modes: Modes) -> bool {
    earned == Some(StripeMode::Test) && modes.earned() == Some(StripeMode::Live)
}

/// What a balance transaction of this `amount` gave; `None` if it gave nothing.
///
/// This is what the ledger and the referral say of a credit that Stripe has, whatever was decided: the
/// row of a credit that was given goes with a backup that is put back, and it is decided anew, perhaps
/// under another setting.
pub fn given(amount: StripeAmount) -> Option<Money> {
    Some(amount.in_favor()).filter(|given| given.is_positive())
}

/// What keeps a credit that was earned in mode `earned` from an account in mode `account`; `None` if
/// nothing does. Test money is never given as real money, nor the other way round.
pub fn other_mode(earned: Option<StripeMode>, account: StripeMode) -> Option<Fault> {
    earned
        .filter(|earned| *earned != account)
        .map(Fault::OtherMode)
}

/// Whether Stripe tells an event in the mode of the account whose endpoint it came to; `told` is its
/// `livemode`, which old or unreadable events lack.
pub fn event_is_of_mode(told: Option<bool>, account: StripeMode) -> bool {
    told.is_none_or(|live| StripeMode::of_livemode(live) == account)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::money::Currency;

    #[test]
    fn off_means_off_and_once_means_once() {
        let ten = Money::new(1000, Currency::Usd);
        let live = Modes {
            purchase: Some(StripeMode::Live),
            account: Some(StripeMode::Live),
        };
        assert_eq!(decide(ten, true, live), Decision::Due(ten));
        assert_eq!(decide(ten, false, live), Decision::NoPendingReferral);
        for cents in [0, -1] {
            let off = Money::new(cents, Currency::Usd);
            assert_eq!(decide(off, true, live), Decision::ProgramOff);
        }
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
            assert_eq!(decide(ten, true, modes), decision, "{modes:?}");
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
                if gives_way(earned, Modes { purchase, account }) {
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

    #[test]
    fn descriptions_are_the_guides() {
        assert_eq!(Program::Tenant.description(), "Referral credit");
        assert_eq!(Program::Platform.description(), "Platform referral credit");
    }

    proptest! {
        #[test]
        fn keys_never_collide(a in "[0-9a-f]{32}", b in "[0-9a-f]{32}", ga in 1_u32..9, gb in 1_u32..9) {
            let (member, partner) = (CreditKey::of_referral, CreditKey::of_checkout_session);
            for token in [&a, &b] {
                prop_assert_ne!(member(&a).sent(ga), partner(token).sent(gb));
            }
            if (&a, ga) != (&b, gb) {
                prop_assert_ne!(member(&a).sent(ga), member(&b).sent(gb));
            }
            // The longest id that Stripe has been seen to give a session is 66 characters.
            prop_assert!(partner(&"c".repeat(200)).sent(u32::MAX).len() <= 255);
        }
    }
}
