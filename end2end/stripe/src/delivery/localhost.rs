//! Resolves every name under `localhost` to this machine (RFC 6761, 6.3), as browsers do: the demo's
//! sites have such names, and not every system resolves them.

use std::net::{Ipv4Addr, SocketAddr};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::net::lookup_host;

/// The system's resolver, but for names under `localhost`.
pub struct Localhost;

impl Resolve for Localhost {
    fn resolve(&self, name: Name) -> Resolving {
        let host = name.as_str().to_owned();
        Box::pin(async move {
            let found: Vec<SocketAddr> = match host == "localhost" || host.ends_with(".localhost") {
                true => vec![(Ipv4Addr::LOCALHOST, 0).into()],
                false => lookup_host((host.as_str(), 0)).await?.collect(),
            };
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}
