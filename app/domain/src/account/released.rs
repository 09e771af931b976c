//! The placeholder of an account whose address its owner took back (`docs/rules.md` 65).

/// Never delivered to (RFC 2606, 2).
const SUFFIX: &str = "@address.invalid";

/// What stands in the place of the address of the account with this random token.
pub fn released_address(token: &str) -> String {
    let part: String = token.chars().take(16).collect();
    format!("released-{}{SUFFIX}", part.to_lowercase())
}

/// Whether this is such a placeholder, so that nobody is reached at it.
pub fn is_released(address: &str) -> bool {
    address.ends_with(SUFFIX)
}

/// The address as people read it.
pub fn shown_address(address: &str) -> &str {
    match is_released(address) {
        true => "No address",
        false => address,
    }
}

#[cfg(all(test, feature = "server"))]
mod tests {
    use super::*;
    use crate::account::Email;

    #[test]
    fn a_placeholder_reads_as_an_address_and_is_recognized() {
        let address = released_address("9F8E7D6C5B4A39281706f5e4d3c2b1a0");
        let email = Email::parse(&address).unwrap();
        assert_eq!(
            (email.account(), email.key()),
            (address.clone(), address.clone())
        );
        assert!(is_released(&address) && !is_released("mia@example.com"));
        assert_ne!(address, released_address("another"));
        assert_eq!(shown_address(&address), "No address");
        assert_eq!(shown_address("mia@example.com"), "mia@example.com");
    }
}
