//! What counts as one network when requests and connections are limited.

use std::net::IpAddr;

/// The network of an address: in IPv6 a whole /64, which is one household or machine.
pub fn network_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::from((v6.to_bits() >> 64 << 64).to_be_bytes()),
        v4 => v4,
    }
}
