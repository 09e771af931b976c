//! How long calls take.

use std::time::{Duration, Instant};

use stripe_stand_in::{Options, start};

use crate::caller::{Caller, KEY};

const CUSTOMERS: &str = "/v1/customers";

#[tokio::test]
async fn every_call_takes_its_time_and_none_waits_for_another() {
    let answer_after = Duration::from_millis(400);
    let options = Options {
        answer_after,
        ..Options::default()
    };
    let stripe = start(options).await.expect("a free port");
    let caller = Caller::new(&stripe, KEY);
    let begun = Instant::now();
    tokio::join!(caller.customer(), caller.customer(), caller.customer());
    let took = begun.elapsed();
    assert!(took >= answer_after && took < 3 * answer_after, "{took:?}");
    assert_eq!(caller.number_of(CUSTOMERS).await, 3);
}
