//! Graceful shutdown: a draining worker takes no new jobs but keeps polling the backend until its
//! running jobs finish.
//!
//! Without this, apalis stops polling its backend from the stop signal until the last job has
//! finished. A fetch in progress keeps its transaction open meanwhile. On SQLite that transaction
//! holds the write lock for which those jobs wait.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};

use apalis::prelude::{Backend, WorkerContext};
use apalis_core::backend::{BackendConfig, WireFormatBackend};

/// A backend that ends after `signal` has come and no job is running.
pub struct Draining<B, S> {
    backend: B,
    signal: S,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Working,
    /// The signal has come. Jobs that were fetched but not started must go back to the queue.
    Draining,
    /// Only running jobs are left.
    Closed,
}

impl<B, S> Draining<B, S> {
    pub fn new(backend: B, signal: S) -> Self {
        Self {
            backend,
            signal,
            state: State::Working,
        }
    }
}

impl<B: Backend, S: Future + Unpin> Backend for Draining<B, S> {
    type Task = B::Task;
    type Error = B::Error;

    fn poll_ready(
        &mut self,
        cx: &mut Context<'_>,
        worker: &WorkerContext,
    ) -> Poll<Result<(), B::Error>> {
        if self.state == State::Working && Pin::new(&mut self.signal).poll(cx).is_ready() {
            self.state = State::Draining;
        }
        self.backend.poll_ready(cx, worker)
    }

    fn poll_next(
        &mut self,
        cx: &mut Context<'_>,
        worker: &WorkerContext,
    ) -> Poll<Option<Result<B::Task, B::Error>>> {
        if self.state == State::Working {
            return self.backend.poll_next(cx, worker);
        }
        if self.state == State::Draining {
            // Cancels a fetch in progress, with its transaction.
            if let Err(error) = ready!(self.backend.poll_close(cx, worker)) {
                return Poll::Ready(Some(Err(error)));
            }
            self.state = State::Closed;
        }
        if worker.has_pending_tasks() {
            // A job that finishes wakes the worker, which polls again.
            return Poll::Pending;
        }
        // `stop` fails only for a worker that never started. This one is being polled, so ignore
        // the result.
        let _ = worker.stop();
        Poll::Ready(None)
    }

    fn poll_close(
        &mut self,
        cx: &mut Context<'_>,
        worker: &WorkerContext,
    ) -> Poll<Result<(), B::Error>> {
        self.backend.poll_close(cx, worker)
    }
}

impl<B: BackendConfig, S> BackendConfig for Draining<B, S> {
    type Args = B::Args;
    type Id = B::Id;
    type Kind = B::Kind;
    type Config = B::Config;
    type Layer = B::Layer;

    fn config(&self) -> &B::Config {
        self.backend.config()
    }

    fn middleware(&mut self, worker: &mut WorkerContext) -> B::Layer {
        self.backend.middleware(worker)
    }
}

impl<B: WireFormatBackend, S> WireFormatBackend for Draining<B, S> {
    type Codec = B::Codec;
    type Compact = B::Compact;

    fn codec(&self) -> &B::Codec {
        self.backend.codec()
    }
}

#[cfg(test)]
mod tests {
    use std::{convert::Infallible, future::pending, time::Duration};

    use apalis::prelude::{BoxDynError, Data, Task, WorkerBuilder};
    use apalis_core::backend::finalize::Ephemeral;
    use futures::FutureExt;
    use tokio::{sync::watch, time::timeout};

    use super::*;

    /// Returns one job, then stays in a fetch forever.
    struct Fetching {
        given: bool,
        in_transaction: watch::Sender<bool>,
    }

    impl Backend for Fetching {
        type Task = Task<()>;
        type Error = Infallible;

        fn poll_ready(
            &mut self,
            _: &mut Context<'_>,
            _: &WorkerContext,
        ) -> Poll<Result<(), Infallible>> {
            Poll::Ready(Ok(()))
        }

        fn poll_next(
            &mut self,
            _: &mut Context<'_>,
            _: &WorkerContext,
        ) -> Poll<Option<Result<Task<()>, Infallible>>> {
            if !std::mem::replace(&mut self.given, true) {
                return Poll::Ready(Some(Ok(Task::new(()))));
            }
            self.in_transaction.send_replace(true);
            Poll::Pending
        }

        fn poll_close(
            &mut self,
            _: &mut Context<'_>,
            _: &WorkerContext,
        ) -> Poll<Result<(), Infallible>> {
            self.in_transaction.send_replace(false);
            Poll::Ready(Ok(()))
        }
    }

    impl BackendConfig for Fetching {
        type Args = ();
        type Id = ();
        type Kind = Ephemeral;
        type Config = ();
        type Layer = tower::layer::util::Identity;

        fn config(&self) -> &() {
            &()
        }

        fn middleware(&mut self, _: &mut WorkerContext) -> Self::Layer {
            Self::Layer::new()
        }
    }

    /// Finishes after the fetch has begun and ended its transaction.
    async fn job((): (), held: Data<watch::Receiver<bool>>) -> Result<(), BoxDynError> {
        let mut held = held.clone();
        held.wait_for(|held| *held).await?;
        held.wait_for(|held| !*held).await?;
        Ok(())
    }

    #[tokio::test]
    async fn a_fetch_under_way_is_given_up_before_the_last_job_ends() {
        let (in_transaction, held) = watch::channel(false);
        let mut begun = held.clone();
        let signal = async move { begun.wait_for(|held| *held).await.map(drop) };
        let backend = Fetching {
            given: false,
            in_transaction,
        };
        let worker = WorkerBuilder::new("parting")
            .backend(Draining::new(backend, Box::pin(signal)))
            .data(held)
            .build(job);
        let ended = timeout(Duration::from_secs(10), worker.run()).await;
        ended.expect("the job waits for the fetch").unwrap();
    }

    #[tokio::test]
    async fn without_a_signal_it_works_on() {
        let (in_transaction, held) = watch::channel(false);
        let mut fetching = held.clone();
        let backend = Fetching {
            given: false,
            in_transaction,
        };
        let worker = WorkerBuilder::new("working")
            .backend(Draining::new(backend, pending::<()>()))
            .data(held)
            .build(job);
        tokio::spawn(worker.run());
        fetching.wait_for(|held| *held).await.unwrap();
        assert!(fetching.changed().now_or_never().is_none());
    }
}
