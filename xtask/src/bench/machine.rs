//! What was measured, and on what.

use std::{fmt, fs, path::Path, process::Command, thread};

use anyhow::{Context, Result, ensure};

use crate::{postgres::Postgres, settings::Settings};

/// The machine and the programs, as names and values.
pub struct Machine(Vec<(&'static str, String)>);

impl Machine {
    /// Reads what the system says of itself; databases lie in the parent of `scratch`.
    pub fn read(settings: &Settings, postgres: &Postgres, scratch: &Path) -> Result<Self> {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let processor =
            kernel_value("/proc/cpuinfo", "model name").unwrap_or_else(|| "unknown".to_owned());
        let memory =
            kernel_value("/proc/meminfo", "MemTotal").unwrap_or_else(|| "unknown".to_owned());
        let disk = scratch.parent().unwrap_or(scratch);
        let git =
            |args: &[&str]| output_of(Command::new("git").args(args).current_dir(&settings.root));
        let commit = git(&["rev-parse", "--short=12", "HEAD"])?;
        let changed = !git(&["status", "--porcelain", "--untracked-files=no"])?.is_empty();
        let changed = if changed { ", with changes" } else { "" };
        let or_unknown = |found: Result<String>| found.unwrap_or_else(|_| "unknown".to_owned());
        Ok(Self(vec![
            ("Date", output_of(Command::new("date").args(["-u", "+%F"]))?),
            ("Commit", format!("{commit}{changed}")),
            ("CPU", format!("{processor}, {cores} cores")),
            ("Memory", gigabytes(&memory)),
            ("Kernel", output_of(Command::new("uname").arg("-sr"))?),
            (
                "File system",
                or_unknown(output_of(
                    Command::new("stat").args(["-f", "-c", "%T"]).arg(disk),
                )),
            ),
            ("Rust", output_of(Command::new("rustc").arg("--version"))?),
            ("PostgreSQL", postgres.version()?),
        ]))
    }
}

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| | |\n|---|---|")?;
        for (name, value) in &self.0 {
            writeln!(f, "| {name} | {value} |")?;
        }
        Ok(())
    }
}

fn output_of(command: &mut Command) -> Result<String> {
    let output = command
        .output()
        .with_context(|| format!("{command:?} could not be started"))?;
    ensure!(output.status.success(), "{command:?} failed");
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// A `name : value` of a file that the kernel writes.
fn kernel_value(path: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    let mut pairs = text.lines().filter_map(|line| line.split_once(':'));
    let (_, value) = pairs.find(|(found, _)| found.trim() == name)?;
    Some(value.trim().to_owned())
}

/// `24684120 kB` in the unit of a data sheet.
fn gigabytes(memory: &str) -> String {
    let kibibytes = memory.strip_suffix(" kB").and_then(|kb| kb.parse().ok());
    kibibytes.map_or_else(
        || memory.to_owned(),
        |kibibytes: f64| format!("{:.1} GB", kibibytes * 1024.0 / 1e9),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_shown_in_gigabytes() {
        assert_eq!(gigabytes("24684120 kB"), "25.3 GB");
        assert_eq!(gigabytes("unknown"), "unknown");
    }

    #[test]
    fn the_machine_is_a_table_of_two_columns() {
        let machine = Machine(vec![("Kernel", "Linux 6.1".to_owned())]);
        assert_eq!(
            machine.to_string(),
            "| | |\n|---|---|\n| Kernel | Linux 6.1 |\n"
        );
    }
}
