//! A gate in PostgreSQL. A statement of a process waits there, so that the test finds the process
//! at exactly this step, whatever the machine is doing.

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

use super::scene::until;

/// Where the gate is.
#[derive(Clone, Copy, Debug)]
pub enum Stop {
    /// Before a statement does this: `UPDATE OF state ON purchases`.
    Before(&'static str),
    /// In the commit of a transaction that did this.
    AtCommit(&'static str),
}

/// What becomes of the statement that waited when its process died. The process may have been
/// killed before PostgreSQL had it, or after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It never comes to pass, and its transaction neither.
    Lost,
    /// It is done; a transaction that it did not end is rolled back.
    Done,
}

/// Shut until it is opened.
pub struct Gate {
    keeper: PgConnection,
    tables: Vec<&'static str>,
}

/// Who goes through shares a lock that the keeper holds alone.
const FUNCTION: &str = "CREATE FUNCTION gate() RETURNS trigger LANGUAGE plpgsql AS \
    'BEGIN PERFORM pg_advisory_xact_lock_shared(1); RETURN NULL; END'";
const SHUT: &str = "SELECT pg_advisory_lock(1)";
const OPEN: &str = "SELECT pg_advisory_unlock(1)";
const WAITING: &str = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted \
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
/// Ends the sessions that wait, within ten seconds.
const LOSE: &str = "SELECT pg_terminate_backend(pid, 10000) FROM pg_locks \
    WHERE locktype = 'advisory' AND NOT granted \
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";

impl Gate {
    /// Shuts it in the database at `url`.
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

    /// Waits until so many statements stand before it.
    pub async fn reached(&mut self, number: i64) {
        let keeper = &mut self.keeper;
        until("the gate is reached", async || {
            let waiting = sqlx::query_scalar::<_, i64>(WAITING);
            waiting.fetch_one(&mut *keeper).await.unwrap() >= number
        })
        .await;
    }

    /// Opens it, when the process is dead.
    pub async fn open(mut self, fate: Fate) {
        if fate == Fate::Lost {
            self.keeper.execute(LOSE).await.unwrap();
        }
        self.keeper.execute(OPEN).await.unwrap();
        for table in self.tables {
            // Waits for the transactions of the dead.
            let remove = format!("DROP TRIGGER gate ON {table}");
            self.keeper.execute(AssertSqlSafe(remove)).await.unwrap();
        }
        self.keeper.execute("DROP FUNCTION gate()").await.unwrap();
        self.keeper.close().await.unwrap();
    }
}

impl Fate {
    /// Each of them.
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
