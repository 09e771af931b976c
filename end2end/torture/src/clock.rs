//! The clock. This program with the stand-in in it, the product and PostgreSQL run under
//! libfaketime, which reads in one file how many seconds to add to the machine's time.

#![expect(
    clippy::disallowed_methods,
    reason = "what the machine says is what libfaketime is asked for"
)]

use std::{
    path::PathBuf,
    time::{Duration, Instant, SystemTime},
};

use anyhow::{Context, ensure};

/// libfaketime rereads the file at least this often (`FAKETIME_CACHE_DURATION` is 1 s), with a
/// margin.
const FAKETIME_TIMEOUT: Duration = Duration::from_secs(5);

/// The time of all processes: milliseconds since 1970.
///
/// # Errors
/// If it is before 1970.
pub fn unix_millis() -> anyhow::Result<i64> {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?;
    Ok(i64::try_from(since.as_millis())?)
}

#[derive(Clone)]
pub struct Clock {
    file: PathBuf,
}

impl Clock {
    pub fn new(file: PathBuf) -> Self {
        Self { file }
    }

    /// Moves the clock of all processes forward, and returns once this process sees the new time.
    ///
    /// # Errors
    /// If this process does not run under libfaketime.
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

    /// How far the clock is ahead now, in seconds.
    fn ahead(&self) -> anyhow::Result<u64> {
        let text = std::fs::read_to_string(&self.file).context("the clock's file")?;
        let text = text.trim().trim_start_matches('+');
        text.parse().context("the clock's file holds seconds")
    }
}
