//! The demo: Stripe's stand-in, a filled database and the server, until Ctrl-C.

mod demo;
mod services;
mod wait;
mod world;

use std::{env, fs, net::SocketAddr, path::PathBuf, thread, time::Duration};

use anyhow::{Context, Result};

pub use self::{
    demo::{Demo, Login},
    wait::free_port_from,
    world::World,
};
use crate::{
    artifacts::{self, Profile},
    process,
    settings::Settings,
};

/// Builds everything, fills the database and serves the demo.
pub fn run(settings: &Settings, port: Option<u16>, data: Option<PathBuf>) -> Result<()> {
    let built = artifacts::everything(settings, Profile::Dev, &process::run)?;
    let data = data_folder(settings, data)?;
    let addr = site_addr(settings, port)?;
    process::stop_on_interrupt()?;

    let mut world = World::start(settings, &built, &data, addr, &[])?;
    println!("{}", welcome(&world));
    while !process::interrupted() {
        world.check_helpers()?;
        world.check_site()?;
        thread::sleep(Duration::from_millis(200));
    }
    eprintln!("\n▸ stopping");
    Ok(())
}

/// The wanted folder of the database and the secrets, or `data` in the workspace.
pub fn data_folder(settings: &Settings, wanted: Option<PathBuf>) -> Result<PathBuf> {
    let data = match wanted {
        Some(wanted) => env::current_dir()?.join(wanted),
        None => settings.root.join("data"),
    };
    fs::create_dir_all(&data).with_context(|| format!("cannot create {}", data.display()))?;
    Ok(data)
}

/// The wanted port, or the next free one after the one in Cargo.toml.
pub fn site_addr(settings: &Settings, port: Option<u16>) -> Result<SocketAddr> {
    let mut addr = settings.leptos().site_addr;
    if let Some(port) = port {
        addr.set_port(port);
        wait::must_be_free(addr)?;
        return Ok(addr);
    }
    let free = free_port_from(addr)?;
    if free != addr.port() {
        eprintln!("  port {} is taken, so the site takes {free}", addr.port());
        addr.set_port(free);
    }
    Ok(addr)
}

/// What a person needs to use the demo.
pub fn welcome(world: &World) -> String {
    format!(
        "{}\n  {:<22}{}\n\n  Payments are simulated, and no mail leaves this machine. Ctrl-C stops \
         everything.\n",
        world.demo.welcome(),
        "Mailbox",
        world.mailbox_url()
    )
}
