//! Checks a registration and reports all its errors at once.

use time::Date;

use super::{
    birth::read_date_of_birth,
    person::{read_name, read_new_address},
    registration_form::RegistrationForm,
};
use crate::{
    account::Email,
    forms::{FieldError, FieldErrorCode as Code},
    spelling::normalized_password,
};

/// The minimum number of characters in a password (NIST SP 800-63B requires at least 8).
pub const PASSWORD_MIN: usize = 8;
/// The maximum number of characters in a password. Longer ones only give an attacker a way to load
/// the server with hashing.
pub const PASSWORD_MAX: usize = 256;
/// A password is refused if an attacker who knows the form's other fields finds it within this many
/// guesses. The rate limiter allows one account 4,325 guesses a day from one network and 21,700
/// from all networks together, so an accepted password withstands three weeks of guessing from one
/// network and four days from many.
pub const PASSWORD_GUESSES: u64 = 100_000;

/// A checked registration.
#[derive(Clone, PartialEq, Eq)]
pub struct NewMember {
    pub email: Email,
    /// Trimmed.
    pub first_name: String,
    /// Trimmed.
    pub last_name: String,
    /// Years in the past.
    pub date_of_birth: Date,
    /// In clear text, until it is hashed.
    pub password: String,
}

/// Checks every field, of the password its length alone; `today` is the current day in UTC, and the
/// site asks for `minimum_age` years.
///
/// # Errors
/// Returns all errors at once, in the order of the form.
pub fn validate_registration(
    form: &RegistrationForm,
    today: Date,
    minimum_age: Option<i64>,
) -> Result<NewMember, Vec<FieldError>> {
    let mut errors = Vec::new();
    let first_name = read_name("first_name", &form.first_name, "Enter your first name.");
    let first_name = take(first_name, &mut errors);
    let last_name = read_name("last_name", &form.last_name, "Enter your last name.");
    let last_name = take(last_name, &mut errors);
    let email = read_new_address(&form.email, "Enter your email address.");
    let email = take(email, &mut errors);
    let date_of_birth = read_date_of_birth(&form.date_of_birth, today, minimum_age);
    let date_of_birth = take(date_of_birth, &mut errors);
    errors.extend(password_complaint(&form.password));
    match (first_name, last_name, email, date_of_birth) {
        (Some(first_name), Some(last_name), Some(email), Some(date_of_birth))
            if errors.is_empty() =>
        {
            Ok(NewMember {
                email,
                first_name,
                last_name,
                date_of_birth,
                password: form.password.clone(),
            })
        }
        _ => Err(errors),
    }
}

/// Returns the value, or adds the error to `errors`.
fn take<T>(read: Result<T, FieldError>, errors: &mut Vec<FieldError>) -> Option<T> {
    read.map_err(|error| errors.push(error)).ok()
}

/// The error message for a password that is too short or too long, counted as it is hashed.
pub fn password_complaint(typed: &str) -> Option<FieldError> {
    let length = normalized_password(typed).chars().count();
    let (code, message) = if typed.is_empty() {
        let message = format!("Use at least {PASSWORD_MIN} characters.");
        (Code::Required, message)
    } else if length < PASSWORD_MIN {
        let message = format!("Use at least {PASSWORD_MIN} characters.");
        (Code::TooShort, message)
    } else if length > PASSWORD_MAX {
        let message = format!("Use at most {PASSWORD_MAX} characters.");
        (Code::TooLong, message)
    } else {
        return None;
    };
    Some(FieldError::coded(code, "password", message))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::macros::date;

    use super::*;

    const TODAY: Date = date!(2026 - 11 - 22);

    fn jane() -> RegistrationForm {
        RegistrationForm {
            email: "friend@example.com".into(),
            password: "securepassword".into(),
            first_name: " Jane ".into(),
            last_name: "Doe".into(),
            date_of_birth: "1990-01-15".into(),
        }
    }

    fn fields(form: &RegistrationForm) -> Vec<String> {
        let errors = validate_registration(form, TODAY, None)
            .err()
            .unwrap_or_default();
        errors.into_iter().map(|error| error.field).collect()
    }

    #[test]
    fn the_guides_example_is_taken() {
        let member = validate_registration(&jane(), TODAY, None).ok().unwrap();
        assert_eq!(member.first_name, "Jane");
        assert_eq!(member.date_of_birth, date!(1990 - 01 - 15));
    }

    #[test]
    fn each_mistake_has_a_code() {
        let codes = |form: &RegistrationForm| -> Vec<_> {
            let errors = validate_registration(form, TODAY, Some(18)).err();
            let errors = errors.unwrap_or_default().into_iter();
            errors.map(|error| error.code.code()).collect()
        };
        assert_eq!(codes(&RegistrationForm::default()), ["required"; 5]);
        let wrong = RegistrationForm {
            email: "friend".into(),
            password: "short".into(),
            first_name: "J".repeat(81),
            last_name: "www.example.com".into(),
            date_of_birth: "2026-02-30".into(),
        };
        assert_eq!(
            codes(&wrong),
            [
                "too_long",
                "not_allowed",
                "malformed",
                "malformed",
                "too_short"
            ]
        );
        let young = RegistrationForm {
            date_of_birth: "2015-01-01".into(),
            ..jane()
        };
        assert_eq!(codes(&young), ["too_young"]);
    }

    #[test]
    fn everything_wrong_is_said_at_once() {
        assert_eq!(
            fields(&RegistrationForm::default()),
            [
                "first_name",
                "last_name",
                "email",
                "date_of_birth",
                "password"
            ]
        );
    }

    #[test]
    fn dates_must_exist_and_lie_in_the_past() {
        for typed in [
            "",
            "1990-02-30",
            "2026-11-22",
            "2026-11-20",
            "2999-01-01",
            "0001-01-01",
            "15.01.1990",
            "x",
        ] {
            assert_eq!(
                fields(&RegistrationForm {
                    date_of_birth: typed.into(),
                    ..jane()
                }),
                ["date_of_birth"],
                "{typed}"
            );
        }
    }

    #[test]
    fn names_have_a_bound_and_no_control_characters() {
        let long = "x".repeat(10_240);
        for typed in ["", "   ", "a\0b", "\u{200b}", "Ann\u{202e}eoD", &long] {
            assert_eq!(
                fields(&RegistrationForm {
                    first_name: typed.into(),
                    ..jane()
                }),
                ["first_name"]
            );
        }
        assert!(
            fields(&RegistrationForm {
                last_name: "Müller-Łukasik".into(),
                ..jane()
            })
            .is_empty()
        );
    }

    #[test]
    fn passwords_have_two_bounds() {
        for (length, taken) in [
            (7, false),
            (8, true),
            (256, true),
            (257, false),
            (1000, false),
        ] {
            let form = RegistrationForm {
                password: "ä".repeat(length),
                ..jane()
            };
            assert_eq!(fields(&form).is_empty(), taken, "{length}");
        }
        // An accent of its own is no character of its own.
        let decomposed = RegistrationForm {
            password: "a\u{308}".repeat(7),
            ..jane()
        };
        assert_eq!(fields(&decomposed), ["password"]);
    }

    #[test]
    fn an_address_with_invisible_characters_is_refused() {
        let hidden = RegistrationForm {
            email: "fri\u{200b}end@example.com".into(),
            ..jane()
        };
        assert_eq!(fields(&hidden), ["email"]);
    }

    proptest! {
        #[test]
        fn nothing_typed_breaks_it(first in "\\PC*", date in "\\PC{0,20}", email in "\\PC*", password in "\\PC*") {
            let form = RegistrationForm { first_name: first, date_of_birth: date, email, password, ..jane() };
            if let Ok(member) = validate_registration(&form, TODAY, None) {
                prop_assert!(member.date_of_birth < TODAY);
            }
        }
    }
}
