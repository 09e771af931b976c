//! Checks the terms of a program that an admin types.

use super::{FieldError, parse_cents};
use crate::{
    credit::{Cap, CapPeriod, HOLD_MAX_DAYS, ReviewFrom, Terms},
    money::{Currency, Money},
    referral::AttributionModel,
    refund::PartialRefunds,
};

/// The largest cap; more is no cap.
const CAP_MAX: u64 = 1_000_000;

/// The fields as typed.
#[derive(Clone, Copy, Debug, Default)]
pub struct TypedTerms<'a> {
    /// Days; empty for none.
    pub hold_days: &'a str,
    /// Cents; empty for any purchase.
    pub least_purchase: &'a str,
    /// A number of credits; empty for no cap.
    pub cap_credits: &'a str,
    /// `CapPeriod::code`; it matters with a cap alone.
    pub cap_period: &'a str,
    /// `on` where a refund of a part takes back its share.
    pub partial_refunds: &'a str,
    /// `ReviewFrom::code`; empty for no review.
    pub review: &'a str,
    /// `AttributionModel::code`; empty for the guide's.
    pub attribution: &'a str,
}

impl TypedTerms<'_> {
    /// Reads the terms of a program that trades in `currency`.
    ///
    /// # Errors
    /// Returns all errors at once, in the order of the form.
    pub fn read(&self, currency: Currency) -> Result<Terms, Vec<FieldError>> {
        let mut errors = Vec::new();
        let mut wrong = |field: &str, message: String| errors.push(FieldError::new(field, message));
        let days = whole(self.hold_days).filter(|days| *days <= HOLD_MAX_DAYS.unsigned_abs());
        let days = days.and_then(|days| i64::try_from(days).ok());
        if days.is_none() {
            let message = format!("Enter a whole number of days, from 0 to {HOLD_MAX_DAYS}.");
            wrong("hold_days", message);
        }
        let least = parse_cents(self.least_purchase);
        if let Err(error) = least {
            wrong("least_purchase", error.to_string());
        }
        let credits = whole(self.cap_credits).filter(|credits| *credits <= CAP_MAX);
        let none = self.cap_credits.trim().is_empty();
        let credits = credits.filter(|credits| none || *credits > 0);
        if credits.is_none() {
            let message = "Enter a whole number of credits from 1 on, or nothing for no cap.";
            wrong("cap_credits", message.to_owned());
        }
        let period = CapPeriod::parse(self.cap_period.trim());
        if !none && period.is_none() {
            wrong("cap_period", "Choose a period.".to_owned());
        }
        let review = ReviewFrom::parse(self.review.trim());
        if review.is_none() && !self.review.trim().is_empty() {
            wrong("review", "Choose how many signs start a review.".to_owned());
        }
        let attribution = match self.attribution.trim() {
            "" => Some(AttributionModel::default()),
            code => AttributionModel::parse(code),
        };
        if attribution.is_none() {
            wrong("attribution", "Choose which link counts.".to_owned());
        }
        match (days, least, credits, attribution) {
            (Some(hold_days), Ok(least), Some(credits), Some(attribution)) if errors.is_empty() => {
                Ok(Terms {
                    hold_days,
                    least: Money::new(least, currency),
                    cap: period
                        .filter(|_| !none)
                        .map(|period| Cap { credits, period }),
                    partial_refunds: PartialRefunds::of_setting(self.partial_refunds == "on"),
                    review,
                    attribution,
                })
            }
            _ => Err(errors),
        }
    }
}

/// A whole number; 0 for nothing.
pub(super) fn whole(typed: &str) -> Option<u64> {
    let typed = typed.trim();
    let digits = typed.bytes().all(|byte| byte.is_ascii_digit());
    match typed {
        "" => Some(0),
        _ => typed.parse().ok().filter(|_| digits),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOTHING: TypedTerms<'_> = TypedTerms {
        hold_days: "",
        least_purchase: "",
        cap_credits: "",
        cap_period: "",
        partial_refunds: "",
        review: "",
        attribution: "",
    };

    #[test]
    fn an_empty_form_is_the_guide() {
        let guide = Terms {
            hold_days: 0,
            least: Money::new(0, Currency::Usd),
            cap: None,
            partial_refunds: PartialRefunds::TakeNothing,
            review: None,
            attribution: AttributionModel::FirstClick,
        };
        assert_eq!(NOTHING.read(Currency::Usd), Ok(guide));
        let period = TypedTerms {
            cap_period: "calendar_year",
            ..NOTHING
        };
        assert_eq!(period.read(Currency::Usd), Ok(guide), "without a cap");
    }

    #[test]
    fn what_is_typed_is_read() {
        let typed = TypedTerms {
            hold_days: " 14 ",
            least_purchase: "2500",
            cap_credits: "5",
            cap_period: "thirty_days",
            partial_refunds: "on",
            review: "two_signs",
            attribution: "last_click",
        };
        let terms = Terms {
            hold_days: 14,
            least: Money::new(2500, Currency::Cad),
            cap: Some(Cap {
                credits: 5,
                period: CapPeriod::ThirtyDays,
            }),
            partial_refunds: PartialRefunds::TakeTheirShare,
            review: Some(ReviewFrom::TwoSigns),
            attribution: AttributionModel::LastClick,
        };
        assert_eq!(typed.read(Currency::Cad), Ok(terms));
    }

    #[test]
    fn every_complaint_stands_beside_its_field_at_once() {
        for (days, least, credits) in [
            ("91", "-1", "0"),
            ("-1", "1.50", "-5"),
            ("1.5", "$25", "1e9"),
            ("+7", "99999999999", "1000001"),
            ("many", "٣", "9223372036854775808"),
        ] {
            let typed = TypedTerms {
                hold_days: days,
                least_purchase: least,
                cap_credits: credits,
                cap_period: "week",
                review: "often",
                attribution: "linear",
                ..NOTHING
            };
            let errors = typed.read(Currency::Usd).unwrap_err();
            let fields: Vec<_> = errors.iter().map(|error| error.field.as_str()).collect();
            assert_eq!(
                fields,
                [
                    "hold_days",
                    "least_purchase",
                    "cap_credits",
                    "cap_period",
                    "review",
                    "attribution"
                ],
                "{days} {least} {credits}"
            );
        }
    }

    proptest! {
        #[test]
        fn nothing_that_a_person_types_breaks_it(
            days in "\\PC*", least in "\\PC*", credits in "\\PC*", period in "\\PC*"
        ) {
            let typed = TypedTerms {
                hold_days: &days,
                least_purchase: &least,
                cap_credits: &credits,
                cap_period: &period,
                ..NOTHING
            };
            if let Ok(terms) = typed.read(Currency::Usd) {
                prop_assert!((0..=HOLD_MAX_DAYS).contains(&terms.hold_days));
                prop_assert!(terms.least.cents() >= 0);
                prop_assert!(terms.cap.is_none_or(|cap| cap.credits > 0));
            }
        }
    }
}
