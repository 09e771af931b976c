//! The placeholder of an account without an address: its owner took it back (`docs/rules.md` 65), or the
//! account was deleted (103).

/// Never delivered to (RFC 2606, 2).
const SUFFIX: &str = "@address.invalid";

/// What stands in the place of the address of the account with this random token.
pub fn released_address(token: &str) -> String {
    placeholder("released", token)
}

/// What stands in the place of the address of the deleted account with this random token.
pub fn deleted_address(token: &str) -> String {
    placeholder("deleted", token)
}

fn placeholder(why: &str, token: &str) -> String {
    let part: String = token.chars().take(16).collect();
    format!("{why}-{}{SUFFIX}", part.to_lowercase())
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
        let token = "9F8E7D6C5B4A39281706f5e4d3c2b1a0";
        for address in [released_address(token), deleted_address(token)] {
            let email = Email::parse(&address).unwrap();
            assert_eq!(
                (email.account(), email.key()),
                (address.clone(), address.clone())
            );
            assert!(is_released(&address) && !is_released("mia@example.com"));
            assert_ne!(address, released_address("another"));
            assert_eq!(shown_address(&address), "No address");
        }
        assert_eq!(shown_address("mia@example.com"), "mia@example.com");
    }
}
