//! What the simulated users did, recorded by themselves. The audit compares the product with it.

use std::{
    collections::HashSet,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

/// A paid purchase of a member's friend.
#[derive(Clone, Debug)]
pub struct Friend {
    pub site: String,
    pub email: String,
    /// The referral code of the member.
    pub code: String,
    /// Id of the Checkout session, `cs_…`.
    pub session: String,
    /// Monotonic time, which clock jumps do not change.
    pub paid_at: Instant,
}

/// A paid subscription that came through a platform referrer's link.
#[derive(Clone, Debug)]
pub struct Subscription {
    /// The platform referrer's code.
    pub code: String,
    /// Id of the Checkout session, `cs_…`.
    pub session: String,
    /// Monotonic time, which clock jumps do not change.
    pub paid_at: Instant,
}

/// A sale at the counter to a member's friend.
#[derive(Clone, Debug)]
pub struct CounterSale {
    pub site: String,
    pub email: String,
    /// Seconds since 1970, by Stripe's clock, when it was recorded for certain.
    pub at: i64,
    /// The same for its undoing.
    pub undone_at: Option<i64>,
}

/// The time from a backup until it was restored, in seconds since 1970, both ends included. What
/// was written in it is lost.
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

/// A jump of the clock, after which holds are over, and what the product knew before it.
#[derive(Clone, Debug, Default)]
pub struct Jump {
    /// The last moment before it, in seconds since 1970 by Stripe's clock.
    pub at: i64,
    /// The memberships and plans (`sub_…`) whose end the product knew, or had been told and had no reason to read
    /// later.
    pub told: HashSet<String>,
    /// The friends, by address, whose credit was frozen: the clock of its hold stood still.
    pub frozen: HashSet<String>,
}

/// The records of all simulated users.
#[derive(Default)]
pub struct ActivityLog {
    friends: Mutex<Vec<Friend>>,
    subscriptions: Mutex<Vec<Subscription>>,
    counter_sales: Mutex<Vec<CounterSale>>,
    failures: Mutex<Vec<String>>,
    lost_periods: Mutex<Vec<LostPeriod>>,
    jumps: Mutex<Vec<Jump>>,
    /// Memberships that members bought.
    pub memberships: AtomicU64,
    /// Purchases that members began with credit.
    pub credit_purchases: AtomicU64,
    /// Counter sales that were undone.
    pub undone_sales: AtomicU64,
    /// Refunds, in the console and in Stripe's dashboard.
    pub refunds: AtomicU64,
    /// Payments that were disputed.
    pub disputes: AtomicU64,
    /// Memberships and plans that were canceled in Stripe's dashboard.
    pub dashboard_cancellations: AtomicU64,
    /// Memberships that their members canceled in Stripe's portal.
    pub membership_cancellations: AtomicU64,
    /// Plans that their subscribers canceled in Stripe's portal.
    pub plan_cancellations: AtomicU64,
    /// Plans of which something went back.
    pub plan_refunds: AtomicU64,
    /// Checkout sessions that a buyer left without paying.
    pub abandoned_checkouts: AtomicU64,
    /// Requests that were retried.
    pub retries: AtomicU64,
    /// Requests that got a final response.
    pub responses: AtomicU64,
}

impl ActivityLog {
    pub fn record_friend_payment(&self, friend: Friend) {
        lock(&self.friends).push(friend);
    }

    pub fn record_subscription(&self, subscription: Subscription) {
        lock(&self.subscriptions).push(subscription);
    }

    pub fn record_counter_sale(&self, sale: CounterSale) {
        lock(&self.counter_sales).push(sale);
    }

    pub fn record_membership(&self) {
        self.memberships.fetch_add(1, Ordering::Relaxed);
    }

    pub fn record_credit_purchase(&self) {
        self.credit_purchases.fetch_add(1, Ordering::Relaxed);
    }

    pub fn record_undone_sale(&self) {
        self.undone_sales.fetch_add(1, Ordering::Relaxed);
    }

    pub fn record_refund(&self) {
        self.refunds.fetch_add(1, Ordering::Relaxed);
    }

    pub fn record_dispute(&self) {
        self.disputes.fetch_add(1, Ordering::Relaxed);
    }

    pub fn record_dashboard_cancellation(&self) {
        self.dashboard_cancellations.fetch_add(1, Ordering::Relaxed);
    }

    pub fn record_membership_cancellation(&self) {
        self.membership_cancellations
            .fetch_add(1, Ordering::Relaxed);
    }

    pub fn record_plan_cancellation(&self) {
        self.plan_cancellations.fetch_add(1, Ordering::Relaxed);
    }

    pub fn record_plan_refund(&self) {
        self.plan_refunds.fetch_add(1, Ordering::Relaxed);
    }

    pub fn record_abandoned_checkout(&self) {
        self.abandoned_checkouts.fetch_add(1, Ordering::Relaxed);
    }

    /// Records that somebody could not do something in spite of all retries.
    pub fn record_failure(&self, reason: String) {
        lock(&self.failures).push(reason);
    }

    /// Records a failure, unless a backup was restored since the user began with `restores_before`
    /// restores: then what the user had begun may be lost.
    pub fn record_failure_unless_restored(&self, restores_before: usize, reason: String) {
        if restores_before == self.restore_count() {
            self.record_failure(reason);
        }
    }

    pub fn record_lost_period(&self, period: LostPeriod) {
        lock(&self.lost_periods).push(period);
    }

    /// The number of backups restored so far.
    pub fn restore_count(&self) -> usize {
        lock(&self.lost_periods).len()
    }

    /// Whether what was written at this time (seconds since 1970) was lost in a restore.
    pub fn is_lost(&self, seconds: i64) -> bool {
        lock(&self.lost_periods)
            .iter()
            .any(|period| period.contains(seconds))
    }

    /// Whether what happened at this time (seconds since 1970) may have been lost in a restore: then, or because
    /// it was told after the backup.
    pub fn may_be_lost(&self, seconds: i64) -> bool {
        lock(&self.lost_periods)
            .iter()
            .any(|period| period.contains(seconds) || is_soon(seconds, period.from))
    }

    pub fn record_jump(&self, jump: Jump) {
        lock(&self.jumps).push(jump);
    }

    /// The jumps of the clock, oldest first.
    pub fn jumps(&self) -> Vec<Jump> {
        lock(&self.jumps).clone()
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

    pub fn counter_sales(&self) -> Vec<CounterSale> {
        lock(&self.counter_sales).clone()
    }

    pub fn failures(&self) -> Vec<String> {
        lock(&self.failures).clone()
    }
}

/// Within this time, in seconds, what happens is told, unless its endpoint is missing.
const TOLD_WITHIN: i64 = 180;

fn is_soon(seconds: i64, after: i64) -> bool {
    (0..=TOLD_WITHIN).contains(&(after - seconds))
}

fn lock<T>(records: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    records.lock().unwrap_or_else(PoisonError::into_inner)
}
