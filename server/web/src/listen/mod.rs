//! Accepts connections: HTTP/1.1, with limits on their time and their number.

use std::{convert::Infallible, net::SocketAddr, sync::Arc, time::Duration};

use anyhow::Context;
use axum::{
    Router,
    body::{Body, HttpBody},
    extract::ConnectInfo,
    response::Response,
    serve::Listener,
};
use hyper::{Request, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    time::Instant,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::Service;

use self::{addresses::Addresses, timed_stream::TimedStream};
use crate::{
    router::router,
    state::AppState,
    timed_body::{Late, TimedBody},
};

mod addresses;
mod timed_stream;

/// How much of a request one connection buffers, in bytes. Longer headers are answered 431.
const BUFFER: usize = 64 * 1024;

/// The limits of connections.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// From the beginning of a connection, or the end of the previous answer on it, to the last
    /// byte of the next request's headers.
    pub headers: Duration,
    /// From there to the last byte of the request's body.
    pub body: Duration,
    /// How long a client may read nothing of an answer that waits for it.
    pub answer: Duration,
    /// How many connections are open at once; more wait until one ends.
    pub connections: usize,
    /// How many connections one address may have; more are closed at once. A trusted proxy may have
    /// all.
    pub of_address: usize,
}

impl Bounds {
    /// Most connections of one process, if its file descriptors allow them.
    pub const MOST_CONNECTIONS: usize = 4096;

    /// The limits of this process. Three of four file descriptors may be connections; the rest is
    /// for the database, files and calls to Stripe.
    pub fn of_process() -> Self {
        let files = usize::try_from(file_descriptors()).unwrap_or(usize::MAX);
        let connections = Self::MOST_CONNECTIONS.min(files / 4 * 3).max(1);
        Self {
            // Load balancers keep idle connections for 60 seconds. They close first, so that no
            // request is sent into a connection that we are closing.
            headers: Duration::from_secs(75),
            body: Duration::from_secs(30),
            answer: Duration::from_secs(60),
            connections,
            of_address: connections.div_ceil(4),
        }
    }
}

/// How many files the process may have open. The soft limit is raised as far as it helps and the
/// hard limit allows.
fn file_descriptors() -> u64 {
    const ENOUGH: u64 = (Bounds::MOST_CONNECTIONS as u64).div_ceil(3) * 4;
    let limit = getrlimit(Resource::Nofile);
    let now = limit.current.unwrap_or(u64::MAX);
    let wanted = ENOUGH.min(limit.maximum.unwrap_or(u64::MAX));
    if now >= wanted {
        return now;
    }
    let raised = Rlimit {
        current: Some(wanted),
        ..limit
    };
    match setrlimit(Resource::Nofile, raised) {
        Ok(()) => wanted,
        Err(_) => now,
    }
}

/// Serves `listener` until `stopping`, then finishes the running requests.
///
/// # Errors
/// If the router cannot be built.
pub async fn listen(
    state: AppState,
    listener: TcpListener,
    stopping: CancellationToken,
) -> anyhow::Result<()> {
    listen_within(Bounds::of_process(), state, listener, stopping).await
}

/// Does the same with other limits.
pub async fn listen_within(
    bounds: Bounds,
    state: AppState,
    mut listener: TcpListener,
    stopping: CancellationToken,
) -> anyhow::Result<()> {
    let (calls, proxies) = (state.calls.clone(), state.proxies.clone());
    let router = router(state, stopping.clone())?.with_state(());
    let places = Arc::new(Semaphore::new(bounds.connections));
    let addresses = Addresses::new(bounds.of_address);
    let connections = TaskTracker::new();
    let mut logged = false;
    loop {
        let free = places.available_permits();
        if free == 0 && !logged {
            let bound = bounds.connections;
            tracing::warn!(bound, "every connection is taken; new ones wait");
            logged = true;
        } else if free > bounds.connections / 10 {
            // The warning may come again only when a tenth of the connections is free, so that it
            // is not repeated while connections come and go.
            logged = false;
        }
        let accept = async {
            let place = places.clone().acquire_owned().await.context("closed")?;
            // `Listener::accept` skips connections that broke, and waits when file descriptors run
            // out.
            let (stream, address) = Listener::accept(&mut listener).await;
            anyhow::Ok((place, stream, address))
        };
        let (place, stream, address) = tokio::select! {
            accepted = accept => accepted?,
            () = stopping.cancelled() => break,
        };
        let counted = addresses.count(address.ip());
        if counted.is_none() && !proxies.trusts(address.ip().to_canonical()) {
            tracing::debug!(%address, "closed: too many connections of one address");
            continue;
        }
        let connection = serve(bounds, router.clone(), stream, address, stopping.clone());
        connections.spawn(async move {
            connection.await;
            drop((place, counted));
        });
    }
    drop(listener);
    connections.close();
    connections.wait().await;
    calls.close();
    calls.wait().await;
    Ok(())
}

async fn serve(
    bounds: Bounds,
    router: Router,
    stream: TcpStream,
    address: SocketAddr,
    stopping: CancellationToken,
) {
    // Without `TCP_NODELAY`, a page sent in two writes waits for an acknowledgment in between.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "TCP_NODELAY");
    }
    let stream = TimedStream::new(stream, bounds.answer);
    let answer = service_fn(move |request| answer(router.clone(), request, address, bounds.body));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(bounds.headers)
        .max_buf_size(BUFFER)
        .serve_connection(TokioIo::new(stream), answer);
    tokio::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stopping.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended early");
    }
}

async fn answer(
    mut router: Router,
    request: Request<Incoming>,
    address: SocketAddr,
    patience: Duration,
) -> Result<Response, Infallible> {
    let late = (!request.body().is_end_stream()).then(Late::default);
    let mut request = request.map(|body| match &late {
        None => Body::empty(),
        Some(late) => Body::new(TimedBody::new(
            body,
            Instant::now() + patience,
            late.clone(),
        )),
    });
    request.extensions_mut().insert(ConnectInfo(address));
    let response = router.call(request).await?;
    Ok(match late {
        None => response,
        Some(late) => late.answer_instead_of(response),
    })
}
