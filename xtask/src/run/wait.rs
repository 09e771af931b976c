//! Ports: which are free, and when somebody answers there.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

use crate::process::{self, Group};

const PATIENCE: Duration = Duration::from_secs(30);

/// Refuses a port that somebody asked for and that is taken.
pub fn must_be_free(addr: SocketAddr) -> Result<()> {
    TcpListener::bind(addr)
        .map(drop)
        .with_context(|| format!("port {} is taken; choose another with --port", addr.port()))
}

/// The wanted port or the next free one after it.
pub fn free_port_from(mut addr: SocketAddr) -> Result<u16> {
    let wanted = addr.port();
    for port in wanted..=wanted.saturating_add(100) {
        addr.set_port(port);
        if TcpListener::bind(addr).is_ok() {
            return Ok(port);
        }
    }
    bail!(
        "no port between {wanted} and {} is free on {}",
        wanted.saturating_add(100),
        addr.ip()
    )
}

/// Waits for `GET /healthz` to answer 200.
pub fn until_healthy(addr: SocketAddr, server: &mut Group) -> Result<()> {
    let start = Instant::now();
    while !healthy(addr).unwrap_or(false) {
        server.check()?;
        if process::interrupted() {
            bail!("interrupted");
        }
        if start.elapsed() > PATIENCE {
            bail!(
                "http://{addr}/healthz did not answer 200 within {} s",
                PATIENCE.as_secs()
            );
        }
        thread::sleep(Duration::from_millis(50));
    }
    Ok(())
}

fn healthy(addr: SocketAddr) -> Result<bool> {
    let mut stream = TcpStream::connect_timeout(&addr, Duration::from_secs(1))?;
    stream.set_read_timeout(Some(Duration::from_secs(2)))?;
    write!(
        stream,
        "GET /healthz HTTP/1.1\r\nHost: localhost:{}\r\nConnection: close\r\n\r\n",
        addr.port()
    )?;
    let mut status = [0u8; 12];
    stream.read_exact(&mut status)?;
    Ok(status.ends_with(b" 200"))
}
