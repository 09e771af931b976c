//! The jobs that follow from a transaction.

use sea_orm::DatabaseTransaction;

use super::Job;
use crate::Engine;

/// Jobs that follow from a transaction. A job is lost without loss: the row that it names says what is due,
/// and the sweep finds it.
#[derive(Debug, Default)]
pub struct FollowUps {
    /// Enqueued in the transaction.
    first: Vec<Job>,
    /// Enqueued after it, because the queue has seen a job with the same key before.
    again: Vec<Job>,
}

impl FollowUps {
    /// A job about a row that the transaction makes.
    pub fn add(&mut self, job: Job) {
        self.first.push(job);
    }

    /// A job about a row that had one before.
    pub fn add_again(&mut self, job: Job) {
        self.again.push(job);
    }

    pub fn append(&mut self, mut other: Self) {
        self.first.append(&mut other.first);
        self.again.append(&mut other.again);
    }

    pub fn is_empty(&self) -> bool {
        self.first.is_empty() && self.again.is_empty()
    }

    /// The jobs that belong into the transaction, for a caller who enqueues them.
    pub fn into_first(self) -> Vec<Job> {
        self.first
    }

    /// Enqueues what belongs into the transaction.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn enqueue(&self, engine: &Engine, tx: &DatabaseTransaction) -> anyhow::Result<()> {
        for job in &self.first {
            engine.queue.enqueue(tx, job).await?;
        }
        Ok(())
    }

    /// Enqueues the rest, and wakes the workers. Call it after the commit.
    pub async fn wake(self, engine: &Engine) {
        if !self.first.is_empty() {
            engine.queue.wake_workers();
        }
        let round = engine.now();
        for job in self.again {
            engine.queue.requeue(job, round).await;
        }
    }
}

impl From<Option<Job>> for FollowUps {
    fn from(job: Option<Job>) -> Self {
        Self {
            first: job.into_iter().collect(),
            again: Vec::new(),
        }
    }
}
