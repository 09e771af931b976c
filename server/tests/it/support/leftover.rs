//! Fails a test that ends with a job left over: one in the queue, whose row is still due.

use std::{cell::Cell, thread};

use domain::{
    credit::CreditState,
    mail::{MailKind, MailState},
    purchase::CreditCheck,
};
use sea_orm::{
    ColumnTrait, ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, DbErr,
    EntityTrait, PaginatorTrait, QueryFilter, Statement,
};
use services::queue::Job;
use store::entities::{
    checkout_session, credit, mail, password_reset, platform_purchase, platform_referral, purchase,
    referral, referrer_link, user,
};

use super::settled::job_of;

/// The mails that a test must let be sent.
const AWAITED_MAILS: [MailKind; 3] = [
    MailKind::ResetPassword,
    MailKind::PasswordChanged,
    MailKind::EmailChanged,
];

/// Looks at the database when the test ends.
pub struct Leftover {
    url: String,
    expected: Cell<bool>,
}

impl Leftover {
    pub fn of(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            expected: Cell::new(false),
        }
    }

    /// For a test that stops before its jobs are done.
    pub fn expect(&self) {
        self.expected.set(true);
    }
}

impl Drop for Leftover {
    fn drop(&mut self) {
        if self.expected.get() || thread::panicking() {
            return;
        }
        let url = self.url.clone();
        // The test's own runtime cannot block here.
        let looked = thread::spawn(|| {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            runtime.unwrap().block_on(jobs_left_over(url))
        });
        let left = looked.join().expect("the look does not panic");
        let left = left.unwrap_or_else(|error| panic!("the queue cannot be read: {error}"));
        assert!(
            left.is_empty(),
            "the test ends with jobs left over: {left:?}. Let them be done (`run_jobs`, `issue`, \
             `settle`), or say that they stay with `leave_jobs`"
        );
    }
}

async fn jobs_left_over(url: String) -> Result<Vec<Job>, DbErr> {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    let db = Database::connect(options).await?;
    let mut left = Vec::new();
    for key in runnable(&db).await? {
        let job = job_of(&key).unwrap_or_else(|| panic!("{key} names no job"));
        if is_due(&db, &job).await? {
            left.push(job);
        }
    }
    db.close().await?;
    Ok(left)
}

/// The keys of the jobs that a worker would take now.
async fn runnable(db: &DatabaseConnection) -> Result<Vec<String>, DbErr> {
    let backend = db.get_database_backend();
    let sql = match backend {
        DbBackend::Sqlite => {
            "SELECT idempotency_key FROM Jobs \
             WHERE status <> 'Done' AND run_at <= CAST(strftime('%s', 'now') AS integer)"
        }
        _ => "SELECT idempotency_key FROM apalis.jobs WHERE status <> 'Done' AND run_at <= now()",
    };
    let rows = db
        .query_all_raw(Statement::from_string(backend, sql))
        .await?;
    rows.iter().map(|row| row.try_get_by(0)).collect()
}

/// Whether the job's row still waits for it.
async fn is_due(db: &DatabaseConnection, job: &Job) -> Result<bool, DbErr> {
    let found = match *job {
        Job::DecideCredit { purchase_id } => {
            purchase::Entity::find_by_id(purchase_id)
                .filter(purchase::Column::CreditCheck.eq(CreditCheck::Due.code()))
                .count(db)
                .await?
        }
        Job::DecidePlatformCredit { purchase_id } => {
            platform_purchase::Entity::find_by_id(purchase_id)
                .filter(platform_purchase::Column::CreditCheck.eq(CreditCheck::Due.code()))
                .count(db)
                .await?
        }
        Job::IssueCredit { credit_id, attempt } => {
            credit::Entity::find_by_id(credit_id)
                .filter(credit::Column::State.eq(CreditState::Due.code()))
                .filter(credit::Column::Attempts.eq(attempt))
                .count(db)
                .await?
        }
        // The first credit makes the customer too.
        Job::MakeCustomer { .. } => 0,
        Job::CheckCheckoutSession { id, due_at } => {
            checkout_session::Entity::find_by_id(id)
                .filter(checkout_session::Column::NextCheckAt.eq(due_at))
                .count(db)
                .await?
        }
        Job::MailResetLink { password_reset_id } => {
            password_reset::Entity::find_by_id(password_reset_id)
                .filter(password_reset::Column::TokenHash.is_null())
                .count(db)
                .await?
        }
        Job::MailReferrerLink { referrer_link_id } => {
            referrer_link::Entity::find_by_id(referrer_link_id)
                .filter(referrer_link::Column::TokenHash.is_null())
                .count(db)
                .await?
        }
        // Only the payment of a subscription is looked up where no refund waits.
        Job::CheckRefunds {
            purchase_id,
            due_at,
        } => {
            purchase::Entity::find_by_id(purchase_id)
                .filter(purchase::Column::RefundCheckAt.eq(due_at))
                .filter(purchase::Column::RefundPendingCents.gt(0))
                .count(db)
                .await?
        }
        Job::CheckPlatformRefunds {
            purchase_id,
            due_at,
        } => {
            platform_purchase::Entity::find_by_id(purchase_id)
                .filter(platform_purchase::Column::RefundCheckAt.eq(due_at))
                .filter(platform_purchase::Column::RefundPendingCents.gt(0))
                .count(db)
                .await?
        }
        // How a subscription stands is read in the next sweep as well.
        Job::ReadSubscription { .. } => 0,
        Job::AdjustCredit { referral_id } => {
            referral::Entity::find_by_id(referral_id)
                .filter(referral::Column::AdjustDue.eq(true))
                .count(db)
                .await?
        }
        Job::AdjustPlatformCredit { referral_id } => {
            platform_referral::Entity::find_by_id(referral_id)
                .filter(platform_referral::Column::AdjustDue.eq(true))
                .count(db)
                .await?
        }
        // At night each sweep begins one, whatever the test is about.
        Job::Reconcile { .. } => 0,
        Job::DeleteAccount { member_id } => {
            user::Entity::find_by_id(member_id)
                .filter(user::Column::DeletionDue.eq(true))
                .count(db)
                .await?
        }
        Job::SendMail { mail_id, attempt } => {
            mail::Entity::find_by_id(mail_id)
                .filter(mail::Column::State.eq(MailState::Due.code()))
                .filter(mail::Column::Attempts.eq(attempt))
                // Nearly every test leaves others: to register, to sign an admin in and to connect
                // Stripe writes them.
                .filter(mail::Column::Kind.is_in(AWAITED_MAILS.map(MailKind::code)))
                .count(db)
                .await?
        }
    };
    Ok(found > 0)
}
