//! What is measured: one file for each question.

mod browser;
mod checkout;
mod console;
mod credits;
mod dashboard;
mod growth;
mod large_site;
mod memory;
mod page;
mod registration;
mod webhook;

use std::{path::PathBuf, pin::Pin, time::Duration};

use anyhow::Result;

use crate::{
    database::{Database, DatabaseKind},
    processes::{Processes, RunningServer, StandIn},
    report::Measurement,
    rounds::Rounds,
};

/// What all scenarios share.
pub struct Bench {
    pub processes: Processes,
    pub rounds: Rounds,
    /// The folder of static files that the server serves.
    pub site: PathBuf,
    /// The script that opens pages in Chromium.
    pub browser: PathBuf,
    /// A stand-in without latency.
    pub stripe: StandIn,
}

impl Bench {
    /// Starts what all scenarios share.
    ///
    /// # Errors
    /// If the stand-in does not start.
    pub async fn new(
        processes: Processes,
        quick: bool,
        site: PathBuf,
        browser: PathBuf,
    ) -> Result<Self> {
        Ok(Self {
            stripe: processes.stand_in(Duration::ZERO).await?,
            processes,
            rounds: Rounds::new(quick),
            site,
            browser,
        })
    }

    async fn database(&self, kind: DatabaseKind, name: &str) -> Result<Database> {
        self.processes.database(kind, name, &self.stripe).await
    }

    async fn serve(&self, database: &Database) -> Result<RunningServer> {
        self.processes.serve(database, &self.stripe, &[]).await
    }
}

type Measuring<'a> = Pin<Box<dyn Future<Output = Result<Vec<Measurement>>> + 'a>>;

/// A scenario and the name that selects it on the command line.
pub struct Scenario {
    pub name: &'static str,
    pub measure: for<'a> fn(&'a Bench) -> Measuring<'a>,
}

/// All scenarios, in the order of the report.
pub const ALL: [Scenario; 9] = [
    Scenario {
        name: "dashboard",
        measure: |bench| Box::pin(dashboard::measure(bench)),
    },
    Scenario {
        name: "page",
        measure: |bench| Box::pin(page::measure(bench)),
    },
    Scenario {
        name: "checkout",
        measure: |bench| Box::pin(checkout::measure(bench)),
    },
    Scenario {
        name: "webhook",
        measure: |bench| Box::pin(webhook::measure(bench)),
    },
    Scenario {
        name: "credits",
        measure: |bench| Box::pin(credits::measure(bench)),
    },
    Scenario {
        name: "registration",
        measure: |bench| Box::pin(registration::measure(bench)),
    },
    Scenario {
        name: "browser",
        measure: |bench| Box::pin(browser::measure(bench)),
    },
    Scenario {
        name: "memory",
        measure: |bench| Box::pin(memory::measure(bench)),
    },
    Scenario {
        name: "growth",
        measure: |bench| Box::pin(growth::measure(bench)),
    },
];
