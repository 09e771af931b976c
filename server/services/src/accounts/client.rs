//! The browser or app of a request, as far as it tells who may sit at it.

use std::net::IpAddr;

use domain::account::network_of_guesser;

/// The [`Client::name`] of what does not say what it is.
pub const UNKNOWN_BROWSER: &str = "Unknown browser";

/// Where a request comes from.
#[derive(Clone, Copy)]
pub struct Client<'a> {
    pub address: IpAddr,
    /// What a person calls it: `Firefox on Linux`.
    pub name: &'a str,
    /// The token that it keeps since somebody signed in there (`known_devices`), if it sent one.
    pub device_token: Option<&'a str>,
}

impl Client<'_> {
    /// The network, as people read it: `203.0.113.7`, or `2001:db8::/48`.
    pub fn network(self) -> String {
        match network_of_guesser(self.address) {
            IpAddr::V4(address) => address.to_string(),
            IpAddr::V6(network) => format!("{network}/48"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_is_what_one_line_has() {
        for (address, network) in [
            ("203.0.113.7", "203.0.113.7"),
            ("::ffff:203.0.113.7", "203.0.113.7"),
            ("2001:db8:1:2:3::4", "2001:db8:1::/48"),
        ] {
            let client = Client {
                address: address.parse().unwrap(),
                name: "Firefox on Linux",
                device_token: None,
            };
            assert_eq!(client.network(), network);
        }
    }
}
