//! Lets time pass until no credit is due, and checks that nothing is left to do.

use std::time::Duration;

use domain::{
    credit::{CreditState, MAX_ATTEMPTS},
    purchase::CreditCheck,
    refund::RefundStatus,
};
use sea_orm::{ConnectionTrait, EntityTrait, QueryOrder};
use serde_json::Value;
use services::{
    jobs::{self, sweep},
    queue::Job,
};
use store::{
    Id, Paid, Pool, Timestamp,
    entities::{credit, notification, platform_referral, purchase, referral, refund},
};

use super::{PLATFORM_KEY, STRIPE_KEY, TestApp};

/// What the product has done so far, everywhere.
#[derive(Debug, PartialEq)]
struct Done {
    credits: Vec<credit::Model>,
    referrals: Vec<referral::Model>,
    platform_referrals: Vec<platform_referral::Model>,
    notifications: Vec<notification::Model>,
    entries: [Value; 2],
}

impl TestApp {
    /// Waits as long as the product wants to, then makes the next attempt, until no credit is due.
    /// Before each attempt, calls that hang at Stripe go on.
    pub async fn settle(&self) {
        let tries = self.credits().await.len() * (MAX_ATTEMPTS as usize + 1);
        for _ in 0..=tries {
            let credits = self.credits().await.into_iter();
            // What is frozen waits for what becomes of its purchase, and what is under review for a person.
            let due = credits.filter(|credit| {
                let waits = credit.frozen_at.is_some() || credit.is_under_review();
                credit.state == CreditState::Due && !waits
            });
            let Some(due) = due.min_by_key(ready_at) else {
                return;
            };
            self.stripe.release_hung();
            self.stripe.wait_until_requests_finish().await.unwrap();
            let wait = ready_at(&due) - self.state.now();
            let wait = Duration::try_from(wait).unwrap_or_default();
            self.advance(wait + Duration::from_secs(1));
            let job = Job::IssueCredit {
                credit_id: due.id,
                attempt: due.attempts,
            };
            jobs::perform(&self.state, &job).await.unwrap();
        }
        panic!(
            "a credit is still due after {tries} tries: {:?}",
            self.credits().await
        );
    }

    /// The jobs in the queue that are not done.
    pub async fn waiting_jobs(&self) -> Vec<Job> {
        let jobs = self.jobs().await.into_iter();
        let waiting = jobs.filter(|(_, status, _)| status != "Done");
        let keys = waiting.map(|(key, _, _)| key.expect("each has a key"));
        keys.map(|key| job_of(&key).unwrap_or_else(|| panic!("{key} names no job")))
            .collect()
    }

    /// Performs every job in the queue once.
    pub async fn run_jobs(&self) {
        for job in self.waiting_jobs().await {
            jobs::perform(&self.state, &job).await.unwrap();
        }
    }

    /// Runs the sweep after `wait`, then every job that it enqueues and every job that follows from
    /// those.
    pub async fn sweep_after(&self, wait: Duration) {
        self.advance(wait);
        sweep::round(&self.state).await.unwrap();
        loop {
            let jobs = self.waiting_jobs().await;
            if jobs.is_empty() {
                return;
            }
            self.lose_jobs().await;
            for job in jobs {
                jobs::perform(&self.state, &job).await.unwrap();
            }
        }
    }

    /// Deletes every job in the queue, as a crash between a commit and its enqueueing would.
    pub async fn lose_jobs(&self) {
        let jobs = match self.state.db.pool() {
            Pool::Sqlite(_) => "Jobs",
            Pool::Postgres(_) => "apalis.jobs",
        };
        let db = self.state.db.reader();
        db.execute_unprepared(&format!("DELETE FROM {jobs}"))
            .await
            .unwrap();
    }

    /// Deletes the jobs that make customers, so that the first credits make them.
    pub async fn lose_customer_jobs(&self) {
        let jobs = match self.state.db.pool() {
            Pool::Sqlite(_) => "Jobs",
            Pool::Postgres(_) => "apalis.jobs",
        };
        let sql = format!("DELETE FROM {jobs} WHERE idempotency_key LIKE 'make-customer:%'");
        let db = self.state.db.reader();
        db.execute_unprepared(&sql).await.unwrap();
    }

    /// Whether a credit is due or still to be decided.
    pub async fn anything_due(&self) -> bool {
        let db = self.state.db.reader();
        let purchases = purchase::Entity::find().all(db).await.unwrap();
        let platform = self.platform_purchases().await;
        self.credits()
            .await
            .iter()
            .any(|credit| credit.state == CreditState::Due)
            || purchases
                .iter()
                .any(|row| row.credit_check == CreditCheck::Due)
            || platform
                .iter()
                .any(|row| row.credit_check == CreditCheck::Due)
    }

    /// Fails unless nothing is due, the sweep finds nothing, and every waiting job changes nothing
    /// when it is done now.
    pub async fn assert_nothing_is_left(&self) {
        assert!(!self.anything_due().await, "{:?}", self.credits().await);
        let before = self.done().await;
        for job in self.waiting_jobs().await {
            jobs::perform(&self.state, &job).await.unwrap();
        }
        self.lose_jobs().await;
        self.advance(Duration::from_secs(60));
        sweep::round(&self.state).await.unwrap();
        let mut left = Vec::new();
        for job in self.waiting_jobs().await {
            let waits = match job {
                // Checkout sessions that nobody paid stay open for a day, a platform referrer who earned
                // nothing may have no customer yet, and how a subscription stands is read again after each
                // of its periods.
                Job::CheckCheckoutSession { .. }
                | Job::MakeCustomer { .. }
                | Job::ReadSubscription { .. } => true,
                Job::CheckRefunds { purchase_id, .. } => {
                    self.waits_for_stripe(Paid::Tenant(purchase_id)).await
                }
                Job::CheckPlatformRefunds { purchase_id, .. } => {
                    self.waits_for_stripe(Paid::Platform(purchase_id)).await
                }
                _ => false,
            };
            if !waits {
                left.push(job);
            }
        }
        assert!(left.is_empty(), "the sweep found {left:?}");
        assert_eq!(self.done().await, before);
    }

    /// Whether Stripe is asked about a purchase only because the payment of a subscription is unknown, or a
    /// refund is on its way.
    async fn waits_for_stripe(&self, paid: Paid) -> bool {
        let db = self.state.db.reader();
        let row = store::paid::by_id(db, paid).await.unwrap();
        let refunds = store::refunds::of_purchase(db, paid).await.unwrap();
        let is_unanswered = |one: &refund::Model| one.status == RefundStatus::Requested;
        let is_on_its_way = |one: &refund::Model| one.status.is_open() && !is_unanswered(one);
        let is_unknown = row.is_some_and(|row| row.payment_intent().is_none());
        let waits = is_unknown || refunds.iter().any(is_on_its_way);
        waits && !refunds.iter().any(is_unanswered)
    }

    async fn done(&self) -> Done {
        let db = self.state.db.reader();
        let credits = credit::Entity::find().order_by_asc(credit::Column::Id);
        let referrals = referral::Entity::find().order_by_asc(referral::Column::Id);
        let platform_referrals =
            platform_referral::Entity::find().order_by_asc(platform_referral::Column::Id);
        let notifications = notification::Entity::find().order_by_asc(notification::Column::Id);
        let entries = |key| self.stripe.objects(key, None)["balance_transactions"].clone();
        Done {
            credits: credits.all(db).await.unwrap(),
            referrals: referrals.all(db).await.unwrap(),
            platform_referrals: platform_referrals.all(db).await.unwrap(),
            notifications: notifications.all(db).await.unwrap(),
            entries: [STRIPE_KEY, PLATFORM_KEY].map(entries),
        }
    }
}

/// When a job may claim the credit (milliseconds): at its due time, but not before a dead job's
/// lease ends.
fn ready_at(credit: &credit::Model) -> Timestamp {
    let next = credit.next_attempt_at;
    credit.claimed_until.map_or(next, |until| next.max(until))
}

/// The job that an idempotency key of the queue names.
pub fn job_of(key: &str) -> Option<Job> {
    let mut parts = key.split(':');
    let kind = parts.next()?;
    let id: i64 = parts.next()?.parse().ok()?;
    Some(match kind {
        "decide" => Job::DecideCredit {
            purchase_id: Id::new(id),
        },
        "decide-platform" => Job::DecidePlatformCredit {
            purchase_id: Id::new(id),
        },
        "make-customer" => Job::MakeCustomer {
            platform_referrer_id: Id::new(id),
        },
        "issue" => Job::IssueCredit {
            credit_id: Id::new(id),
            attempt: parts.next()?.parse().ok()?,
        },
        "check-checkout" => Job::CheckCheckoutSession {
            id: Id::new(id),
            due_at: Timestamp::from_millis(parts.next()?.parse().ok()?)?,
        },
        "mail-reset-link" => Job::MailResetLink {
            password_reset_id: Id::new(id),
        },
        "mail-referrer-link" => Job::MailReferrerLink {
            referrer_link_id: Id::new(id),
        },
        "reconcile" => Job::Reconcile {
            reconciliation_id: Id::new(id),
            pages: parts.next()?.parse().ok()?,
        },
        "delete-account" => Job::DeleteAccount {
            member_id: Id::new(id),
        },
        "adjust" => Job::AdjustCredit {
            referral_id: Id::new(id),
        },
        "adjust-platform" => Job::AdjustPlatformCredit {
            referral_id: Id::new(id),
        },
        "check-refunds" => Job::CheckRefunds {
            purchase_id: Id::new(id),
            due_at: Timestamp::from_millis(parts.next()?.parse().ok()?)?,
        },
        "check-platform-refunds" => Job::CheckPlatformRefunds {
            purchase_id: Id::new(id),
            due_at: Timestamp::from_millis(parts.next()?.parse().ok()?)?,
        },
        "read-subscription" => Job::ReadSubscription {
            subscription_id: Id::new(id),
            due_at: Timestamp::from_millis(parts.next()?.parse().ok()?)?,
        },
        "send-mail" => Job::SendMail {
            mail_id: Id::new(id),
            attempt: parts.next()?.parse().ok()?,
        },
        _ => return None,
    })
}
