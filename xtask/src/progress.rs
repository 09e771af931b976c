//! Lines that tell a person what is happening and how long it took.

use std::time::Instant;

use anyhow::Result;

/// Prints a name, does the work, and prints how long it took.
pub fn step<T>(name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    let start = Instant::now();
    eprintln!("▸ {name}");
    let outcome = work();
    let mark = if outcome.is_ok() { "✓" } else { "✗" };
    eprintln!("{mark} {name} · {}", seconds(start));
    outcome
}

/// Elapsed time for people.
pub fn seconds(start: Instant) -> String {
    let elapsed = start.elapsed().as_secs_f64();
    if elapsed < 60.0 {
        format!("{elapsed:.1} s")
    } else {
        format!(
            "{:.0} min {:02.0} s",
            (elapsed / 60.0).floor(),
            elapsed % 60.0
        )
    }
}

/// A file's size for people.
pub fn kilobytes(bytes: u64) -> String {
    format!("{:.1} KB", bytes as f64 / 1000.0)
}
