//! Load from a fixed number of connections with one request at a time each: a connection sends its
//! next request when it has the response (closed loop). Every request is built anew, so that it can
//! have its own client address, body and signature.

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use axum::body::Bytes;
use hdrhistogram::Histogram;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tokio::{net::TcpStream, task::JoinSet, time::MissedTickBehavior};

pub type Request = hyper::Request<Full<Bytes>>;

/// Builds the next request; `None` when there are no more.
pub type RequestSource = Arc<dyn Fn() -> Result<Option<Request>> + Send + Sync>;

/// Longer latencies are recorded as this one, in microseconds.
const MAX_LATENCY_US: u64 = 60_000_000;

/// The latencies of a round of load.
#[derive(Clone)]
pub struct LoadResult {
    seconds: f64,
    latencies: Histogram<u64>,
}

impl LoadResult {
    fn new() -> Result<Self> {
        Ok(Self {
            seconds: 0.0,
            latencies: Histogram::new_with_bounds(1, MAX_LATENCY_US, 3)?,
        })
    }

    /// Responses per second.
    pub fn per_second(&self) -> f64 {
        self.latencies.len() as f64 / self.seconds
    }

    /// The latency in milliseconds that the given share (0 to 1) of the responses did not exceed.
    pub fn within_ms(&self, share: f64) -> f64 {
        self.latencies.value_at_quantile(share) as f64 / 1000.0
    }
}

/// A keep-alive connection.
pub struct Connection {
    sender: SendRequest<Full<Bytes>>,
}

impl Connection {
    /// Connects to `addr`.
    ///
    /// # Errors
    /// If nobody listens there.
    pub async fn open(addr: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(addr).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        // If the connection fails, the request that waits on it gets the error.
        tokio::spawn(connection);
        Ok(Self { sender })
    }

    /// Sends a request and reads the whole response.
    ///
    /// # Errors
    /// If the connection fails.
    pub async fn send(&mut self, request: Request) -> Result<hyper::Response<Bytes>> {
        self.sender.ready().await?;
        let (head, body) = self.sender.send_request(request).await?.into_parts();
        let body = body.collect().await?.to_bytes();
        Ok(hyper::Response::from_parts(head, body))
    }

    /// Sends a request that must succeed.
    ///
    /// # Errors
    /// If the status is not a success, or the connection fails.
    pub async fn send_successful(&mut self, request: Request) -> Result<hyper::Response<Bytes>> {
        let name = format!("{} {}", request.method(), request.uri());
        let response = self.send(request).await.with_context(|| name.clone())?;
        if !response.status().is_success() {
            let text = String::from_utf8_lossy(response.body());
            let text: String = text.chars().take(300).collect();
            bail!("{name}: {} {text}", response.status());
        }
        Ok(response)
    }
}

/// Sends requests from `connections` connections for `time`, or until there are no more.
///
/// # Errors
/// If a response is not a success, because a fast failure must not look like a fast response.
pub async fn run_closed_loop(
    addr: SocketAddr,
    connections: usize,
    time: Duration,
    requests: RequestSource,
) -> Result<LoadResult> {
    run(addr, connections, time, None, requests).await
}

/// Sends `per_second` requests a second in total, independently of the latencies as long as each
/// connection keeps up with its share.
///
/// # Errors
/// As [`run_closed_loop`].
pub async fn run_at_rate(
    addr: SocketAddr,
    connections: usize,
    per_second: f64,
    time: Duration,
    requests: RequestSource,
) -> Result<LoadResult> {
    let pause = Duration::from_secs_f64(connections as f64 / per_second);
    run(addr, connections, time, Some(pause), requests).await
}

async fn run(
    addr: SocketAddr,
    connections: usize,
    time: Duration,
    pause: Option<Duration>,
    requests: RequestSource,
) -> Result<LoadResult> {
    let mut opened = Vec::new();
    for _ in 0..connections {
        opened.push(Connection::open(addr).await?);
    }
    let started = Instant::now();
    let mut tasks = JoinSet::new();
    for (number, connection) in opened.into_iter().enumerate() {
        let (end, requests) = (started + time, requests.clone());
        let ticks = pause.map(|pause| (pause, pause * number as u32 / connections as u32));
        tasks.spawn(run_connection(connection, end, ticks, requests));
    }
    let mut outcome = LoadResult::new()?;
    while let Some(latencies) = tasks.join_next().await {
        outcome.latencies.add(latencies??)?;
    }
    outcome.seconds = started.elapsed().as_secs_f64();
    ensure!(!outcome.latencies.is_empty(), "there was no response");
    Ok(outcome)
}

async fn run_connection(
    mut connection: Connection,
    end: Instant,
    ticks: Option<(Duration, Duration)>,
    requests: RequestSource,
) -> Result<Histogram<u64>> {
    let mut latencies = LoadResult::new()?.latencies;
    let mut ticks = ticks.map(|(pause, first)| {
        let mut ticks = tokio::time::interval_at(tokio::time::Instant::now() + first, pause);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
        ticks
    });
    loop {
        if let Some(ticks) = &mut ticks {
            ticks.tick().await;
        }
        if Instant::now() >= end {
            return Ok(latencies);
        }
        let Some(request) = requests()? else {
            return Ok(latencies);
        };
        let started = Instant::now();
        connection.send_successful(request).await?;
        let took = u64::try_from(started.elapsed().as_micros())?;
        latencies.saturating_record(took.clamp(1, MAX_LATENCY_US));
    }
}
