//! Checks a person's name and e-mail address, for members and platform referrers.

use super::{FieldError, FieldErrorCode as Code};
use crate::{account::Email, spelling::name_complaint};

/// The maximum number of characters in a name.
pub const NAME_MAX: usize = 80;

/// Reads a name and trims it; `missing` is the error message for an empty one.
///
/// # Errors
/// Returns the error message of `field`.
pub(crate) fn read_name(field: &str, typed: &str, missing: &str) -> Result<String, FieldError> {
    let name = typed.trim();
    let (code, complaint) = if name.is_empty() {
        (Code::Required, missing.to_owned())
    } else if name.chars().count() > NAME_MAX {
        let complaint = format!("Use at most {NAME_MAX} characters.");
        (Code::TooLong, complaint)
    } else if let Some(complaint) = name_complaint(name, false) {
        (Code::NotAllowed, complaint.to_owned())
    } else if holds_web_address(name) {
        let complaint = "Leave web addresses out of the name.".to_owned();
        (Code::NotAllowed, complaint)
    } else {
        return Ok(name.to_owned());
    };
    Err(FieldError::coded(code, field, complaint))
}

/// A mail begins with the name, and may go to a stranger's address: it must not lead anywhere.
fn holds_web_address(name: &str) -> bool {
    let name = name.to_lowercase();
    ["://", "www."].iter().any(|part| name.contains(part))
}

/// Reads the form **Billing address for Stripe**; `None` for an empty one, which means the address
/// that the member signs in with.
///
/// # Errors
/// Returns the error message of the field `billing_email`.
pub fn read_billing_email(typed: &str) -> Result<Option<Email>, FieldError> {
    if typed.trim().is_empty() {
        return Ok(None);
    }
    let read = read_email(typed, "");
    read.map(Some)
        .map_err(|error| FieldError::coded(error.code, "billing_email", error.message))
}

/// Reads the e-mail address of somebody who forgot their password.
///
/// # Errors
/// Returns the error message of the field `email`.
pub fn read_account_email(typed: &str) -> Result<Email, FieldError> {
    read_email(typed, "Enter your email address.")
}

/// Reads an e-mail address; `missing` is the error message for an empty one.
///
/// # Errors
/// Returns the error message of the field `email`.
pub(crate) fn read_email(typed: &str, missing: &str) -> Result<Email, FieldError> {
    let (code, complaint) = match Email::parse(typed) {
        Some(email) => return Ok(email),
        None if typed.trim().is_empty() => (Code::Required, missing),
        None => (
            Code::Malformed,
            "Enter an email address like name@example.com.",
        ),
    };
    Err(FieldError::coded(code, "email", complaint))
}

/// Like [`read_email`], for an address that an account gets. Accounts of before may have one with
/// invisible characters, and go on signing in with it.
///
/// # Errors
/// Returns the error message of the field `email`.
pub(crate) fn read_new_address(typed: &str, missing: &str) -> Result<Email, FieldError> {
    let email = read_email(typed, missing)?;
    match email.hides_something() {
        true => Err(FieldError::coded(
            Code::NotAllowed,
            "email",
            "Remove the invisible characters. Type the address, do not paste it.",
        )),
        false => Ok(email),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_there_to_be_read() {
        let read = |typed| read_name("first_name", typed, "Enter your first name.");
        assert_eq!(read(" Siobhán ").unwrap(), "Siobhán");
        for (typed, message) in [
            (
                "\u{200b}",
                "Remove the invisible characters. Type the name, do not paste it.",
            ),
            (
                "\u{3164}",
                "Remove the invisible characters. Type the name, do not paste it.",
            ),
            ("\u{2800}", "Use at least one letter."),
            (
                "Ann\u{202e}eoD",
                "Remove the invisible characters. Type the name, do not paste it.",
            ),
        ] {
            let error = read(typed).unwrap_err();
            assert_eq!(
                (error.field.as_str(), error.message.as_str()),
                ("first_name", message)
            );
            assert_eq!(error.code, Code::NotAllowed);
        }
        assert_eq!(read(" ").unwrap_err().code, Code::Required);
        let long = "a".repeat(NAME_MAX + 1);
        assert_eq!(read(&long).unwrap_err().code, Code::TooLong);
    }

    #[test]
    fn a_name_leads_nowhere() {
        for typed in ["https://evil.example", "Win at WWW.evil.example now"] {
            let error = read_name("first_name", typed, "").unwrap_err();
            assert_eq!(error.message, "Leave web addresses out of the name.");
        }
        for name in ["J.R.", "Dr. Who", "Wwwilma", "A/B"] {
            assert_eq!(read_name("first_name", name, "").unwrap(), name);
        }
    }

    #[test]
    fn an_empty_billing_address_is_the_one_of_the_account() {
        assert_eq!(read_billing_email("  ").unwrap(), None);
        let read = read_billing_email(" jane@example.com ").unwrap().unwrap();
        assert_eq!(read.as_str(), "jane@example.com");
        let error = read_billing_email("jane").unwrap_err();
        assert_eq!(
            (error.field.as_str(), error.code),
            ("billing_email", Code::Malformed)
        );
        assert_eq!(read_email("", "").unwrap_err().code, Code::Required);
        let hidden = read_new_address("ja\u{200b}ne@example.com", "").unwrap_err();
        assert_eq!(hidden.code, Code::Malformed);
    }
}
