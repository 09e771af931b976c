//! The terms of a program: how long a credit is on hold, which purchases of how many friends earn one, what a
//! refund of a part takes back, which credits a person looks at first, and which of several links counts.

use time::{Duration, OffsetDateTime};

use crate::{credit::ReviewFrom, money::Money, referral::AttributionModel, refund::PartialRefunds};

/// The terms that the admins of a program set. Those of the guide: no hold, any purchase, no cap, no review, the
/// first link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// How many days after its payment a credit is issued; 0 for at once.
    pub hold_days: i64,
    /// The least that is paid beside credit and balance for a purchase that counts; 0 for any.
    pub least: Money,
    /// `None` if a referrer may earn any number of credits.
    pub cap: Option<Cap>,
    /// For every refund from then on, whenever its purchase was paid.
    pub partial_refunds: PartialRefunds,
    /// From how many signs on a credit waits for a person; `None` if none does.
    pub review: Option<ReviewFrom>,
    /// Which link counts of those that one visitor clicked, from then on.
    pub attribution: AttributionModel,
}

impl Terms {
    /// What a friend does to earn a credit, within a sentence: "their first purchase of $25.00 or more".
    pub fn first_purchase(&self) -> String {
        match self.least.is_positive() {
            true => format!("their first purchase of {} or more", self.least),
            false => "their first purchase".to_owned(),
        }
    }

    /// What a referral earns its referrer now, as the card "Refer a Friend" says it.
    pub fn offer(&self, reward: Money) -> String {
        let first = self.first_purchase();
        let hold = match self.hold_days {
            0 => String::new(),
            1 => " You get it a day after they pay.".to_owned(),
            days => format!(" You get it {days} days after they pay."),
        };
        let cap = self.cap.map(|cap| format!(" {} count.", cap.sentence()));
        format!(
            "Share your link with a friend. When they make {first}, you earn {reward}.{hold}{}",
            cap.unwrap_or_default()
        )
    }
}

/// The most credits that one referrer earns in a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cap {
    pub credits: u64,
    pub period: CapPeriod,
}

/// The period of a [`Cap`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CapPeriod {
    /// The last 30 days.
    ThirtyDays,
    /// The calendar year, in the zone of the site where something was bought.
    CalendarYear,
}

impl CapPeriod {
    pub const ALL: [Self; 2] = [Self::ThirtyDays, Self::CalendarYear];

    /// The value in the database and in the form.
    pub fn code(self) -> &'static str {
        match self {
            Self::ThirtyDays => "thirty_days",
            Self::CalendarYear => "calendar_year",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|period| period.code() == code)
    }

    /// The label on pages, which ends a sentence: "At most 5 in 30 days".
    pub fn label(self) -> &'static str {
        match self {
            Self::ThirtyDays => "30 days",
            Self::CalendarYear => "a calendar year",
        }
    }

    /// When the period began that lasts `now`; `year_began` is the beginning of the calendar year.
    pub fn began(self, now: OffsetDateTime, year_began: OffsetDateTime) -> OffsetDateTime {
        match self {
            Self::ThirtyDays => now - Duration::days(30),
            Self::CalendarYear => year_began,
        }
    }
}

impl Cap {
    /// Whether a referrer who earned this many credits in the period earns no other one.
    pub fn is_reached(self, earned: u64) -> bool {
        earned >= self.credits
    }

    /// The sentence on pages: "At most 5 credits in 30 days".
    pub fn sentence(self) -> String {
        let credits = if self.credits == 1 {
            "credit"
        } else {
            "credits"
        };
        format!(
            "At most {} {credits} in {}",
            self.credits,
            self.period.label()
        )
    }
}

/// What the terms ask of a purchase, and what its referrer earned so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// [`Terms::least`].
    pub least: Money,
    /// The referrer earned as many credits as [`Terms::cap`] allows.
    pub cap_is_reached: bool,
    /// What was bought is a membership or a plan that ended before the hold did.
    pub ended_in_hold: bool,
}

impl Limits {
    /// Whether `paid`, beside credit and balance, is too little to earn a credit.
    pub fn is_below(self, paid: Money) -> bool {
        paid.cents() < self.least.cents()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::macros::datetime;

    use super::*;
    use crate::money::Currency;

    #[test]
    fn a_period_begins_when_it_says() {
        let (now, year) = (
            datetime!(2027-01-15 12:00 UTC),
            datetime!(2027-01-01 05:00 UTC),
        );
        let began = CapPeriod::ThirtyDays.began(now, year);
        assert_eq!(began, datetime!(2026-12-16 12:00 UTC));
        assert_eq!(CapPeriod::CalendarYear.began(now, year), year);
        for period in CapPeriod::ALL {
            assert_eq!(CapPeriod::parse(period.code()), Some(period));
        }
        assert_eq!(CapPeriod::parse("week"), None);
    }

    #[test]
    fn a_cap_is_told_in_words() {
        let cap = |credits, period| Cap { credits, period }.sentence();
        let one = cap(1, CapPeriod::ThirtyDays);
        assert_eq!(one, "At most 1 credit in 30 days");
        assert_eq!(
            cap(5, CapPeriod::CalendarYear),
            "At most 5 credits in a calendar year"
        );
    }

    #[test]
    fn the_card_says_what_is_asked_for() {
        let usd = |cents| Money::new(cents, Currency::Usd);
        let guide = Terms {
            hold_days: 0,
            least: usd(0),
            cap: None,
            partial_refunds: PartialRefunds::TakeNothing,
            review: None,
            attribution: AttributionModel::FirstClick,
        };
        assert_eq!(
            guide.offer(usd(1000)),
            "Share your link with a friend. When they make their first purchase, you earn $10.00."
        );
        let terms = Terms {
            hold_days: 14,
            least: usd(2500),
            cap: Some(Cap {
                credits: 5,
                period: CapPeriod::ThirtyDays,
            }),
            ..guide
        };
        assert_eq!(
            terms.offer(usd(1000)),
            "Share your link with a friend. When they make their first purchase of $25.00 or more, \
             you earn $10.00. You get it 14 days after they pay. At most 5 credits in 30 days count."
        );
        let day = Terms {
            hold_days: 1,
            ..guide
        };
        assert!(
            day.offer(usd(1))
                .ends_with("You get it a day after they pay.")
        );
    }

    proptest! {
        /// Of credits that are decided one after the other, as many are earned as the cap says.
        #[test]
        fn no_more_are_earned_than_the_cap_says(credits in 1_u64..50, friends in 0_u64..100) {
            let cap = Cap { credits, period: CapPeriod::ThirtyDays };
            let mut earned = 0;
            for _ in 0..friends {
                earned += u64::from(!cap.is_reached(earned));
            }
            prop_assert_eq!(earned, friends.min(credits));
        }

        #[test]
        fn a_purchase_counts_from_the_least_on(least in 0_i64..10_000, paid in 0_i64..10_000) {
            let usd = |cents| Money::new(cents, Currency::Usd);
            let limits = Limits {
                least: usd(least),
                cap_is_reached: false,
                ended_in_hold: false,
            };
            prop_assert_eq!(limits.is_below(usd(paid)), paid < least);
        }
    }
}
