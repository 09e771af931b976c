//! The processes: the web, the worker, or both in one; and the steps that make a database ready.

use std::{future::Future, net::SocketAddr, sync::Arc, time::Duration};

use anyhow::Context;
use leptos::config::{LeptosOptions, get_configuration};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
    time::{sleep, timeout},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    clock::Clock,
    config::Config,
    db::{Db, Pool},
    jobs,
    live::Live,
    middleware::{Guard, Proxies},
    random::Random,
    sealing::Sealer,
    services::passwords::Passwords,
    state::{AppState, Shared},
    stripe::AsyncStripe,
};

pub use crate::listen::listen;

/// How long Stripe may take to answer.
const STRIPE_PATIENCE: Duration = Duration::from_secs(20);
/// How long a stop waits for requests and jobs that are under way.
const STOP_PATIENCE: Duration = Duration::from_secs(15);

/// Everything that requests and jobs share, with the clock and the randomness of the machine.
///
/// # Errors
/// If a setting is wrong or the database does not answer.
pub async fn state(config: Config) -> anyhow::Result<AppState> {
    state_with(config, Clock::system(), Random::system()).await
}

/// The same with a clock and a randomness of the caller's.
///
/// # Errors
/// If a setting is wrong or the database does not answer.
pub async fn state_with(config: Config, clock: Clock, random: Random) -> anyhow::Result<AppState> {
    let db = Db::connect(&config.database_url).await?;
    Ok(AppState::from(Shared {
        leptos: leptos_options(config.listen)?,
        sealer: Sealer::new(&config.app_secret, random.clone())?,
        stripe: Arc::new(AsyncStripe::new(&config.stripe_api_base, STRIPE_PATIENCE)),
        queue: jobs::Queue::new(&db),
        live: Live::default(),
        passwords: Passwords::new(random.clone())?,
        guard: Guard::new(clock.clone()),
        proxies: Proxies::new(&config.trusted_proxies)?,
        calls: TaskTracker::new(),
        config: Arc::new(config),
        db,
        clock,
        random,
    }))
}

/// `LEPTOS_*` of the environment, as `cargo xtask` sets it; without it, as in Cargo.toml but for
/// the hashes.
fn leptos_options(listen: SocketAddr) -> anyhow::Result<LeptosOptions> {
    let mut options = match std::env::var_os("LEPTOS_OUTPUT_NAME") {
        Some(_) => get_configuration(None).context("LEPTOS_*")?.leptos_options,
        None => LeptosOptions::builder()
            .output_name("pewpros")
            .site_root("target/site")
            .build(),
    };
    options.site_addr = listen;
    Ok(options)
}

/// Brings the database's shape up to date, then the queue's tables; any number of processes may
/// do it at once.
///
/// # Errors
/// If one of the two fails; it changes nothing then.
pub async fn migrate(db: &Db) -> anyhow::Result<()> {
    db.migrate().await.context("a migration failed")?;
    jobs::setup(db)
        .await
        .context("the queue's tables cannot be made")
}

/// Serves the web, and does the jobs unless `--no-worker`, until told to stop.
///
/// # Errors
/// If the address is taken, or the web or the worker breaks down.
pub async fn web(config: Config, with_worker: bool) -> anyhow::Result<()> {
    let state = state(config).await?;
    if !with_worker {
        one_process_on_sqlite(&state)?;
    }
    if state.config.behind_tls && state.config.trusted_proxies.is_empty() {
        tracing::warn!(
            "BEHIND_TLS without TRUSTED_PROXIES: all visitors share the proxy's address, and its limits"
        );
    }
    let stopping = stop_on_signal()?;
    let listener = TcpListener::bind(state.config.listen)
        .await
        .with_context(|| format!("LISTEN: cannot listen on {}", state.config.listen))?;
    tracing::info!("listening on http://{}", listener.local_addr()?);
    let hearing = tokio::spawn(hear(state.clone(), stopping.clone()));
    let work = {
        let (state, stopping) = (state.clone(), stopping.clone());
        async move {
            match with_worker {
                true => jobs::run(state, stopping.cancelled_owned()).await,
                false => Ok(()),
            }
        }
    };
    let web = listen(state, listener, stopping.clone());
    let ended = bounded(&stopping, async { tokio::try_join!(web, work).map(|_| ()) }).await;
    stopping.cancel();
    hearing.abort();
    ended
}

/// Does jobs, until told to stop.
///
/// # Errors
/// If the worker breaks down.
pub async fn worker(config: Config) -> anyhow::Result<()> {
    let state = state(config).await?;
    one_process_on_sqlite(&state)?;
    let stopping = stop_on_signal()?;
    bounded(
        &stopping,
        jobs::run(state, stopping.clone().cancelled_owned()),
    )
    .await
}

/// On SQLite one process does everything: another one would not hear of its news.
fn one_process_on_sqlite(state: &AppState) -> anyhow::Result<()> {
    anyhow::ensure!(
        matches!(state.db.pool(), Pool::Postgres(_)),
        "on SQLite `serve` does the jobs too; a worker of its own needs PostgreSQL"
    );
    Ok(())
}

/// Hears the news of other processes; a cut connection is taken up again.
async fn hear(state: AppState, stopping: CancellationToken) {
    const PAUSE: Duration = Duration::from_secs(1);
    while !stopping.is_cancelled() {
        match state.live.listen(&state.db).await {
            Ok(()) => return,
            Err(error) => tracing::warn!("news of other processes: {error:#}"),
        }
        sleep(PAUSE).await;
    }
}

/// Runs `work` to its end, but not for long once we are stopping.
async fn bounded(
    stopping: &CancellationToken,
    work: impl Future<Output = anyhow::Result<()>>,
) -> anyhow::Result<()> {
    tokio::pin!(work);
    tokio::select! {
        ended = &mut work => return ended,
        () = stopping.cancelled() => {}
    }
    timeout(STOP_PATIENCE, work).await.unwrap_or_else(|_| {
        tracing::warn!("stopped with work under way");
        Ok(())
    })
}

fn stop_on_signal() -> anyhow::Result<CancellationToken> {
    let stopping = CancellationToken::new();
    let stop = stopping.clone();
    let mut terminate = signal(SignalKind::terminate()).context("SIGTERM")?;
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
        tracing::info!("stopping");
        stop.cancel();
    });
    Ok(stopping)
}
