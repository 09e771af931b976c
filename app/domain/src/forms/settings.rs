//! Checks the programs' settings that an admin types.

use crate::{
    credit::Program,
    forms::{FieldError, parse_cents},
    money::Currency,
};

/// The maximum number of days for which a referral is remembered; browsers keep no cookie longer.
pub const MEMORY_MAX_DAYS: i64 = 400;

/// One program's fields as typed; `None` if the field was not sent.
#[derive(Clone, Copy, Debug, Default)]
pub struct TypedSettings<'a> {
    /// The credit for one referral in cents.
    pub credit: Option<&'a str>,
    /// `Currency::code`. The platform program has no such field, because its credits are in US
    /// dollars.
    pub currency: Option<&'a str>,
    pub memory_days: Option<&'a str>,
    /// The credit in cents that was confirmed as meant; empty if none was.
    pub confirmed: &'a str,
}

/// The settings to change; `None` leaves a setting unchanged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SettingsChange {
    /// The credit for one referral in cents; 0 turns the program off.
    pub credit_cents: Option<i64>,
    /// The currency that the site trades in.
    pub currency: Option<Currency>,
    /// How many days a referral is remembered beyond the session; 0 ends it with the browser
    /// session.
    pub memory_days: Option<i64>,
    /// The credit in cents that was confirmed as meant (`docs/rules.md` 222).
    pub confirmed_cents: Option<i64>,
}

impl TypedSettings<'_> {
    /// Whether any field was sent.
    pub fn is_sent(&self) -> bool {
        self.credit.is_some() || self.currency.is_some() || self.memory_days.is_some()
    }

    /// Checks the fields of `program`'s part of the form.
    ///
    /// # Errors
    /// Returns all errors at once, in the order of the form.
    pub fn read(&self, program: Program) -> Result<SettingsChange, Vec<FieldError>> {
        let (credit, memory_days) = match program {
            Program::Tenant => ("tenant_credit", "memory_days"),
            Program::Platform => ("platform_credit", "platform_memory_days"),
        };
        let mut errors = Vec::new();
        let change = SettingsChange {
            credit_cents: self.credit.and_then(|typed| {
                let cents = parse_cents(typed);
                keep(
                    cents.map_err(|error| error.to_string()),
                    credit,
                    &mut errors,
                )
            }),
            currency: self.currency.and_then(|typed| {
                let currency = Currency::parse(typed.trim());
                let currency = currency.ok_or_else(|| "Choose one of the currencies.".to_owned());
                keep(currency, "currency", &mut errors)
            }),
            memory_days: self
                .memory_days
                .and_then(|typed| keep(days(typed), memory_days, &mut errors)),
            confirmed_cents: self.confirmed.trim().parse().ok(),
        };
        if errors.is_empty() {
            Ok(change)
        } else {
            Err(errors)
        }
    }
}

/// What a site did in its currency so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CurrencyUse {
    /// Something was sold, or a credit was decided.
    pub traded: bool,
    /// The lowest price of a product in cents that is not free.
    pub least_price: Option<i64>,
}

/// Whether a site that trades in `now` may trade in `asked` from now on. It may until it has sold or
/// credited anything (`docs/rules.md` 46); its products then keep their numbers, which must be at
/// least what Stripe charges.
///
/// # Errors
/// The sentence beside the field says why not.
pub fn may_trade_in(now: Currency, asked: Currency, in_use: CurrencyUse) -> Result<(), FieldError> {
    if now == asked {
        return Ok(());
    }
    let code = |currency: Currency| currency.code().to_uppercase();
    let message = if in_use.traded {
        format!(
            "This site has sold or credited in {0}, so it stays with {0}.",
            code(now)
        )
    } else if in_use
        .least_price
        .is_some_and(|price| price < asked.least_charge().cents())
    {
        format!(
            "A product costs less than {}, the least that Stripe charges. Change its price first.",
            asked.least_charge()
        )
    } else {
        return Ok(());
    };
    Err(FieldError::new("currency", message))
}

fn days(typed: &str) -> Result<i64, String> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Ok(0);
    }
    let digits = typed.bytes().all(|byte| byte.is_ascii_digit());
    let days = typed.parse().ok().filter(|days| *days <= MEMORY_MAX_DAYS);
    days.filter(|_| digits)
        .ok_or_else(|| format!("Enter a whole number of days, from 0 to {MEMORY_MAX_DAYS}."))
}

fn keep<T>(read: Result<T, String>, field: &str, errors: &mut Vec<FieldError>) -> Option<T> {
    read.map_err(|message| errors.push(FieldError::new(field, message)))
        .ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn memory(typed: &str) -> Result<SettingsChange, Vec<FieldError>> {
        let typed = TypedSettings {
            memory_days: Some(typed),
            ..TypedSettings::default()
        };
        typed.read(Program::Tenant)
    }

    #[test]
    fn what_was_not_sent_changes_nothing() {
        let nothing = TypedSettings::default();
        assert!(!nothing.is_sent());
        assert_eq!(nothing.read(Program::Tenant), Ok(SettingsChange::default()));
    }

    #[test]
    fn an_empty_amount_switches_the_program_off() {
        let typed = TypedSettings {
            credit: Some(""),
            ..TypedSettings::default()
        };
        let change = typed.read(Program::Platform).unwrap();
        assert_eq!(change.credit_cents, Some(0));
    }

    #[test]
    fn an_amount_is_confirmed_by_its_cents() {
        let confirmed = |confirmed| {
            let typed = TypedSettings {
                confirmed,
                ..TypedSettings::default()
            };
            typed.read(Program::Tenant).unwrap().confirmed_cents
        };
        assert_eq!(confirmed(" 60000 "), Some(60_000));
        for nothing in ["", "on", "$600"] {
            assert_eq!(confirmed(nothing), None, "{nothing:?}");
        }
    }

    #[test]
    fn every_complaint_stands_beside_its_field_at_once() {
        let typed = TypedSettings {
            credit: Some("$10"),
            currency: Some("doubloons"),
            memory_days: Some("401"),
            confirmed: "",
        };
        let fields = |program| -> Vec<_> {
            let errors = typed.read(program).unwrap_err();
            errors.into_iter().map(|error| error.field).collect()
        };
        assert_eq!(
            fields(Program::Tenant),
            ["tenant_credit", "currency", "memory_days"]
        );
        assert_eq!(
            fields(Program::Platform),
            ["platform_credit", "currency", "platform_memory_days"]
        );
    }

    #[test]
    fn a_currency_is_fixed_by_the_first_sale_or_credit() {
        let (usd, gbp) = (Currency::Usd, Currency::Gbp);
        let unused = CurrencyUse::default();
        let traded = CurrencyUse {
            traded: true,
            ..unused
        };
        assert_eq!(may_trade_in(usd, gbp, unused), Ok(()));
        assert_eq!(may_trade_in(usd, usd, traded), Ok(()));
        let why = may_trade_in(usd, gbp, traded).unwrap_err();
        assert_eq!(why.field, "currency");
        assert_eq!(
            why.message,
            "This site has sold or credited in USD, so it stays with USD."
        );
        let cheap = |cents| CurrencyUse {
            least_price: Some(cents),
            ..unused
        };
        assert_eq!(may_trade_in(usd, gbp, cheap(30)), Ok(()));
        let why = may_trade_in(gbp, usd, cheap(30)).unwrap_err();
        assert!(why.message.contains("$0.50"), "{}", why.message);
        assert_eq!(may_trade_in(gbp, usd, cheap(50)), Ok(()));
    }

    #[test]
    fn days_are_whole_and_bounded() {
        for (typed, days) in [("", 0), ("0", 0), (" 30 ", 30), ("400", 400)] {
            assert_eq!(memory(typed).unwrap().memory_days, Some(days), "{typed:?}");
        }
        for typed in [
            "401",
            "-1",
            "+1",
            "1.5",
            "1e2",
            "many",
            "9223372036854775808",
        ] {
            assert!(memory(typed).is_err(), "{typed:?}");
        }
    }

    proptest! {
        #[test]
        fn nothing_that_a_person_types_breaks_it(typed in "\\PC*") {
            if let Ok(change) = memory(&typed) {
                prop_assert!((0..=MEMORY_MAX_DAYS).contains(&change.memory_days.unwrap()));
            }
        }
    }
}
