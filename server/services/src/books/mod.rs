//! The books: Stripe's balances held against the ledger, page by page, each night and on demand, after what went
//! back without being told (`docs/rules.md` 120, 149, 160 and 161).

mod customer;
mod figures;
mod nightly;
mod page;
mod rest;
mod settle;

use anyhow::Context;
use domain::credit::{BooksOutcome, StripeError};
use store::{
    ReconciliationId, Scope, StripeAccountId,
    audit_log::{self, Change, Field},
    entities::{reconciliation, user},
    platform_settings, reconciliations, sites, stripe_accounts,
};
use time::Duration;

use crate::{
    Engine,
    queue::Job,
    refunds,
    stripe_customers::{Connection, StepError, connection_to},
};

pub use figures::{Figures, LastCompared, Month, figures};
pub use nightly::round;
pub use settle::set_done;

/// How long a process may be silent before another one goes on. A page takes seconds.
const LEASE: Duration = Duration::minutes(5);
/// How many pages one job compares, so that a shutdown waits for a few of them at most.
const PAGES_AT_ONCE: usize = 5;

/// What beginning a comparison did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begun {
    Now(ReconciliationId),
    /// One goes on already.
    Before(ReconciliationId),
}

impl Begun {
    pub fn id(self) -> ReconciliationId {
        match self {
            Self::Now(id) | Self::Before(id) => id,
        }
    }
}

/// Who asks for a comparison.
#[derive(Clone, Copy)]
pub enum Asked<'a> {
    AtNight,
    ByStaff(&'a user::Model),
    /// On the command line, which compares itself: no job does it.
    ByOperator,
}

/// How far a comparison came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    Finished,
    /// There is more to compare.
    More,
    /// Another process compares.
    Busy,
    /// Stripe does not answer; it goes on where it stopped.
    Silent(StripeError),
}

/// Begins a comparison, or finds the one that goes on. What staff asks for is in the audit log.
///
/// # Errors
/// If the database fails.
pub async fn begin(engine: &Engine, scope: Scope, asked: Asked<'_>) -> anyhow::Result<Begun> {
    // Before the transaction, which must not wait for a second connection.
    let account = account_of(engine, scope).await?;
    let (tx, now) = (engine.db.begin().await?, engine.now());
    let Some(id) = reconciliations::begin(&tx, scope, account, now).await? else {
        // It may have ended between both statements.
        let row = reconciliations::last(&tx, scope, false).await?;
        let row = row.context("the comparison that goes on")?;
        return Ok(Begun::Before(row.id));
    };
    if let Asked::ByStaff(staff) = asked {
        let change = Change {
            site_id: scope.site(),
            actor: Some(staff),
            subject: "Books",
            now,
        };
        let field = Field {
            name: "Comparison with Stripe",
            old: None,
            new: Some("Begun".to_owned()),
        };
        audit_log::write(&tx, &change, [field]).await?;
    }
    if !matches!(asked, Asked::ByOperator) {
        engine.queue.enqueue(&tx, &job(id, 0)).await?;
    }
    tx.commit().await?;
    engine.queue.wake_workers();
    Ok(Begun::Now(id))
}

/// Whether the program has an account to compare with.
///
/// # Errors
/// If the database fails.
pub async fn is_connected(engine: &Engine, scope: Scope) -> anyhow::Result<bool> {
    Ok(account_of(engine, scope).await?.is_some())
}

/// The program's account; `None` if Stripe is not connected.
async fn account_of(engine: &Engine, scope: Scope) -> anyhow::Result<Option<StripeAccountId>> {
    let db = engine.db.reader();
    Ok(match scope {
        Scope::Site(site_id) => {
            let site = sites::by_id(db, site_id).await?;
            site.and_then(|site| site.row.stripe_account_id)
        }
        Scope::Platform => platform_settings::get(db).await?.stripe_account_id,
    })
}

fn job(reconciliation_id: ReconciliationId, pages: i64) -> Job {
    Job::Reconcile {
        reconciliation_id,
        pages,
    }
}

/// The job: compares a few pages, and enqueues itself for the rest.
///
/// # Errors
/// If the database fails.
pub async fn perform(engine: &Engine, id: ReconciliationId) -> anyhow::Result<()> {
    if go_on(engine, id).await? == Progress::More
        && let Some(row) = reconciliations::by_id(engine.db.reader(), id).await?
    {
        let again = job(id, row.pages);
        engine
            .queue
            .enqueue_in(again, Duration::ZERO, row.started_at)
            .await;
    }
    Ok(())
}

/// Compares a few pages, from where the comparison stopped. What was recorded before a crash counts; a page
/// that was not recorded is compared again.
///
/// # Errors
/// If the database fails.
pub async fn go_on(engine: &Engine, id: ReconciliationId) -> anyhow::Result<Progress> {
    let db = engine.db.writer();
    let token = engine.random.token();
    if !reconciliations::claim(db, id, &token, engine.now(), LEASE).await? {
        let row = reconciliations::by_id(db, id).await?;
        let is_over = row.is_none_or(|row| row.finished_at.is_some());
        return Ok(if is_over {
            Progress::Finished
        } else {
            Progress::Busy
        });
    }
    let Some(row) = reconciliations::by_id(db, id).await? else {
        return Ok(Progress::Finished);
    };
    let began = row.started_at;
    let compared = compare(engine, row, &token).await;
    let (outcome, progress) = match compared {
        Ok(Compared::Everything) => return Ok(Progress::Finished),
        Ok(Compared::Some) => (None, Progress::More),
        Ok(Compared::Nothing) => return Ok(Progress::Busy),
        Err(Trouble::Stripe(error)) => {
            let now = engine.now();
            let outcome = BooksOutcome::of_error(&error, began.moment(), now.moment());
            tracing::info!(
                reconciliation = id.get(),
                ?error,
                "the books wait for Stripe"
            );
            match outcome {
                Some(_) => (outcome, Progress::Finished),
                None => (None, Progress::Silent(error)),
            }
        }
        Err(Trouble::Other(error)) => {
            reconciliations::release(db, id, &token).await?;
            return Err(error);
        }
    };
    match outcome {
        Some(outcome) => {
            reconciliations::finish(db, id, &token, outcome, engine.now()).await?;
        }
        None => reconciliations::release(db, id, &token).await?,
    }
    Ok(progress)
}

/// What a run compared.
enum Compared {
    /// Everything, and that is recorded.
    Everything,
    /// A few pages.
    Some,
    /// Another process has the claim now.
    Nothing,
}

/// What ends a run early.
enum Trouble {
    Stripe(StripeError),
    Other(anyhow::Error),
}

impl From<StepError> for Trouble {
    fn from(error: StepError) -> Self {
        match error {
            StepError::Stripe(error) => Self::Stripe(error),
            StepError::Database(error) => Self::Other(error.into()),
        }
    }
}

impl From<StripeError> for Trouble {
    fn from(error: StripeError) -> Self {
        Self::Stripe(error)
    }
}

impl From<sea_orm::DbErr> for Trouble {
    fn from(error: sea_orm::DbErr) -> Self {
        Self::Other(error.into())
    }
}

impl From<anyhow::Error> for Trouble {
    fn from(error: anyhow::Error) -> Self {
        Self::Other(error)
    }
}

/// One run of a comparison that this process has claimed.
struct Run<'a> {
    engine: &'a Engine,
    row: reconciliation::Model,
    /// Of the claim.
    token: &'a str,
    scope: Scope,
    connection: Connection,
    /// Every row of the program's account in its mode: an account that was connected again has several.
    accounts: Vec<StripeAccountId>,
}

async fn compare(
    engine: &Engine,
    row: reconciliation::Model,
    token: &str,
) -> Result<Compared, Trouble> {
    let scope = row.scope();
    let account = row.stripe_account_id.ok_or(StripeError::NotConnected)?;
    let connection = connection_to(engine, account).await?;
    let livemode = connection.account.livemode;
    let rows = stripe_accounts::of_owner(engine.db.reader(), scope.site(), livemode).await?;
    let run = Run {
        engine,
        row,
        token,
        scope,
        accounts: rows.into_iter().map(|row| row.id).collect(),
        connection,
    };
    let mut place = run.row.page_after.clone();
    if place.is_none() {
        let last = reconciliations::last_compared(engine.db.reader(), scope).await?;
        refunds::catch_up(engine, &run.connection, (scope, &run.accounts), last).await?;
    }
    for _ in 0..PAGES_AT_ONCE {
        if page::is_last(place.as_deref()) {
            return rest::finish(&run).await;
        }
        match page::compare(&run, place.as_deref()).await? {
            Some(next) => place = next,
            None => return Ok(Compared::Nothing),
        }
    }
    Ok(Compared::Some)
}
