//! Reads the host that the visitor typed.

use axum::http::{HeaderMap, Uri, header::HOST, uri::Authority};

/// A well-formed host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host {
    /// In lower case, without port and trailing dot, as in `site_hosts`.
    pub name: String,
    /// The root of the site as the visitor typed it, without a slash: `http://localhost:3000`.
    pub base_url: String,
}

impl Host {
    /// Reads the host of a request; `None` if it is missing, ambiguous or malformed.
    pub fn of(headers: &HeaderMap, uri: &Uri, scheme: &str) -> Option<Self> {
        let mut hosts = headers.get_all(HOST).iter();
        match (hosts.next(), hosts.next()) {
            (Some(host), None) => Self::parse(host.to_str().ok()?, scheme),
            (None, _) => Self::parse(uri.authority()?.as_str(), scheme),
            _ => None,
        }
    }

    fn parse(text: &str, scheme: &str) -> Option<Self> {
        let authority: Authority = text.parse().ok()?;
        let name = authority.host().to_ascii_lowercase();
        let name = name.strip_suffix('.').unwrap_or(&name).to_owned();
        let plain = !name.is_empty()
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-._[]:".contains(&byte))
            && !authority.as_str().contains('@');
        let port = match authority.port() {
            Some(port) => format!(":{}", port.as_u16()),
            None if authority.as_str().len() == authority.host().len() => String::new(),
            // The port is not a number.
            None => return None,
        };
        plain.then(|| Self {
            base_url: format!("{scheme}://{name}{port}"),
            name,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(text: &str) -> Option<(String, String)> {
        Host::parse(text, "http").map(|host| (host.name, host.base_url))
    }

    #[test]
    fn case_port_and_trailing_dot_do_not_count() {
        for (text, name, base_url) in [
            ("localhost", "localhost", "http://localhost"),
            ("LocalHost:3000", "localhost", "http://localhost:3000"),
            (
                "detroitarms.com.",
                "detroitarms.com",
                "http://detroitarms.com",
            ),
            (
                "detroitarms.com.:80",
                "detroitarms.com",
                "http://detroitarms.com:80",
            ),
            ("[::1]:3000", "[::1]", "http://[::1]:3000"),
        ] {
            assert_eq!(host(text), Some((name.into(), base_url.into())), "{text}");
        }
    }

    #[test]
    fn what_is_no_host_is_none() {
        for text in [
            "",
            ".",
            ":3000",
            "a b",
            "user@localhost",
            "localhost:99999",
            "localhost:x",
            "local/host",
            "<script>",
            "ho%st",
            "a'b",
        ] {
            assert_eq!(host(text), None, "{text}");
        }
    }

    #[test]
    fn two_hosts_are_none() {
        let mut headers = HeaderMap::new();
        for host in ["a.example", "b.example"] {
            headers.append(HOST, host.parse().unwrap());
        }
        assert_eq!(Host::of(&headers, &Uri::from_static("/"), "http"), None);
    }
}
