//! The latency of responses.

use std::time::{Duration, Instant};

use stripe_stand_in::{Options, start};

use crate::client::{KEY, StripeClient};

const CUSTOMERS: &str = "/v1/customers";

#[tokio::test]
async fn requests_take_the_configured_latency_and_run_concurrently() {
    let latency = Duration::from_millis(400);
    let options = Options {
        latency,
        ..Options::default()
    };
    let stripe = start(options).await.expect("a free port");
    let client = StripeClient::new(&stripe, KEY);
    let started = Instant::now();
    tokio::join!(client.customer(), client.customer(), client.customer());
    let took = started.elapsed();
    assert!(took >= latency && took < 3 * latency, "{took:?}");
    assert_eq!(client.count(CUSTOMERS).await, 3);
}
