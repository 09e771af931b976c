//! The clock of everybody: this program, the stand-in in it, the product and PostgreSQL run under
//! libfaketime and read in one file how far ahead they are.

#![expect(
    clippy::disallowed_methods,
    reason = "what the machine says is what libfaketime is asked for"
)]

use std::{
    path::PathBuf,
    time::{Duration, Instant, SystemTime},
};

use anyhow::{Context, ensure};

/// How often the file is read again at the latest (`FAKETIME_CACHE_DURATION`), with room.
const FAKETIME_TIMEOUT: Duration = Duration::from_secs(5);

/// The file.
#[derive(Clone)]
pub struct Clock {
    file: PathBuf,
}

impl Clock {
    pub fn new(file: PathBuf) -> Self {
        Self { file }
    }

    /// Moves the time of everybody on, and returns when this program has noticed.
    ///
    /// # Errors
    /// If libfaketime is not at work here.
    pub async fn jump(&self, by: Duration) -> anyhow::Result<()> {
        let ahead = self.ahead()? + by.as_secs();
        let (before, started) = (SystemTime::now(), Instant::now());
        std::fs::write(&self.file, format!("+{ahead}\n")).context("the clock's file")?;
        while SystemTime::now().duration_since(before).unwrap_or_default() < by {
            ensure!(
                started.elapsed() < FAKETIME_TIMEOUT,
                "the clock stands still: this must run under libfaketime"
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }

    /// Seconds.
    fn ahead(&self) -> anyhow::Result<u64> {
        let text = std::fs::read_to_string(&self.file).context("the clock's file")?;
        let text = text.trim().trim_start_matches('+');
        text.parse().context("the clock's file holds seconds")
    }
}
