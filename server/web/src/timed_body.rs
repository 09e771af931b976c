//! A request body that must arrive whole before a deadline.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
};

use axum::{
    BoxError,
    body::{Bytes, HttpBody},
    http::{HeaderValue, StatusCode, header::CONNECTION},
    response::{IntoResponse, Response},
};
use hyper::body::{Frame, Incoming, SizeHint};
use tokio::time::{Instant, Sleep, sleep_until};

/// The error that ends a body that is late.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the body of the request did not arrive in time")]
pub struct TimedOut;

/// Records whether the body came too late. The body and the answer share it.
#[derive(Clone, Default)]
pub struct Late(Arc<AtomicBool>);

impl Late {
    /// The answer to send: 408 if the body came too late (RFC 9110, 15.5.9), whatever the handler
    /// made of the part that arrived.
    pub fn answer_instead_of(&self, response: Response) -> Response {
        if !self.0.load(Ordering::Relaxed) || response.status() == StatusCode::REQUEST_TIMEOUT {
            return response;
        }
        let words = "The request did not arrive in time. Try again.\n";
        let close = [(CONNECTION, HeaderValue::from_static("close"))];
        (StatusCode::REQUEST_TIMEOUT, close, words).into_response()
    }
}

/// A body that fails with [`TimedOut`] unless it is complete before its deadline.
pub struct TimedBody {
    body: Incoming,
    deadline: Instant,
    /// Set when the body first has to be waited for.
    alarm: Option<Pin<Box<Sleep>>>,
    late: Late,
}

impl TimedBody {
    /// `late` is set when `deadline` passes.
    pub fn new(body: Incoming, deadline: Instant, late: Late) -> Self {
        Self {
            body,
            deadline,
            alarm: None,
            late,
        }
    }
}

impl HttpBody for TimedBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(context) {
            return Poll::Ready(frame.map(|frame| frame.map_err(BoxError::from)));
        }
        let deadline = self.deadline;
        let alarm = self
            .alarm
            .get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        if alarm.as_mut().poll(context).is_pending() {
            return Poll::Pending;
        }
        self.late.0.store(true, Ordering::Relaxed);
        Poll::Ready(Some(Err(TimedOut.into())))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
