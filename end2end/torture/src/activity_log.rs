//! What people did, as they know it: the measure of everything that the product says.

use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

/// A friend of a member, who paid.
#[derive(Clone, Debug)]
pub struct Friend {
    pub site: String,
    pub email: String,
    /// The code of the member who recommended the site.
    pub code: String,
    /// `cs_…`
    pub session: String,
    /// On a clock that does not jump.
    pub paid_at: Instant,
}

/// A subscription through a partner's link, paid.
#[derive(Clone, Debug)]
pub struct Subscription {
    /// The partner's code.
    pub code: String,
    /// `cs_…`
    pub session: String,
    /// On a clock that does not jump.
    pub paid_at: Instant,
}

/// From the time of a backup until it was put back, in Stripe's seconds, both within: what was written
/// then is lost_periods.
#[derive(Clone, Copy, Debug)]
pub struct LostPeriod {
    pub from: i64,
    pub to: i64,
}

impl LostPeriod {
    pub fn contains(&self, seconds: i64) -> bool {
        (self.from..=self.to).contains(&seconds)
    }
}

/// Everybody's records.
#[derive(Default)]
pub struct ActivityLog {
    friends: Mutex<Vec<Friend>>,
    subscriptions: Mutex<Vec<Subscription>>,
    failures: Mutex<Vec<String>>,
    lost_periods: Mutex<Vec<LostPeriod>>,
    /// Memberships that members bought.
    pub memberships: AtomicU64,
    /// Stripe's pages that were left by Back, or closed.
    pub abandoned_checkouts: AtomicU64,
    /// Requests that had to be made again.
    pub retries: AtomicU64,
    /// Requests answered.
    pub responses: AtomicU64,
}

impl ActivityLog {
    pub fn record_friend_payment(&self, friend: Friend) {
        lock(&self.friends).push(friend);
    }

    pub fn record_subscription(&self, subscription: Subscription) {
        lock(&self.subscriptions).push(subscription);
    }

    pub fn record_membership(&self) {
        self.memberships.fetch_add(1, Ordering::Relaxed);
    }

    pub fn record_abandoned_checkout(&self) {
        self.abandoned_checkouts.fetch_add(1, Ordering::Relaxed);
    }

    /// Somebody could not do what they wanted, however often they tried.
    pub fn record_failure(&self, reason: String) {
        lock(&self.failures).push(reason);
    }

    /// The same; who began when fewer backups were put back than now lost what they had begun.
    pub fn record_failure_unless_restored(&self, restores_before: usize, reason: String) {
        if restores_before == self.restore_count() {
            self.record_failure(reason);
        }
    }

    pub fn record_lost_period(&self, period: LostPeriod) {
        lock(&self.lost_periods).push(period);
    }

    /// How many backups were put back so far.
    pub fn restore_count(&self) -> usize {
        lock(&self.lost_periods).len()
    }

    /// Whether what was written at this second of Stripe's is lost_periods.
    pub fn is_lost(&self, seconds: i64) -> bool {
        lock(&self.lost_periods)
            .iter()
            .any(|period| period.contains(seconds))
    }

    pub fn record_retry(&self) {
        self.retries.fetch_add(1, Ordering::Relaxed);
    }

    pub fn friends(&self) -> Vec<Friend> {
        lock(&self.friends).clone()
    }

    pub fn subscriptions(&self) -> Vec<Subscription> {
        lock(&self.subscriptions).clone()
    }

    pub fn failures(&self) -> Vec<String> {
        lock(&self.failures).clone()
    }
}

fn lock<T>(records: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    records.lock().unwrap_or_else(PoisonError::into_inner)
}
