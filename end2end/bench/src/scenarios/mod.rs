//! What is measured: a file for each question.

mod browser;
mod console;
mod credits;
mod crowd;
mod dashboard;
mod growth;
mod memory;
mod page;
mod registration;
mod webhook;

use std::{path::PathBuf, pin::Pin, time::Duration};

use anyhow::Result;

use crate::{
    programs::{Programs, Running, StandIn},
    report::Line,
    rounds::Pace,
    store::{Kind, Store},
};

/// What every scenario needs.
pub struct Bench {
    pub programs: Programs,
    pub pace: Pace,
    /// The folder that the server hands out.
    pub site: PathBuf,
    /// The script that opens pages in Chromium.
    pub browser: PathBuf,
    /// Answers at once.
    pub stripe: StandIn,
}

impl Bench {
    /// Starts what all scenarios share.
    ///
    /// # Errors
    /// If the stand-in does not start.
    pub async fn new(
        programs: Programs,
        quick: bool,
        site: PathBuf,
        browser: PathBuf,
    ) -> Result<Self> {
        Ok(Self {
            stripe: programs.stand_in(Duration::ZERO).await?,
            programs,
            pace: Pace::new(quick),
            site,
            browser,
        })
    }

    async fn store(&self, kind: Kind, name: &str) -> Result<Store> {
        self.programs.store(kind, name, &self.stripe).await
    }

    async fn serve(&self, store: &Store) -> Result<Running> {
        self.programs.serve(store, &self.stripe, &[]).await
    }
}

type Measuring<'a> = Pin<Box<dyn Future<Output = Result<Vec<Line>>> + 'a>>;

/// A scenario by the name that chooses it.
pub struct Scenario {
    pub name: &'static str,
    pub measure: for<'a> fn(&'a Bench) -> Measuring<'a>,
}

/// All of them, in the order of the report.
pub const ALL: [Scenario; 8] = [
    Scenario {
        name: "dashboard",
        measure: |bench| Box::pin(dashboard::measure(bench)),
    },
    Scenario {
        name: "page",
        measure: |bench| Box::pin(page::measure(bench)),
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
