//! The addresses that Stripe refuses.

use crate::error::StripeError;

const MAX_CHARACTERS: usize = 512;

/// Stands for the addresses that look right but that Stripe refuses all the same. Without it no
/// test could choose one.
const REFUSED_DOMAIN: &str = ".invalid-at-stripe.example";

/// Refuses an address that Stripe finds invalid.
pub fn check_email(email: Option<String>, param: &str) -> Result<(), StripeError> {
    match email {
        Some(email) if !is_valid(&email) => {
            let message = format!("Invalid email address: {email}");
            Err(StripeError::coded("email_invalid", message).at(param))
        }
        _ => Ok(()),
    }
}

fn is_valid(email: &str) -> bool {
    let Some((local, domain)) = email.split_once('@') else {
        return false;
    };
    let domain = domain.to_ascii_lowercase();
    !local.is_empty()
        && domain.contains('.')
        && domain.split('.').all(|label| !label.is_empty())
        && !domain.contains('@')
        && email.chars().all(|c| c.is_ascii_graphic())
        && email.len() <= MAX_CHARACTERS
        && !domain.ends_with(REFUSED_DOMAIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_well_formed_addresses_are_valid() {
        let long = |length: usize| format!("{}@example.com", "a".repeat(length - 12));
        for valid in [
            "a@b.cc",
            "A.b+c@sub.example.com",
            "'@x-y.example",
            &long(512),
        ] {
            assert!(is_valid(valid), "{valid}");
        }
        for invalid in [
            "",
            "nobody",
            "@example.com",
            "a@",
            "a@localhost",
            "a@b@example.com",
            "a@example..com",
            "a@.example.com",
            "a@example.com.",
            "a b@example.com",
            " a@example.com",
            "a@example.com\n",
            "é@example.com",
            "a@exämple.com",
            "a@shop.invalid-at-stripe.example",
            "a@shop.Invalid-At-Stripe.example",
            &long(513),
        ] {
            assert!(!is_valid(invalid), "{invalid}");
        }
    }
}
