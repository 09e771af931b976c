//! Finds the visitor's address: the peer's, or the one that a trusted proxy names.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use anyhow::anyhow;
use axum::{
    extract::{ConnectInfo, Request},
    http::HeaderMap,
};
use ipnet::IpNet;

/// Only this header counts: a proxy that sets it passes other headers on as the visitor wrote them.
const FORWARDED: &str = "x-forwarded-for";

/// The proxies that are trusted to name the visitor's address.
#[derive(Clone, Debug)]
pub struct Proxies(Vec<IpNet>);

impl Proxies {
    /// Reads addresses and networks: `10.0.0.5`, `10.0.0.0/8`.
    ///
    /// # Errors
    /// If a text is neither.
    pub fn new(trusted: &[String]) -> anyhow::Result<Self> {
        let trusted = trusted.iter().map(|text| text.trim());
        let proxies = trusted.filter(|text| !text.is_empty()).map(|text| {
            let address = text.parse::<IpAddr>().map(IpNet::from);
            address.or_else(|_| text.parse()).map_err(|_| {
                anyhow!("TRUSTED_PROXIES: `{text}` is not an address like 10.0.0.5 or 10.0.0.0/8")
            })
        });
        proxies.collect::<anyhow::Result<_>>().map(Self)
    }

    /// The visitor's address. Anybody can write the header, so it is read only if a trusted proxy
    /// sent the request, and only from its end to the first address that is not a trusted proxy's.
    pub fn address_of(&self, request: &Request) -> IpAddr {
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
        let peer = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.0.ip());
        let mut visitor = peer.to_canonical();
        let mut named = named_last_first(request.headers());
        while self.trusts(visitor) {
            let Some(before) = named.next().flatten() else {
                break;
            };
            visitor = before;
        }
        visitor
    }

    /// Whether `address` is a trusted proxy's.
    pub fn trusts(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }
}

/// The addresses in the headers, the last one first; `None` for a text that is not an address.
fn named_last_first(headers: &HeaderMap) -> impl Iterator<Item = Option<IpAddr>> {
    let lines = headers.get_all(FORWARDED).into_iter().rev();
    lines.flat_map(|line| {
        let names = line.to_str().unwrap_or_default().rsplit(',');
        names.map(|name| read(name.trim())).collect::<Vec<_>>()
    })
}

/// Reads an address, with a port or without: some proxies write `198.51.100.1:4711` or
/// `[2001:db8::7]:4711`.
fn read(name: &str) -> Option<IpAddr> {
    let address = name.parse::<IpAddr>();
    let with_port = || name.parse::<SocketAddr>().map(|named| named.ip());
    let address = address.or_else(|_| with_port()).ok()?;
    Some(address.to_canonical())
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    fn address(peer: &str, headers: &[(&str, &str)]) -> String {
        let proxies = Proxies::new(&["10.0.0.0/8".to_owned(), "192.0.2.1".to_owned()]).unwrap();
        let mut request = Request::new(Body::empty());
        let peer: IpAddr = peer.parse().unwrap();
        let peer = ConnectInfo(SocketAddr::from((peer, 4000)));
        request.extensions_mut().insert(peer);
        for (name, value) in headers {
            let name: axum::http::HeaderName = name.parse().unwrap();
            request.headers_mut().append(name, value.parse().unwrap());
        }
        proxies.address_of(&request).to_string()
    }

    #[test]
    fn a_stranger_names_nobody() {
        for header in ["x-forwarded-for", "forwarded", "x-real-ip"] {
            assert_eq!(
                address("203.0.113.9", &[(header, "198.51.100.1")]),
                "203.0.113.9"
            );
        }
    }

    #[test]
    fn a_trusted_proxy_names_the_last_who_is_none() {
        for (forwarded, named) in [
            ("198.51.100.1", "198.51.100.1"),
            ("1.1.1.1, 198.51.100.1", "198.51.100.1"),
            ("198.51.100.1, 10.3.2.1", "198.51.100.1"),
            ("2001:db8::7", "2001:db8::7"),
            ("[2001:db8::7]:4711", "2001:db8::7"),
            ("198.51.100.1:4711", "198.51.100.1"),
            ("198.51.100.1, nobody, 10.3.2.1", "10.3.2.1"),
        ] {
            let headers = [("x-forwarded-for", forwarded)];
            assert_eq!(address("10.0.0.5", &headers), named, "{forwarded}");
            assert_eq!(address("::ffff:10.0.0.5", &headers), named, "{forwarded}");
            assert_eq!(address("192.0.2.1", &headers), named, "{forwarded}");
        }
        let two = [
            ("x-forwarded-for", "1.1.1.1"),
            ("x-forwarded-for", "198.51.100.1"),
        ];
        assert_eq!(address("10.0.0.5", &two), "198.51.100.1");
    }

    #[test]
    fn what_a_visitor_writes_beside_it_counts_for_nothing() {
        let headers = [
            ("forwarded", "for=1.1.1.1"),
            ("x-forwarded-for", "198.51.100.1"),
        ];
        assert_eq!(address("10.0.0.5", &headers), "198.51.100.1");
        assert_eq!(
            address("10.0.0.5", &[("x-forwarded-for", "nobody")]),
            "10.0.0.5"
        );
        assert_eq!(address("10.0.0.5", &[]), "10.0.0.5");
    }

    #[test]
    fn what_is_no_address_is_refused() {
        assert!(Proxies::new(&["proxy.example.com".to_owned()]).is_err());
        assert!(Proxies::new(&["10.0.0.0/99".to_owned()]).is_err());
    }
}
