//! Limits the connections of each address, so that one machine cannot take them all.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
};

use crate::network::network_of;

/// Counts the open connections of each address; for IPv6 of each /64, which is one household or
/// machine.
#[derive(Clone, Debug)]
pub struct Addresses {
    most: usize,
    open: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

impl Addresses {
    /// `most` is how many connections an address may have at once.
    pub fn new(most: usize) -> Self {
        Self {
            most,
            open: Arc::default(),
        }
    }

    /// Counts one more connection until the returned value is dropped; `None` if the address
    /// already has `most`.
    pub fn count(&self, address: IpAddr) -> Option<Counted> {
        let network = network_of(address);
        self.change(network, |open| {
            let counted = *open < self.most;
            *open += usize::from(counted);
            counted.then(|| Counted {
                addresses: self.clone(),
                network,
            })
        })
    }

    fn change<T>(&self, network: IpAddr, change: impl FnOnce(&mut usize) -> T) -> T {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let of_network = open.entry(network).or_default();
        let changed = change(of_network);
        if *of_network == 0 {
            open.remove(&network);
        }
        changed
    }
}

/// One counted connection; dropping it ends the count.
#[derive(Debug)]
pub struct Counted {
    addresses: Addresses,
    network: IpAddr,
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.addresses
            .change(self.network, |open| *open = open.saturating_sub(1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_its_share_and_no_more() {
        let addresses = Addresses::new(2);
        let count = |address: &str| addresses.count(address.parse().unwrap());
        let (first, second) = (count("192.0.2.1"), count("::ffff:192.0.2.1"));
        assert!(first.is_some() && second.is_some());
        assert!(count("192.0.2.1").is_none());
        let other = count("192.0.2.2");
        assert!(other.is_some());
        drop(first);
        let again = count("192.0.2.1");
        assert!(again.is_some() && count("192.0.2.1").is_none());
        let (one, two) = (count("2001:db8::1"), count("2001:db8::ffff:2"));
        assert!(one.is_some() && two.is_some() && count("2001:db8::3").is_none());
        assert!(count("2001:db8:0:1::3").is_some(), "another /64");
        drop((second, other, again, one, two));
        assert!(addresses.open.lock().unwrap().is_empty());
    }
}
