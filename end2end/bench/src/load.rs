//! Load from a fixed number of connections, each with one request under way: the next one is sent
//! when the answer is in. Every request is made anew, so that it can have an address, a body and a
//! signature of its own.

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

/// A request as it is sent.
pub type Request = hyper::Request<Full<Bytes>>;

/// Makes the next request; `None` when there is nothing left to send_successful for.
pub type RequestSource = Arc<dyn Fn() -> Result<Option<Request>> + Send + Sync>;

/// The longest that is told apart, in microseconds.
const LONGEST_US: u64 = 60_000_000;

/// How long answers took.
#[derive(Clone)]
pub struct LoadResult {
    seconds: f64,
    latencies: Histogram<u64>,
}

impl LoadResult {
    fn new() -> Result<Self> {
        Ok(Self {
            seconds: 0.0,
            latencies: Histogram::new_with_bounds(1, LONGEST_US, 3)?,
        })
    }

    /// Answers in a second.
    pub fn per_second(&self) -> f64 {
        self.latencies.len() as f64 / self.seconds
    }

    /// Milliseconds within which `share` (0 to 1) of the answers came.
    pub fn within_ms(&self, share: f64) -> f64 {
        self.latencies.value_at_quantile(share) as f64 / 1000.0
    }
}

/// One connection that is kept.
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
        // An error there is an error of the request that is under way.
        tokio::spawn(connection);
        Ok(Self { sender })
    }

    /// Sends a request and reads its whole answer.
    ///
    /// # Errors
    /// If the connection breaks.
    pub async fn send(&mut self, request: Request) -> Result<hyper::Response<Bytes>> {
        self.sender.ready().await?;
        let (head, body) = self.sender.send_request(request).await?.into_parts();
        let body = body.collect().await?.to_bytes();
        Ok(hyper::Response::from_parts(head, body))
    }

    /// The same, and takes nothing but success for an answer.
    ///
    /// # Errors
    /// If it is anything else.
    pub async fn send_successful(&mut self, request: Request) -> Result<hyper::Response<Bytes>> {
        let asked = format!("{} {}", request.method(), request.uri());
        let answer = self.send(request).await.with_context(|| asked.clone())?;
        if !answer.status().is_success() {
            let said = String::from_utf8_lossy(answer.body());
            let said: String = said.chars().take(300).collect();
            bail!("{asked}: {} {said}", answer.status());
        }
        Ok(answer)
    }
}

/// Asks from `connections` at once for as long as `time`, or until there is nothing left.
///
/// # Errors
/// If an answer is not a success: what fails fast must not look fast.
pub async fn run_closed_loop(
    addr: SocketAddr,
    connections: usize,
    time: Duration,
    requests: RequestSource,
) -> Result<LoadResult> {
    run(addr, connections, time, None, requests).await
}

/// Asks `per_second` times a second in all, whatever the answers take while every connection is
/// quick enough for its share.
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
    let begun = Instant::now();
    let mut tasks = JoinSet::new();
    for (number, connection) in opened.into_iter().enumerate() {
        let (end, requests) = (begun + time, requests.clone());
        let ticks = pause.map(|pause| (pause, pause * number as u32 / connections as u32));
        tasks.spawn(one(connection, end, ticks, requests));
    }
    let mut outcome = LoadResult::new()?;
    while let Some(latencies) = tasks.join_next().await {
        outcome.latencies.add(latencies??)?;
    }
    outcome.seconds = begun.elapsed().as_secs_f64();
    ensure!(!outcome.latencies.is_empty(), "no answer came");
    Ok(outcome)
}

async fn one(
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
        let begun = Instant::now();
        connection.send_successful(request).await?;
        let took = u64::try_from(begun.elapsed().as_micros())?;
        latencies.saturating_record(took.clamp(1, LONGEST_US));
    }
}
