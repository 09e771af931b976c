//! The demo under development: whatever changes is built again and shown, until Ctrl-C.

mod change;
mod job;
mod live_reload;
mod watch;

use std::{
    mem,
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};

use self::{
    change::{Outdated, outdated_by},
    job::Job,
    live_reload::LiveReload,
    watch::Watch,
};
use crate::{
    artifacts::{self, Built, Output, Site},
    process,
    progress::{seconds, step},
    run::{self, World},
    settings::Settings,
};

/// How often the loop looks whether a build has ended.
const TICK: Duration = Duration::from_millis(50);

/// Builds, serves, watches.
pub fn run(settings: Settings, port: Option<u16>, data: Option<PathBuf>) -> Result<()> {
    let settings = Arc::new(settings.for_dev());
    process::stop_on_interrupt()?;
    // From here on a change is seen, even one that is made during the first build.
    let watch = Watch::start(&settings.root)?;
    let built = first_build(&settings)?;
    let data = run::data_folder(&settings, data)?;
    let addr = run::site_addr(&settings, port)?;
    let next = SocketAddr::from((Ipv4Addr::LOCALHOST, addr.port().saturating_add(1)));
    let reload = LiveReload::start(run::free_port_from(next)?)?;
    let world = World::start(
        &settings,
        &built,
        &data,
        addr,
        &[
            ("LEPTOS_WATCH", "1"),
            ("LEPTOS_RELOAD_PORT", &reload.port.to_string()),
        ],
    )?;
    println!("{}", run::welcome(&world));
    println!("  Watching. Open pages reload after each build.\n");
    let mut dev = Dev {
        settings,
        reload,
        world,
        site_ended: false,
        outdated: Outdated::default(),
        failed: Outdated::default(),
        since: Instant::now(),
        job: None,
    };
    while !process::interrupted() {
        dev.take_changes(&watch.changed(TICK));
        dev.show_files();
        dev.compile();
        dev.check_site();
        dev.world.check_helpers()?;
    }
    eprintln!("\n▸ stopping");
    Ok(())
}

fn first_build(settings: &Arc<Settings>) -> Result<Built> {
    let everything = Outdated {
        files: true,
        wasm: true,
        server: true,
    };
    step("browser part and server", || {
        Job::start(Arc::clone(settings), everything).join()
    })?;
    let site = publish(settings)?;
    job::install_server(settings)?;
    let programs = settings.target.join("debug");
    Ok(Built {
        server: job::server_program(settings),
        stand_in: programs.join(artifacts::STAND_IN),
        mailbox: programs.join(artifacts::MAILBOX),
        torture: programs.join(artifacts::TORTURE),
        site: Output::watched(settings).site,
        parts: site.parts,
    })
}

/// Brings the served files up to date, and the file that names their hashes: Leptos reads it for
/// every page, so a running server links to the new files at once.
fn publish(settings: &Settings) -> Result<Site> {
    let _reading = job::bound_files();
    let site = artifacts::site(settings, &Output::watched(settings))?;
    let server = job::server_program(settings);
    let folder = server
        .parent()
        .context("the server's program has no folder")?;
    site.write_hash_files(folder)?;
    Ok(site)
}

/// The running demo and what is out of date in it.
struct Dev {
    settings: Arc<Settings>,
    reload: LiveReload,
    world: World,
    /// The site ended by itself and waits for the next build.
    site_ended: bool,
    outdated: Outdated,
    /// What the last build could not compile.
    failed: Outdated,
    /// The first change that is not shown yet.
    since: Instant,
    job: Option<Job>,
}

impl Dev {
    fn take_changes(&mut self, paths: &[PathBuf]) {
        for path in paths {
            let outdated = outdated_by(path);
            if !outdated.anything() {
                continue;
            }
            if !self.outdated.anything() && self.job.is_none() {
                self.since = Instant::now();
            }
            eprintln!("▸ {} changed", path.display());
            self.outdated |= outdated;
        }
    }

    /// Shows a style or a picture at once, whatever is being compiled.
    fn show_files(&mut self) {
        if !self.outdated.files {
            return;
        }
        self.outdated.files = false;
        match publish(&self.settings) {
            Ok(_) => self.show("style"),
            Err(error) => eprintln!("✗ style: {error:#}"),
        }
    }

    /// Starts to compile what is out of date, in place of what is being compiled; shows what has
    /// been compiled. After an error the site goes on as it was.
    fn compile(&mut self) {
        if self.outdated.code() {
            let mut outdated = mem::take(&mut self.outdated) | mem::take(&mut self.failed);
            if let Some(job) = self.job.take() {
                outdated |= job.outdated;
            }
            self.job = Some(Job::start(Arc::clone(&self.settings), outdated));
            return;
        }
        let Some(job) = self.job.take_if(|job| job.is_finished()) else {
            return;
        };
        let outdated = job.outdated;
        if let Err(error) = job.join().and_then(|()| self.replace(outdated)) {
            self.failed = outdated;
            eprintln!("✗ {error:#}; waiting for the next change");
        }
    }

    fn replace(&mut self, outdated: Outdated) -> Result<()> {
        publish(&self.settings)?;
        if outdated.server {
            job::install_server(&self.settings)?;
            self.world.restart_site()?;
            self.site_ended = false;
        }
        self.show(match (outdated.wasm, outdated.server) {
            (true, true) => "browser part and server",
            (true, false) => "browser part",
            _ => "server",
        });
        Ok(())
    }

    fn show(&self, what: &str) {
        self.reload.reload();
        eprintln!("✓ {what} · {} after the change", seconds(self.since));
    }

    fn check_site(&mut self) {
        if self.site_ended {
            return;
        }
        if let Err(error) = self.world.check_site() {
            self.site_ended = true;
            eprintln!("✗ {error:#}; it starts again after the next build");
        }
    }
}
