//! The balancer in front of the product: each connection goes to any address that takes it, so
//! that nothing can rely on coming back to the same one.

use std::{net::SocketAddr, sync::Arc};

use rand::{Rng, SeedableRng, rngs::StdRng, seq::SliceRandom};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    task::JoinSet,
};

/// One connection in so many is cut before its response.
const CUT_RATIO: u32 = 60;

/// Passes connections on until it is dropped.
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

/// To the first address that answers; with `cut_after`, cut after it.
async fn forward(
    mut client: TcpStream,
    servers_to_try: Vec<SocketAddr>,
    cut_after: Option<std::time::Duration>,
) {
    for address in servers_to_try {
        let Ok(mut server) = TcpStream::connect(address).await else {
            continue;
        };
        // An end here is an end of the connection, whoever wanted it.
        let forwarding = copy_bidirectional(&mut client, &mut server);
        match cut_after {
            Some(cut_after) => drop(tokio::time::timeout(cut_after, forwarding).await),
            None => drop(forwarding.await),
        }
        return;
    }
}
