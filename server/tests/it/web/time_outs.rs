//! Connections that are silent, slow or too many end by themselves.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::timeout,
};
use tokio_util::sync::{CancellationToken, DropGuard};
use web::listen::{Bounds, listen_within};

use crate::support::{STRIPE_KEY, TestApp, WEBHOOK_SECRET};

/// Far less than the limits of a real process, far more than a test needs.
const PATIENCE: Duration = Duration::from_secs(20);
const BOUND: Duration = Duration::from_millis(300);
const BOUNDS: Bounds = Bounds {
    headers: BOUND,
    body: BOUND,
    answer: BOUND,
    connections: 64,
    of_address: 64,
};

/// Serves the app at another address, with these limits.
async fn within(bounds: Bounds, app: &TestApp) -> (SocketAddr, DropGuard) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let stopping = CancellationToken::new();
    let served = listen_within(bounds, app.state.clone(), listener, stopping.clone());
    tokio::spawn(served);
    (address, stopping.drop_guard())
}

async fn sent(address: SocketAddr, bytes: &str) -> TcpStream {
    let mut connection = TcpStream::connect(address).await.unwrap();
    connection.write_all(bytes.as_bytes()).await.unwrap();
    connection
}

/// Reads everything until the other side ends the connection.
async fn until_the_end(mut connection: TcpStream) -> String {
    let mut all = Vec::new();
    let read = connection.read_to_end(&mut all);
    // A reset is an end, too.
    let _ = timeout(PATIENCE, read).await.expect("the connection ends");
    String::from_utf8_lossy(&all).into_owned()
}

fn post(path: &str, headers: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\n{headers}\
         Content-Length: 1000\r\n\r\n{{"
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn headers_that_do_not_come_end_a_connection() {
    let app = TestApp::spawn().await;
    let (address, _stop) = within(BOUNDS, &app).await;
    for bytes in ["", "GET / HT", "GET / HTTP/1.1\r\nHost: localhost\r\nAcc"] {
        let begun = Instant::now();
        let answer = until_the_end(sent(address, bytes).await).await;
        assert!(begun.elapsed() >= BOUND, "{bytes:?}: too early");
        assert_eq!(answer, "", "{bytes:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_idle_connection_ends() {
    let app = TestApp::spawn().await;
    let (address, _stop) = within(BOUNDS, &app).await;
    let request = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let begun = Instant::now();
    let answer = until_the_end(sent(address, &request.repeat(2)).await).await;
    assert!(begun.elapsed() >= BOUND, "too early");
    assert_eq!(answer.matches("HTTP/1.1 200 OK").count(), 2, "{answer}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn half_a_body_is_answered_408() {
    let app = TestApp::spawn().await;
    let webhook = app
        .connect_stripe(&app.detroit, STRIPE_KEY, WEBHOOK_SECRET)
        .await;
    let (address, _stop) = within(BOUNDS, &app).await;
    const JSON: &str = "Content-Type: application/json\r\n";
    const FORM: &str = "Content-Type: application/x-www-form-urlencoded\r\n";
    let with_key = format!("{JSON}Idempotency-Key: once\r\n");
    let login = "/api/v1/auth/login";
    for (path, headers) in [
        ("/rpc/sign_in", FORM),
        (login, JSON),
        (login, &with_key),
        (&*webhook, JSON),
    ] {
        let begun = Instant::now();
        let answer = until_the_end(sent(address, &post(path, headers)).await).await;
        assert!(begun.elapsed() >= BOUND, "{path}: too early");
        assert!(answer.starts_with("HTTP/1.1 408 "), "{path}: {answer}");
        let problem = answer.contains("urn:pewpros:problem:request-timeout");
        assert_eq!(problem, path == login, "{path}: {answer}");
    }
}

/// The server does not wait for a body that no handler reads.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn half_a_body_that_nobody_wants_ends_too() {
    let app = TestApp::spawn().await;
    let (address, _stop) = within(BOUNDS, &app).await;
    let answer = until_the_end(sent(address, &post("/healthz", "")).await).await;
    assert!(answer.starts_with("HTTP/1.1 405 "), "{answer}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_finds_no_place_waits_for_one() {
    let app = TestApp::spawn().await;
    let bounds = Bounds {
        connections: 2,
        ..BOUNDS
    };
    let (address, _stop) = within(bounds, &app).await;
    let begun = Instant::now();
    let silent = [sent(address, "").await, sent(address, "").await];
    let request = "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    let answer = until_the_end(sent(address, request).await).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    assert!(begun.elapsed() >= BOUND, "the two others had their places");
    drop(silent);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_address_cannot_take_every_place() {
    let bounds = Bounds {
        of_address: 2,
        ..BOUNDS
    };
    let request = "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    for trusted in [Vec::new(), vec!["127.0.0.1".to_owned()]] {
        let is_proxy = !trusted.is_empty();
        let app = TestApp::configured(|config| config.trusted_proxies = trusted).await;
        let (address, _stop) = within(bounds, &app).await;
        let silent = [sent(address, "").await, sent(address, "").await];
        let mut third = TcpStream::connect(address).await.unwrap();
        // The connection may be closed already.
        let _ = third.write_all(request.as_bytes()).await;
        let answer = until_the_end(third).await;
        assert_eq!(answer.starts_with("HTTP/1.1 200 OK"), is_proxy, "{answer}");
        for silent in silent {
            until_the_end(silent).await;
        }
        let served = async {
            loop {
                let mut next = TcpStream::connect(address).await.unwrap();
                let _ = next.write_all(request.as_bytes()).await;
                if until_the_end(next).await.starts_with("HTTP/1.1 200 OK") {
                    return;
                }
            }
        };
        timeout(PATIENCE, served)
            .await
            .expect("there is room again");
    }
}

/// More than the kernel buffers for a client that does not read.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_nobody_reads_ends() {
    let app = TestApp::spawn().await;
    app.site_file("pkg/large.wasm", &vec![0; 64 * 1024 * 1024]);
    let bounds = Bounds {
        connections: 1,
        ..BOUNDS
    };
    let (address, _stop) = within(bounds, &app).await;
    let request = "GET /pkg/large.wasm HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let mut unread = sent(address, request).await;
    let begun = unread.read_u8().await.unwrap();
    assert_eq!(begun, b'H');
    // The only connection slot is free again.
    let request = "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    let answer = until_the_end(sent(address, request).await).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    drop(unread);
}

#[test]
fn a_process_has_no_more_than_it_can_hold() {
    let bounds = Bounds::of_process();
    assert!((1..=Bounds::MOST_CONNECTIONS).contains(&bounds.connections));
    assert!((1..=bounds.connections).contains(&bounds.of_address));
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap();
    let files = limits
        .lines()
        .find(|line| line.starts_with("Max open files"));
    let soft = files.unwrap().split_whitespace().nth(3).unwrap();
    if let Ok(soft) = soft.parse::<usize>() {
        assert!(bounds.connections < soft, "{bounds:?} of {soft}");
    }
}
