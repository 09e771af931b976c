//! The processes: the web, the worker, or both in one.

use std::{future::Future, net::SocketAddr, sync::Arc, time::Duration};

use anyhow::{Context, anyhow, ensure};
use leptos::config::{LeptosOptions, get_configuration};
use mailer::Mailer;
use server_core::{clock::Clock, config::Config, random::Random};
use services::{
    Engine,
    accounts::passwords::Passwords,
    jobs,
    live::Live,
    migrate::{NOT_MIGRATED, is_migrated, migrate},
    previews::Previews,
    queue::Queue,
    readiness::{ELSEWHERE, Readiness},
    referral_clicks::ReferralClicks,
    secrets,
};
use store::{Db, Pool, location::Standing, stripe_accounts};
use stripe_gateway::{AsyncStripe, CutOff, StripeConnector};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
    time::{sleep, timeout},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use web::{
    listen::listen,
    middleware::{Proxies, RateLimiter},
    state::{AppState, Shared},
};

use crate::{clicks, starting::again_if_cut};

/// How long to wait for an answer of Stripe.
const STRIPE_PATIENCE: Duration = Duration::from_secs(20);
/// How long shutdown waits for running requests and jobs.
const STOP_PATIENCE: Duration = Duration::from_secs(15);

/// The state that requests and jobs share, with the clock and the randomness of the machine.
///
/// # Errors
/// If a setting is wrong or the database does not answer.
pub async fn state(config: Config) -> anyhow::Result<AppState> {
    state_with(config, Clock::system(), Random::system()).await
}

/// Like [`state`], with the caller's clock and randomness.
///
/// # Errors
/// If a setting is wrong or the database does not answer.
pub async fn state_with(config: Config, clock: Clock, random: Random) -> anyhow::Result<AppState> {
    let db = connect(&config).await?;
    state_on(db, config, clock, random).await
}

async fn connect(config: &Config) -> anyhow::Result<Db> {
    Db::connect_with(&config.database_url, config.database_connections).await
}

/// Like [`state_with`], on an open database. If the database is not where it was last served,
/// Stripe is never called.
async fn state_on(
    db: Db,
    config: Config,
    clock: Clock,
    random: Random,
) -> anyhow::Result<AppState> {
    config.check()?;
    let standing = db.standing().await?;
    let stripe: Arc<dyn StripeConnector> = match &standing {
        Standing::Original | Standing::Detached => {
            Arc::new(AsyncStripe::new(&config.stripe_api_base, STRIPE_PATIENCE))
        }
        Standing::Elsewhere { recorded, found } => {
            tracing::error!(recorded, found, "{ELSEWHERE}");
            Arc::new(CutOff)
        }
    };
    let rate_limiter = RateLimiter::new(clock.clone());
    let config = Arc::new(config);
    let engine = Engine {
        config: config.clone(),
        sealer: secrets::sealer(&db, &config, &random, clock.now().into()).await?,
        stripe,
        mailer: Mailer::new(
            config.smtp_url.as_deref(),
            config.mail_from.as_deref(),
            config.mail_per_second,
        )?,
        simulated_payments: config.simulated_payments,
        queue: Queue::new(&db),
        live: Live::default(),
        passwords: Passwords::new(random.clone(), config.password_cost)?,
        calls: TaskTracker::new(),
        readiness: Readiness::default(),
        standing,
        db,
        clock,
        random,
    };
    Ok(AppState::from(Shared {
        engine,
        leptos: leptos_options(config.listen)?,
        rate_limiter,
        previews: Previews::default(),
        referral_clicks: ReferralClicks::default(),
        proxies: Proxies::new(&config.trusted_proxies)?,
    }))
}

/// Reads `LEPTOS_*` from the environment, where `cargo xtask` sets it. Without it, the options are
/// those of Cargo.toml, but without hashed file names.
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

/// The options of `server serve`.
#[derive(Clone, Copy)]
pub struct WebOptions {
    /// Run the jobs too.
    pub worker: bool,
    /// Run the migrations first.
    pub migrate: bool,
    /// The database was moved or restored, and this is the original.
    pub moved: bool,
}

/// Serves the web until a stop signal, and runs the jobs if `options` say so. If the database is
/// not where it was last served, only the web is served and Stripe is never called.
///
/// # Errors
/// If the database is not up to date, the address is in use, or the web or the worker fails.
pub async fn web(config: Config, options: WebOptions) -> anyhow::Result<()> {
    let db = again_if_cut(async || connect(&config).await).await?;
    let ended = web_on(db.clone(), config, options).await;
    ended_and_closed(ended, &db).await
}

async fn web_on(db: Db, config: Config, options: WebOptions) -> anyhow::Result<()> {
    if options.migrate {
        migrate(&db).await?;
    }
    // From here on the process changes the database, so a stop signal must shut it down cleanly.
    let stopping = stop_on_signal()?;
    let clock = Clock::system();
    let state = again_if_cut(async || {
        ensure!(is_migrated(&db).await?, NOT_MIGRATED);
        if options.moved || !db.has_location().await? {
            db.record_location(clock.now().into()).await?;
        }
        let (db, config, clock) = (db.clone(), config.clone(), clock.clone());
        let state = state_on(db, config, clock, Random::system()).await?;
        tell_what_is_amiss(&state).await?;
        Ok(state)
    })
    .await?;
    let at_home = !matches!(state.standing, Standing::Elsewhere { .. });
    let with_worker = options.worker && at_home;
    if !options.worker {
        one_process_on_sqlite(&state)?;
    }
    if state.config.behind_tls && state.config.trusted_proxies.is_empty() {
        tracing::warn!(
            "BEHIND_TLS without TRUSTED_PROXIES: all visitors share the proxy's address, and its limits"
        );
    }
    let listener = TcpListener::bind(state.config.listen)
        .await
        .with_context(|| format!("LISTEN: cannot listen on {}", state.config.listen))?;
    tracing::info!("listening on http://{}", listener.local_addr()?);
    let hearing = tokio::spawn(hear(state.clone(), stopping.clone()));
    let reminding = tokio::spawn(remind(state.standing.clone()));
    let work = {
        let (state, stopping) = (state.clone(), stopping.clone());
        async move {
            match with_worker {
                true => jobs::run(state.engine.clone(), stopping.cancelled_owned()).await,
                false => Ok(()),
            }
        }
    };
    let writing = tokio::spawn(clicks::keep_written(state.clone(), stopping.clone()));
    let web = listen(state.clone(), listener, stopping.clone());
    let ended = bounded(&stopping, async { tokio::try_join!(web, work).map(|_| ()) }).await;
    stopping.cancel();
    hearing.abort();
    reminding.abort();
    writing.await.context("clicks on referral links")?;
    // The last requests counted too.
    clicks::write(&state).await;
    ended
}

/// Logs again every five minutes that jobs and Stripe are off, because nobody reads the first line
/// of a log.
async fn remind(standing: Standing) {
    const EVERY: Duration = Duration::from_secs(5 * 60);
    if let Standing::Elsewhere { recorded, found } = standing {
        loop {
            sleep(EVERY).await;
            tracing::error!(recorded, found, "{ELSEWHERE}");
        }
    }
}

/// Closes the database, so that a SQLite file is complete without its write-ahead log.
///
/// # Errors
/// If SQLite's database could not be closed: parts of it may be in the write-ahead log. PostgreSQL
/// keeps what was committed, even if closing fails.
pub async fn close(db: &Db) -> anyhow::Result<()> {
    const PATIENCE: Duration = Duration::from_secs(2);
    let closed = match timeout(PATIENCE, db.close()).await {
        Ok(closed) => closed.context("the database was not closed"),
        Err(_) => Err(anyhow!(
            "the database was not closed: statements are still running"
        )),
    };
    match (closed, db.file()) {
        (Err(error), None) => {
            tracing::warn!("{error:#}");
            Ok(())
        }
        (Err(error), Some(file)) => Err(error.context(format!(
            "{} is incomplete without the -wal file beside it",
            file.display()
        ))),
        (Ok(()), _) => Ok(()),
    }
}

/// Closes the database, and returns how the process ended. Of two errors the first is returned and
/// the other is logged.
pub async fn ended_and_closed(ended: anyhow::Result<()>, db: &Db) -> anyhow::Result<()> {
    match (ended, close(db).await) {
        (Err(first), Err(error)) => {
            tracing::error!("{error:#}");
            Err(first)
        }
        (ended, closed) => ended.and(closed),
    }
}

/// Runs jobs until a stop signal.
///
/// # Errors
/// If the database is not up to date or not where it was last served, or the worker fails.
pub async fn worker(config: Config) -> anyhow::Result<()> {
    let db = again_if_cut(async || connect(&config).await).await?;
    let ended = worker_on(db.clone(), config).await;
    ended_and_closed(ended, &db).await
}

async fn worker_on(db: Db, config: Config) -> anyhow::Result<()> {
    // From here on the process changes the database, so a stop signal must shut it down cleanly.
    let stopping = stop_on_signal()?;
    let clock = Clock::system();
    let state = again_if_cut(async || {
        ensure!(is_migrated(&db).await?, NOT_MIGRATED);
        let (db, config, clock) = (db.clone(), config.clone(), clock.clone());
        let state = state_on(db, config, clock.clone(), Random::system()).await?;
        tell_what_is_amiss(&state).await?;
        one_process_on_sqlite(&state)?;
        // The worker may start before the first `serve`, and it acts in the database's name too.
        if !state.db.has_location().await? {
            state.db.record_location(clock.now().into()).await?;
        }
        Ok(state)
    })
    .await?;
    ensure!(
        !matches!(state.standing, Standing::Elsewhere { .. }),
        ELSEWHERE
    );
    bounded(
        &stopping,
        jobs::run(state.engine.clone(), stopping.clone().cancelled_owned()),
    )
    .await
}

/// Says at once what would otherwise be found out at the first payment, or never.
async fn tell_what_is_amiss(state: &AppState) -> anyhow::Result<()> {
    let sealed = stripe_accounts::sealed_otherwise(state.db.reader(), &state.sealer).await?;
    if sealed > 0 {
        tracing::error!(
            accounts = sealed,
            "APP_SECRET is not the one under which the Stripe keys were stored: nothing can be \
             sold, and no webhook verified. Start with the former one, or connect Stripe anew"
        );
    }
    if secrets::is_lost(&state.db, &state.sealer).await? {
        tracing::error!(
            "APP_SECRET is not the one of before: links to unsubscribe, and what is remembered of \
             deleted accounts, do not count. Name the former one in APP_SECRET_OLD"
        );
    }
    if state.config.reaches_the_database_openly() {
        tracing::warn!(
            "DATABASE_URL: whoever is between here and PostgreSQL could read along; add \
             ?sslmode=verify-full"
        );
    }
    if state.config.app_secret_old().is_some() {
        tracing::info!("APP_SECRET_OLD opens too; `server rotate-secret` says when to drop it");
    }
    Ok(())
}

/// On SQLite one process does everything: a second one would not receive its notifications.
fn one_process_on_sqlite(state: &AppState) -> anyhow::Result<()> {
    ensure!(
        matches!(state.db.pool(), Pool::Postgres(_)),
        "on SQLite, `serve` also runs the jobs; a separate worker needs PostgreSQL"
    );
    Ok(())
}

/// Relays the notifications of other processes, and reconnects after a lost connection.
async fn hear(state: AppState, stopping: CancellationToken) {
    const PAUSE: Duration = Duration::from_secs(1);
    while !stopping.is_cancelled() {
        match state.live.listen(&state.db).await {
            Ok(()) => return,
            Err(error) => {
                tracing::warn!("listening for notifications from other processes failed: {error:#}")
            }
        }
        sleep(PAUSE).await;
    }
}

/// Runs `work` to its end; after the stop signal, for at most [`STOP_PATIENCE`].
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
        tracing::warn!("stopped while work was still running");
        Ok(())
    })
}

fn stop_on_signal() -> anyhow::Result<CancellationToken> {
    let stopping = CancellationToken::new();
    let stop = stopping.clone();
    let mut terminate = signal(SignalKind::terminate()).context("SIGTERM")?;
    // Catch SIGXFSZ: then a write to a file that may not grow fails, as on a full disk, instead of
    // killing the process.
    let too_large = rustix::process::Signal::XFSZ.as_raw();
    let _caught = signal(SignalKind::from_raw(too_large)).context("SIGXFSZ")?;
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
