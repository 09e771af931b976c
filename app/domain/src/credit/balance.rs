//! The credit on a member's Stripe balance, and the sentence in which the member reads about it.

use serde::{Deserialize, Serialize};

use crate::{credit::Reserved, money::Money};

/// A member's credit at the connected Stripe account and at accounts that the site used before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberBalance {
    /// The balance at the connected account.
    pub now: Balance,
    /// The last known credit at each former account that has any.
    pub former: Vec<Money>,
    /// What cannot be used now: it is not part of the balance.
    pub reserved: Reserved,
}

impl MemberBalance {
    /// What can be used now, in the currency of what is reserved; `None` while it is not known.
    pub fn available(&self) -> Option<Money> {
        match self.now {
            Balance::Unknown => None,
            _ => {
                let nothing = Money::new(0, self.reserved.total().currency());
                Some(self.now.available().unwrap_or(nothing))
            }
        }
    }

    /// What stands below [`Balance::brief`]: how much is reserved, or where to read more.
    pub fn note(&self) -> String {
        match self.reserved.is_positive() {
            true => format!("{} reserved", self.reserved.total()),
            false => "See credit history".to_owned(),
        }
    }

    /// Says how much credit the member has, what it pays for, what is reserved, and what is left at
    /// former accounts.
    pub fn sentence(&self) -> String {
        let reserved = self.reserved.sentences().into_iter();
        let reserved = reserved.map(|sentence| format!(" {sentence}"));
        let former = self.former.iter().map(|credit| {
            format!(
                " {credit} is in a former payment account of this site and cannot be used here."
            )
        });
        let more: String = reserved.chain(former).collect();
        format!("{}{more}", self.now.sentence())
    }
}

/// The credit on a member's Stripe balance, or why it is not known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Balance {
    /// The member never earned a credit.
    Empty,
    /// The credit that Stripe answered; positive is in the member's favor.
    Credit(Money),
    /// The member owes this much: an invoice or a change by hand took more than there was.
    Debt(Money),
    /// Stripe does not answer; this is its last known answer.
    LastKnown(Money),
    /// Stripe does not answer and never has.
    Unknown,
    NotConnected,
}

impl Balance {
    /// The credit that can be used, as far as it is known; `None` if there is none.
    pub fn available(&self) -> Option<Money> {
        match self {
            Self::Credit(credit) | Self::LastKnown(credit) if credit.is_positive() => Some(*credit),
            _ => None,
        }
    }

    /// What the member owes.
    pub fn owed(&self) -> Option<Money> {
        match self {
            Self::Debt(owed) => Some(*owed),
            _ => None,
        }
    }

    /// How much credit there is, in a word: `$10.00`.
    pub fn brief(&self) -> String {
        match self {
            Self::Credit(credit) | Self::LastKnown(credit) if credit.is_positive() => {
                credit.to_string()
            }
            Self::Debt(owed) => format!("You owe {owed}"),
            Self::Empty | Self::Credit(_) | Self::LastKnown(_) | Self::NotConnected => {
                "None".to_owned()
            }
            Self::Unknown => "Not known right now".to_owned(),
        }
    }

    /// Says how much credit the member has and what it pays for. Stripe applies a customer balance to
    /// invoices, and only a membership makes invoices (Stripe, "Customer credit balance"); the buyer
    /// of anything else chooses to use it.
    pub fn sentence(&self) -> String {
        const WHEN_BUYING: &str = "For tickets, courses and shop items, use it when you buy.";
        let pays =
            format!("It comes off your next membership payment automatically. {WHEN_BUYING}");
        let unsure = "We cannot check right now, so this may have changed.";
        match self {
            Self::Credit(credit) if credit.is_positive() => {
                format!("Your credit: {credit}. {pays}")
            }
            Self::LastKnown(credit) if credit.is_positive() => {
                format!("Your credit when we last checked: {credit}. {unsure} {pays}")
            }
            Self::Empty | Self::Credit(_) => format!(
                "You have no credit right now. Credit that you earn comes off your next membership \
                 payment automatically. {WHEN_BUYING}"
            ),
            Self::Debt(owed) => format!(
                "You have no credit. You owe {owed}, which is added to your next membership \
                 payment."
            ),
            Self::LastKnown(_) => format!("You had no credit when we last checked. {unsure}"),
            Self::Unknown => {
                "Your credit cannot be shown right now. Try again in a minute.".to_owned()
            }
            Self::NotConnected => "Online payment is not set up here yet, so credit cannot be \
                used. Your referrals are still recorded."
                .to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{credit::ReservedFor, money::Currency};

    use super::*;

    const TEN: Money = Money::new(1000, Currency::Usd);
    const NOTHING: Money = Money::new(0, Currency::Usd);

    #[test]
    fn only_what_is_there_can_be_used() {
        for (balance, available, brief) in [
            (Balance::Credit(TEN), Some(TEN), "$10.00"),
            (Balance::LastKnown(TEN), Some(TEN), "$10.00"),
            (Balance::LastKnown(NOTHING), None, "None"),
            (Balance::Debt(TEN), None, "You owe $10.00"),
            (Balance::Empty, None, "None"),
            (Balance::Unknown, None, "Not known right now"),
            (Balance::NotConnected, None, "None"),
        ] {
            assert_eq!(balance.available(), available, "{balance:?}");
            assert_eq!(balance.brief(), brief, "{balance:?}");
        }
        let owed = Balance::Debt(TEN).sentence();
        assert!(owed.contains("You owe $10.00"), "{owed}");
    }

    #[test]
    fn a_credit_says_what_it_pays_and_what_it_does_not() {
        assert_eq!(
            Balance::Credit(TEN).sentence(),
            "Your credit: $10.00. It comes off your next membership payment automatically. For \
             tickets, courses and shop items, use it when you buy."
        );
    }

    #[test]
    fn an_old_amount_is_called_old() {
        let sentence = Balance::LastKnown(TEN).sentence();
        assert!(sentence.starts_with("Your credit when we last checked: $10.00."));
        assert!(sentence.contains("may have changed"));
        assert!(
            Balance::LastKnown(NOTHING)
                .sentence()
                .contains("may have changed")
        );
    }

    #[test]
    fn no_balance_promises_more_than_stripe_does() {
        let balances = [
            Balance::Empty,
            Balance::Credit(TEN),
            Balance::Credit(NOTHING),
            Balance::LastKnown(TEN),
        ];
        for balance in balances {
            let sentence = balance.sentence();
            assert!(sentence.contains("next membership payment"), "{sentence}");
            assert!(
                sentence.contains("For tickets, courses and shop items, use it when you buy"),
                "{sentence}"
            );
        }
        assert!(!Balance::NotConnected.sentence().contains("automatically"));
    }

    #[test]
    fn credit_at_a_former_account_is_told() {
        let balance = |now, former| {
            let reserved = Reserved::nothing(Currency::Usd);
            MemberBalance {
                now,
                former,
                reserved,
            }
            .sentence()
        };
        let moved = balance(Balance::Empty, vec![TEN]);
        assert!(moved.starts_with("You have no credit right now."));
        assert!(moved.ends_with(
            " $10.00 is in a former payment account of this site and cannot be used here."
        ));
        let nothing = balance(Balance::Credit(TEN), Vec::new());
        assert_eq!(nothing, Balance::Credit(TEN).sentence());
    }

    #[test]
    fn what_is_reserved_is_told_beside_what_can_be_used() {
        let mut balance = MemberBalance {
            now: Balance::Empty,
            former: Vec::new(),
            reserved: Reserved::nothing(Currency::Usd),
        };
        assert_eq!(balance.note(), "See credit history");
        balance.reserved.add(ReservedFor::Unpaid, TEN);
        assert_eq!(balance.available(), Some(NOTHING));
        assert_eq!(balance.note(), "$10.00 reserved");
        let sentence = balance.sentence();
        assert!(
            sentence.contains(" $10.00 is reserved for a purchase"),
            "{sentence}"
        );
        for (now, available) in [
            (Balance::Credit(TEN), Some(TEN)),
            (Balance::Debt(TEN), Some(NOTHING)),
            (Balance::Unknown, None),
        ] {
            balance.now = now;
            assert_eq!(balance.available(), available);
        }
    }

    #[test]
    fn what_was_spent_is_no_credit() {
        assert!(
            Balance::Credit(NOTHING)
                .sentence()
                .starts_with("You have no credit right now.")
        );
    }
}
