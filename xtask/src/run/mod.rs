//! The demo: Stripe's stand-in, a filled database and the server, until Ctrl-C.

mod demo;
mod services;
mod wait;

use std::{env, fs, net::SocketAddr, path::PathBuf, thread, time::Duration};

use anyhow::{Context, Result};

use crate::{
    build::{self, Profile},
    process,
    progress::step,
    settings::Settings,
};

/// Builds, fills and serves.
pub fn run(settings: &Settings, port: Option<u16>, data: Option<PathBuf>) -> Result<()> {
    let built = build::everything(settings, Profile::Dev, &process::run)?;
    let data = match data {
        Some(data) => env::current_dir()?.join(data),
        None => settings.root.join("data"),
    };
    fs::create_dir_all(&data).with_context(|| format!("cannot create {}", data.display()))?;
    let addr = site_addr(settings, port)?;
    process::stop_on_interrupt()?;

    let mut stand_in = step("Stripe's stand-in", || services::stand_in(&built, &data))?;
    let server = services::Server::new(settings, &built, &data, addr, &stand_in.url)?;
    step("database", || {
        process::run(&mut server.command(&["migrate"]))
    })?;
    let demo = step("demo", || {
        let demo = demo::Demo::read(&server.output(&["demo", "--json"])?)?;
        demo.register_webhooks(&stand_in.url)?;
        Ok(demo)
    })?;
    let mut site = step("site", || server.serve())?;

    println!("{}", welcome(&demo));
    while !process::interrupted() {
        stand_in.group.check()?;
        site.check()?;
        thread::sleep(Duration::from_millis(200));
    }
    eprintln!("\n▸ stopping");
    Ok(())
}

fn site_addr(settings: &Settings, port: Option<u16>) -> Result<SocketAddr> {
    let mut addr = settings.leptos().site_addr;
    if let Some(port) = port {
        addr.set_port(port);
        wait::must_be_free(addr)?;
        return Ok(addr);
    }
    let free = wait::free_port_from(addr)?;
    if free != addr.port() {
        eprintln!("  port {} is taken, so the site takes {free}", addr.port());
        addr.set_port(free);
    }
    Ok(addr)
}

fn welcome(demo: &demo::Demo) -> String {
    format!(
        "{}\n  Payments are simulated. Ctrl-C stops everything.\n",
        demo.welcome()
    )
}
