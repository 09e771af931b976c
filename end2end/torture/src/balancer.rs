//! The balancer in front of the product: each connection goes to any process that takes it, so
//! that nothing can rely on coming back to the same one.

use std::{net::SocketAddr, sync::Arc};

use rand::{Rng, SeedableRng, rngs::StdRng, seq::SliceRandom};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    task::JoinSet,
};

/// One connection in so many is cut before its answer.
const CUT_ONE_IN: u32 = 60;

/// Passes connections on until it is dropped.
pub async fn balance(
    listener: TcpListener,
    processes: Arc<Vec<SocketAddr>>,
    rough: Arc<std::sync::atomic::AtomicBool>,
    seed: u64,
) {
    let mut chance = StdRng::seed_from_u64(seed);
    let mut connections = JoinSet::new();
    loop {
        let Ok((client, _)) = listener.accept().await else {
            continue;
        };
        let mut order = processes.to_vec();
        order.shuffle(&mut chance);
        let cut =
            rough.load(std::sync::atomic::Ordering::Relaxed) && chance.random_ratio(1, CUT_ONE_IN);
        let patience = cut.then(|| std::time::Duration::from_millis(chance.random_range(0..60)));
        connections.spawn(pass(client, order, patience));
        while connections.try_join_next().is_some() {}
    }
}

/// To the first process that answers; with `patience`, cut after it.
async fn pass(
    mut client: TcpStream,
    order: Vec<SocketAddr>,
    patience: Option<std::time::Duration>,
) {
    for process in order {
        let Ok(mut server) = TcpStream::connect(process).await else {
            continue;
        };
        // An end here is an end of the connection, whoever wanted it.
        let passed = copy_bidirectional(&mut client, &mut server);
        match patience {
            Some(patience) => drop(tokio::time::timeout(patience, passed).await),
            None => drop(passed.await),
        }
        return;
    }
}
