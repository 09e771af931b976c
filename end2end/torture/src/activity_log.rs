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
/// then is gone.
#[derive(Clone, Copy, Debug)]
pub struct Gone {
    pub from: i64,
    pub to: i64,
}

impl Gone {
    pub fn holds(&self, seconds: i64) -> bool {
        (self.from..=self.to).contains(&seconds)
    }
}

/// Everybody's notes.
#[derive(Default)]
pub struct Diary {
    friends: Mutex<Vec<Friend>>,
    subscriptions: Mutex<Vec<Subscription>>,
    broken: Mutex<Vec<String>>,
    gone: Mutex<Vec<Gone>>,
    /// Memberships that members bought.
    pub memberships: AtomicU64,
    /// Stripe's pages that were left by Back, or closed.
    pub pages_left: AtomicU64,
    /// Requests that had to be made again.
    pub repeats: AtomicU64,
    /// Requests answered.
    pub answers: AtomicU64,
}

impl Diary {
    pub fn friend_paid(&self, friend: Friend) {
        lock(&self.friends).push(friend);
    }

    pub fn subscribed(&self, subscription: Subscription) {
        lock(&self.subscriptions).push(subscription);
    }

    pub fn member_paid(&self) {
        self.memberships.fetch_add(1, Ordering::Relaxed);
    }

    pub fn left_a_page(&self) {
        self.pages_left.fetch_add(1, Ordering::Relaxed);
    }

    /// Somebody could not do what they wanted, however often they tried.
    pub fn gave_up(&self, why: String) {
        lock(&self.broken).push(why);
    }

    /// The same; who began when fewer backups were put back than now lost what they had begun.
    pub fn interrupted(&self, restores: usize, why: String) {
        if restores == self.restores() {
            self.gave_up(why);
        }
    }

    pub fn gone(&self, gone: Gone) {
        lock(&self.gone).push(gone);
    }

    /// How many backups were put back so far.
    pub fn restores(&self) -> usize {
        lock(&self.gone).len()
    }

    /// Whether what was written at this second of Stripe's is gone.
    pub fn is_gone(&self, seconds: i64) -> bool {
        lock(&self.gone).iter().any(|gone| gone.holds(seconds))
    }

    pub fn repeated(&self) {
        self.repeats.fetch_add(1, Ordering::Relaxed);
    }

    pub fn friends(&self) -> Vec<Friend> {
        lock(&self.friends).clone()
    }

    pub fn subscriptions(&self) -> Vec<Subscription> {
        lock(&self.subscriptions).clone()
    }

    pub fn broken(&self) -> Vec<String> {
        lock(&self.broken).clone()
    }
}

fn lock<T>(notes: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    notes.lock().unwrap_or_else(PoisonError::into_inner)
}
