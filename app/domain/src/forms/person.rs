//! Checks a person's name and e-mail address, for members and platform referrers.

use crate::{account::Email, forms::FieldError};

/// The maximum number of characters in a name.
pub const NAME_MAX: usize = 80;

/// Reads a name and trims it; `missing` is the error message for an empty one.
///
/// # Errors
/// Returns the error message of `field`.
pub(crate) fn read_name(field: &str, typed: &str, missing: &str) -> Result<String, FieldError> {
    let name = typed.trim();
    let complaint = if name.is_empty() {
        missing.to_owned()
    } else if name.chars().count() > NAME_MAX {
        format!("Use at most {NAME_MAX} characters.")
    } else if name.chars().any(char::is_control) {
        "Remove control characters and line breaks.".to_owned()
    } else {
        return Ok(name.to_owned());
    };
    Err(FieldError::new(field, complaint))
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
        .map_err(|error| FieldError::new("billing_email", error.message))
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
    let complaint = match Email::parse(typed) {
        Some(email) => return Ok(email),
        None if typed.trim().is_empty() => missing,
        None => "Enter an email address like name@example.com.",
    };
    Err(FieldError::new("email", complaint))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_billing_address_is_the_one_of_the_account() {
        assert_eq!(read_billing_email("  ").unwrap(), None);
        let read = read_billing_email(" jane@example.com ").unwrap().unwrap();
        assert_eq!(read.as_str(), "jane@example.com");
        let error = read_billing_email("jane").unwrap_err();
        assert_eq!(error.field, "billing_email");
    }
}
