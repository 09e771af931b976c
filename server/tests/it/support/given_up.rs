//! Drops work half-way, as the server does when a browser hangs up.

use std::{
    future::{Future, poll_fn},
    pin::pin,
    task::Poll,
};

/// The work's result, if it took at most `steps` polls.
pub async fn given_up_after<F: Future>(steps: usize, work: F) -> Option<F::Output> {
    let mut work = pin!(work);
    let mut left = steps;
    poll_fn(|context| {
        left -= 1;
        match work.as_mut().poll(context) {
            Poll::Ready(ended) => Poll::Ready(Some(ended)),
            Poll::Pending if left == 0 => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}
