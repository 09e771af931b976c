//! A demo that is served: what `cargo xtask run` shows, and what the gate asks.

use std::{net::SocketAddr, path::Path};

use anyhow::Result;

use super::{
    demo::Demo,
    services::{self, Server, StandIn},
};
use crate::{
    build::Built,
    process::{self, Group},
    progress::step,
    settings::Settings,
};

/// Stripe's stand-in, a filled database and the server, until dropped.
pub struct World {
    // Ends first: it may still have something to tell Stripe.
    site: Group,
    stand_in: StandIn,
    pub demo: Demo,
}

impl World {
    /// Starts everything; `data` is where the database and the secrets are, `more` is told to the
    /// server besides.
    pub fn start(
        settings: &Settings,
        built: &Built,
        data: &Path,
        addr: SocketAddr,
        more: &[(&'static str, &str)],
    ) -> Result<Self> {
        let stand_in = step("Stripe's stand-in", || services::stand_in(built, data))?;
        let server = Server::new(settings, built, data, addr, &stand_in.url)?.told(more);
        step("database", || {
            process::run(&mut server.command(&["migrate"]))
        })?;
        let demo = step("demo", || {
            let demo = Demo::read(&server.output(&["demo", "--json"])?)?;
            demo.register_webhooks(&stand_in.url)?;
            Ok(demo)
        })?;
        let site = step("site", || server.serve())?;
        Ok(Self {
            site,
            stand_in,
            demo,
        })
    }

    /// Fails when one of them has ended by itself.
    pub fn check(&mut self) -> Result<()> {
        self.stand_in.group.check()?;
        self.site.check()
    }
}
