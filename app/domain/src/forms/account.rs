//! Checks what a member changes of their own account.

use super::{FieldError, FieldErrorCode, person::read_new_address, read_name};
use crate::account::Email;

/// Reads the names that a member changes, trimmed: first and last. One that is `None` stays as it is.
///
/// # Errors
/// Returns all errors at once.
pub fn read_names(
    first: Option<&str>,
    last: Option<&str>,
) -> Result<(Option<String>, Option<String>), Vec<FieldError>> {
    let first = first.map(|first| read_name("first_name", first, "Enter your first name."));
    let last = last.map(|last| read_name("last_name", last, "Enter your last name."));
    match (first.transpose(), last.transpose()) {
        (Ok(first), Ok(last)) => Ok((first, last)),
        (first, last) => Err([first.err(), last.err()].into_iter().flatten().collect()),
    }
}

/// Reads the address that a member wants to have instead of `current`.
///
/// # Errors
/// Returns the error message of the field `email`.
pub fn read_new_email(typed: &str, current: &str) -> Result<Email, FieldError> {
    let email = read_new_address(typed, "Enter your new email address.")?;
    match email.as_str() == current {
        true => Err(FieldError::coded(
            FieldErrorCode::Unchanged,
            "email",
            "This is already your address.",
        )),
        false => Ok(email),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_names_are_checked_at_once() {
        let errors = read_names(Some(" "), Some("a\nb")).unwrap_err();
        let fields: Vec<_> = errors.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(fields, ["first_name", "last_name"]);
        let names = read_names(Some(" Mia "), None).unwrap();
        assert_eq!(names, (Some("Mia".to_owned()), None));
    }

    #[test]
    fn the_case_of_an_address_can_be_changed_and_nothing_else_is_the_same() {
        let read = |typed| read_new_email(typed, "mia@example.com");
        assert_eq!(read(" mia@example.com ").unwrap_err().field, "email");
        assert_eq!(read("Mia@example.com").unwrap().as_str(), "Mia@example.com");
        assert_eq!(
            read("").unwrap_err().message,
            "Enter your new email address."
        );
    }
}
