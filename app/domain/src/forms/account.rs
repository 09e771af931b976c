//! Checks what a member changes of their own account.

use super::{FieldError, person::read_new_address, read_name};
use crate::account::Email;

/// Reads a changed name, trimmed: first and last.
///
/// # Errors
/// Returns all errors at once.
pub fn read_names(first: &str, last: &str) -> Result<(String, String), Vec<FieldError>> {
    let first = read_name("first_name", first, "Enter your first name.");
    let last = read_name("last_name", last, "Enter your last name.");
    match (first, last) {
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
        true => Err(FieldError::new("email", "This is your address already.")),
        false => Ok(email),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_names_are_checked_at_once() {
        let errors = read_names(" ", "a\nb").unwrap_err();
        let fields: Vec<_> = errors.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(fields, ["first_name", "last_name"]);
        let names = read_names(" Mia ", "Stone").unwrap();
        assert_eq!(names, ("Mia".to_owned(), "Stone".to_owned()));
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
