//! A gate in PostgreSQL: a statement of a process waits there, so that the test finds the process
//! at exactly this step, however fast the machine is.

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

use super::scene::until;

/// Where a statement waits.
#[derive(Clone, Copy, Debug)]
pub enum Stop {
    /// Before a statement that does this: `UPDATE OF state ON purchases`.
    Before(&'static str),
    /// In the commit of a transaction that did this.
    AtCommit(&'static str),
}

/// What happens to the waiting statement when its process is killed: the process may have died
/// before PostgreSQL received the statement, or after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// The statement is never executed, and its transaction is rolled back.
    Lost,
    /// The statement is executed; if its transaction is still open afterwards, it is rolled back.
    Done,
}

/// A gate that is shut until [`Self::open`].
pub struct Gate {
    keeper: PgConnection,
    tables: Vec<&'static str>,
}

/// A statement that passes the gate needs a shared lock, which the keeper holds exclusively.
const FUNCTION: &str = "CREATE FUNCTION gate() RETURNS trigger LANGUAGE plpgsql AS \
    'BEGIN PERFORM pg_advisory_xact_lock_shared(1); RETURN NULL; END'";
const SHUT: &str = "SELECT pg_advisory_lock(1)";
const OPEN: &str = "SELECT pg_advisory_unlock(1)";
const WAITING: &str = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted \
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
/// Ends the waiting sessions, within ten seconds.
const LOSE: &str = "SELECT pg_terminate_backend(pid, 10000) FROM pg_locks \
    WHERE locktype = 'advisory' AND NOT granted \
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";

impl Gate {
    /// Shuts the gate in the database at `url`.
    pub async fn shut(url: &str, stops: &[Stop]) -> Self {
        let mut keeper = PgConnection::connect(url).await.unwrap();
        keeper.execute(SHUT).await.unwrap();
        keeper.execute(FUNCTION).await.unwrap();
        for stop in stops {
            let trigger = AssertSqlSafe(stop.trigger());
            keeper.execute(trigger).await.unwrap();
        }
        let tables = stops.iter().map(|stop| stop.table()).collect();
        Self { keeper, tables }
    }

    /// Waits until this many statements wait at the gate.
    pub async fn reached(&mut self, number: i64) {
        let keeper = &mut self.keeper;
        until("the gate is reached", async || {
            let waiting = sqlx::query_scalar::<_, i64>(WAITING);
            waiting.fetch_one(&mut *keeper).await.unwrap() >= number
        })
        .await;
    }

    /// Waits until the tenant's credit is decided: the statements that wait may all be the other program's.
    pub async fn decided(&mut self) {
        const DECIDED: &str =
            "SELECT count(*) FROM credits WHERE program = 'tenant' AND kind = 'earned'";
        let keeper = &mut self.keeper;
        until("the tenant's credit is decided", async || {
            let decided = sqlx::query_scalar::<_, i64>(DECIDED);
            decided.fetch_one(&mut *keeper).await.unwrap() > 0
        })
        .await;
    }

    /// Opens the gate, after the process was killed.
    pub async fn open(mut self, fate: Fate) {
        if fate == Fate::Lost {
            self.keeper.execute(LOSE).await.unwrap();
        }
        self.keeper.execute(OPEN).await.unwrap();
        for table in self.tables {
            // This waits for the transactions of the dead process.
            let remove = format!("DROP TRIGGER gate ON {table}");
            self.keeper.execute(AssertSqlSafe(remove)).await.unwrap();
        }
        self.keeper.execute("DROP FUNCTION gate()").await.unwrap();
        self.keeper.close().await.unwrap();
    }
}

impl Fate {
    /// Both fates.
    pub const EACH: [Self; 2] = [Self::Lost, Self::Done];
}

impl Stop {
    fn trigger(self) -> String {
        match self {
            Self::Before(event) => format!(
                "CREATE TRIGGER gate BEFORE {event} FOR EACH STATEMENT EXECUTE FUNCTION gate()"
            ),
            Self::AtCommit(event) => format!(
                "CREATE CONSTRAINT TRIGGER gate AFTER {event} DEFERRABLE INITIALLY DEFERRED \
                 FOR EACH ROW EXECUTE FUNCTION gate()"
            ),
        }
    }

    fn table(self) -> &'static str {
        let (Self::Before(event) | Self::AtCommit(event)) = self;
        let (_, table) = event.rsplit_once(' ').expect("… ON table");
        table
    }
}
