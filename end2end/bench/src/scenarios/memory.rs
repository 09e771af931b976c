//! The memory of the server: idle, at its peak under load, and some time after the load.

use std::{fs, time::Duration};

use anyhow::{Context, Result};

use super::Bench;
use crate::{
    database::DatabaseKind,
    load::run_closed_loop,
    member::Member,
    report::{Aim, Measurement},
};

const CONNECTIONS: usize = 64;
const AT_REST_MB: f64 = 60.0;
const UNDER_LOAD_MB: f64 = 150.0;

pub async fn measure(bench: &Bench) -> Result<Vec<Measurement>> {
    let database = bench.database(DatabaseKind::Sqlite, "memory").await?;
    let settle = Duration::from_secs(bench.rounds.pick(30, 1));
    let server = bench.serve(&database).await?;
    tokio::time::sleep(settle / 10).await;
    let at_rest = megabytes(server.pid()?, "VmRSS")?;
    let member = Member::new(server.addr, &database).await?;
    let requests = member.page_requests(server.addr, "/dashboard");
    run_closed_loop(server.addr, CONNECTIONS, 5 * bench.rounds.round, requests).await?;
    let highest = megabytes(server.pid()?, "VmHWM")?;
    tokio::time::sleep(settle).await;
    let after = megabytes(server.pid()?, "VmRSS")?;
    let line = |what: &str, megabytes, aim| Measurement::new(what, "MB", megabytes, aim);
    Ok(vec![
        line("Memory at rest", at_rest, Aim::AtMost(AT_REST_MB)),
        line(
            &format!("Memory, highest, dashboards on {CONNECTIONS} connections"),
            highest,
            Aim::AtMost(UNDER_LOAD_MB),
        ),
        line(
            &format!("Memory {} s later", settle.as_secs()),
            after,
            Aim::AtMost(AT_REST_MB),
        ),
    ])
}

/// An entry of `/proc/PID/status`, in units of 10⁶ bytes.
fn megabytes(pid: u32, name: &str) -> Result<f64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))
        .context("memory is read from /proc, which only Linux has")?;
    read(&status, name).with_context(|| format!("{name} of the server"))
}

fn read(status: &str, name: &str) -> Option<f64> {
    let line = status.lines().find_map(|line| {
        let (found, value) = line.split_once(':')?;
        (found == name).then_some(value)
    })?;
    let kibibytes: f64 = line.trim().strip_suffix(" kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024.0 / 1e6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_named_line_is_read() {
        let status = "Name:\tserver\nVmHWM:\t   50000 kB\nVmRSS:\t   25000 kB\n";
        assert_eq!(read(status, "VmRSS"), Some(25.6));
        assert_eq!(read(status, "VmHWM"), Some(51.2));
        assert_eq!(read(status, "VmSwap"), None);
    }
}
