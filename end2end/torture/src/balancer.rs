//! A load balancer in front of the server processes. It sends each connection to a random process,
//! so that nothing can depend on reaching the same process twice.

use std::{net::SocketAddr, sync::Arc};

use rand::{Rng, SeedableRng, rngs::StdRng, seq::SliceRandom};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    task::JoinSet,
};

/// One in this number of connections is cut before the response.
const CUT_RATIO: u32 = 60;

/// Forwards connections until it is dropped.
pub async fn balance(
    listener: TcpListener,
    servers: Arc<Vec<SocketAddr>>,
    cut_connections: Arc<std::sync::atomic::AtomicBool>,
    seed: u64,
) {
    let mut rng = StdRng::seed_from_u64(seed);
    let mut connections = JoinSet::new();
    loop {
        let Ok((client, _)) = listener.accept().await else {
            continue;
        };
        let mut servers_to_try = servers.to_vec();
        servers_to_try.shuffle(&mut rng);
        let cut = cut_connections.load(std::sync::atomic::Ordering::Relaxed)
            && rng.random_ratio(1, CUT_RATIO);
        let cut_after = cut.then(|| std::time::Duration::from_millis(rng.random_range(0..60)));
        connections.spawn(forward(client, servers_to_try, cut_after));
        while connections.try_join_next().is_some() {}
    }
}

/// Forwards to the first address that accepts; cuts the connection after `cut_after`.
async fn forward(
    mut client: TcpStream,
    servers_to_try: Vec<SocketAddr>,
    cut_after: Option<std::time::Duration>,
) {
    for address in servers_to_try {
        let Ok(mut server) = TcpStream::connect(address).await else {
            continue;
        };
        // An error here only means that the connection ended, on either side.
        let forwarding = copy_bidirectional(&mut client, &mut server);
        match cut_after {
            Some(cut_after) => drop(tokio::time::timeout(cut_after, forwarding).await),
            None => drop(forwarding.await),
        }
        return;
    }
}
