//! A demo that is served: what `cargo xtask run` and `dev` show, and what the gate asks.

use std::{net::SocketAddr, path::Path};

use anyhow::Result;

use super::{
    demo::Demo,
    services::{self, Mailbox, Server, StandIn},
};
use crate::{
    artifacts::Built,
    process::{self, Group},
    progress::step,
    settings::Settings,
};

/// Stripe's stand-in, the mailbox, a filled database and the server, until dropped.
pub struct World {
    // Ends first: it may still have something to tell Stripe. None while it is replaced, or after
    // its replacement did not start.
    site: Option<Group>,
    stand_in: StandIn,
    mailbox: Mailbox,
    server: Server,
    pub demo: Demo,
}

impl World {
    /// Starts everything; `data` is where the database and the secrets are, `env` is added to the
    /// server's environment.
    pub fn start(
        settings: &Settings,
        built: &Built,
        data: &Path,
        addr: SocketAddr,
        env: &[(&'static str, &str)],
    ) -> Result<Self> {
        let stand_in = step("Stripe's stand-in", || services::stand_in(built, data))?;
        let mailbox = step("mailbox", || services::mailbox(built))?;
        let mail = [
            ("SMTP_URL", mailbox.smtp_url.as_str()),
            ("MAIL_FROM", services::MAIL_FROM),
            // The demo's mails arrive at once.
            ("MAIL_PER_SECOND", "1000"),
        ];
        let server = Server::new(settings, built, data, addr, &stand_in.url)?;
        let server = server.with_env(&mail).with_env(env);
        step("database", || {
            process::run(&mut server.command(&["migrate"]))
        })?;
        let demo = step("demo", || {
            let demo = Demo::read(&server.output(&["demo", "--json"])?)?;
            demo.register_webhooks(&stand_in.url)?;
            Ok(demo)
        })?;
        let site = Some(step("site", || server.serve())?);
        Ok(Self {
            site,
            stand_in,
            mailbox,
            server,
            demo,
        })
    }

    /// Replaces the running site by the server's program as it is now, on the same address and
    /// database.
    pub fn restart_site(&mut self) -> Result<()> {
        self.site = None;
        process::run(&mut self.server.command(&["migrate"]))?;
        self.site = Some(self.server.serve()?);
        Ok(())
    }

    /// Fails when the stand-in or the mailbox has ended by itself.
    pub fn check_helpers(&mut self) -> Result<()> {
        self.stand_in.group.check()?;
        self.mailbox.group.check()
    }

    /// The address of the page with the mails.
    pub fn mailbox_url(&self) -> &str {
        &self.mailbox.page_url
    }

    /// Fails when the site has ended by itself.
    pub fn check_site(&mut self) -> Result<()> {
        self.site.as_mut().map_or(Ok(()), Group::check)
    }
}
