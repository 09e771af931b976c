//! The product as a test sees it: served on a port of its own, with a clock that the test can turn.

use std::{net::SocketAddr, num::NonZeroU32, sync::Arc, time::Duration};

use mailbox::Mailbox;
use server::serve;
use server_core::{
    config::{Config, PasswordCost},
    random::Random,
};
use services::{jobs, live::Live};
use sqlx::{Postgres, pool::PoolConnection};
use store::{Pool, sites::Site};
use stripe_gateway::AsyncStripe;
use stripe_stand_in::StandIn;
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::sync::{CancellationToken, DropGuard};
use web::{listen::listen, state::AppState};

use super::{Browser, clock::TestClock, data, database::Database, leftover::Leftover};

/// One installation with two tenants and the Stripe stand-in; nobody has registered yet.
pub struct TestApp {
    /// First, so that it looks while the database is still there.
    leftover: Leftover,
    pub state: AppState,
    pub stripe: StandIn,
    /// Where every mail ends, in a test with mail.
    pub mailbox: Mailbox,
    pub address: SocketAddr,
    /// Ends when the web server has stopped.
    pub web: JoinHandle<anyhow::Result<()>>,
    /// Detroit Arms, at `localhost`; a referral earns $10.00; Stripe is not connected.
    pub detroit: Site,
    /// Motor City Coaching, at `coaching.localhost`.
    pub coaching: Site,
    clock: TestClock,
    stopping: CancellationToken,
    /// Connections to PostgreSQL that nobody else can have.
    held: Vec<PoolConnection<Postgres>>,
    pub database: Database,
    _stop: DropGuard,
}

impl TestApp {
    /// On SQLite.
    pub async fn spawn() -> Self {
        Self::on_sqlite().await
    }

    pub async fn on_sqlite() -> Self {
        Self::spawn_with(Database::sqlite().await, |_| {}).await
    }

    /// `None` if `SKIP_POSTGRES=1`.
    pub async fn on_postgres() -> Option<Self> {
        Some(Self::spawn_with(Database::postgres().await?, |_| {}).await)
    }

    /// On SQLite, with a mail server.
    pub async fn on_sqlite_with_mail() -> Self {
        Self::spawn_with(Database::sqlite().await, Self::with_mail).await
    }

    /// On PostgreSQL, with a mail server; `None` if `SKIP_POSTGRES=1`. The process has a single connection: a
    /// transaction that waited for a second one, as to write a mail, would wait in vain, and keep its locks.
    pub async fn on_postgres_with_mail() -> Option<Self> {
        const FEWEST: u32 = 4;
        let database = Database::postgres().await?;
        let configure = |config: &mut Config| {
            config.database_connections = FEWEST;
            Self::with_mail(config);
        };
        let mut app = Self::spawn_with(database, configure).await;
        if let Pool::Postgres(pool) = app.state.db.pool() {
            // One listens for notifications.
            for _ in 0..FEWEST - 2 {
                app.held.push(pool.acquire().await.unwrap());
            }
        }
        Some(app)
    }

    /// For the address of the mail server, which is known once it has started.
    fn with_mail(config: &mut Config) {
        config.mail_from = Some("no-reply@pewpros.example".to_owned());
    }

    /// On SQLite with other settings.
    pub async fn configured(configure: impl FnOnce(&mut Config)) -> Self {
        Self::spawn_with(Database::sqlite().await, configure).await
    }

    async fn spawn_with(database: Database, configure: impl FnOnce(&mut Config)) -> Self {
        let stripe = stripe_stand_in::start(Default::default()).await.unwrap();
        let mailbox = mailbox::start(Default::default()).await.unwrap();
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut config = Config {
            listen: address,
            stripe_api_base: stripe.base_url.clone(),
            ..settings(&database)
        };
        configure(&mut config);
        config.smtp_url = config.mail_from.as_ref().map(|_| mailbox.smtp_url.clone());
        let clock = TestClock::default();
        let mut state = serve::state_with(config, clock.reading(), Random::system())
            .await
            .unwrap();
        state.leptos.site_root = database
            .folder
            .path()
            .join("site")
            .display()
            .to_string()
            .into();
        let detroit = data::site(&state, "detroit-arms", "Detroit Arms", "localhost").await;
        let coaching = data::site(
            &state,
            "motor-city-coaching",
            "Motor City Coaching",
            "coaching.localhost",
        )
        .await;
        if let Some(listener) = Live::listener(&state.db).await.unwrap() {
            let live = state.live.clone();
            tokio::spawn(async move { live.relay(listener).await });
        }
        let stopping = CancellationToken::new();
        let web = tokio::spawn(listen(state.clone(), listener, stopping.clone()));
        Self {
            leftover: Leftover::of(&database.url),
            state,
            stripe,
            mailbox,
            address,
            web,
            detroit,
            coaching,
            clock,
            _stop: stopping.clone().drop_guard(),
            stopping,
            held: Vec::new(),
            database,
        }
    }

    /// The state of another process on the same database, with these secrets.
    ///
    /// # Errors
    /// If it does not start.
    pub async fn with_secrets(&self, secret: &str, old: Option<&str>) -> anyhow::Result<AppState> {
        let config = Config {
            app_secret: secret.to_owned(),
            app_secret_old: old.map(str::to_owned),
            ..Config::clone(&self.state.config)
        };
        serve::state_with(config, self.clock.reading(), Random::system()).await
    }

    /// For a test that stops before its jobs are done; each other test fails when a job is left over.
    pub fn leave_jobs(&self) {
        self.leftover.expect();
    }

    /// Starts a worker.
    pub fn start_worker(&self) -> JoinHandle<anyhow::Result<()>> {
        tokio::spawn(jobs::run(
            self.state.engine.clone(),
            self.stopping.clone().cancelled_owned(),
        ))
    }

    /// Begins to stop the web server and the worker; `web` ends after the last request.
    pub fn stop(&self) {
        self.stopping.cancel();
    }

    /// Shortens the time after which jobs give up a call to Stripe that hangs; the served web keeps
    /// its own.
    pub fn shorten_patience(&mut self) {
        const PATIENCE: Duration = Duration::from_millis(400);
        self.state.stripe = Arc::new(AsyncStripe::new(&self.stripe.base_url, PATIENCE));
    }

    /// Turns the product's clock, and not Stripe's.
    pub fn set_our_clock_ahead(&self, by: Duration) {
        self.clock.turn(by.as_millis() as i64);
    }

    /// Turns the product's clock, and not Stripe's.
    pub fn set_our_clock_back(&self, by: Duration) {
        self.clock.turn(-(by.as_millis() as i64));
    }

    /// Stops the product's clock, so that rate limits do not depend on how fast the machine is.
    pub fn stop_our_clock(&self) {
        self.clock.stop();
    }

    /// Repeats the attempt until its limit is reached, and stops the clock so that it stays
    /// reached.
    pub fn use_up<E>(&self, attempt: impl Fn() -> Result<(), E>) {
        self.stop_our_clock();
        while attempt().is_ok() {}
    }

    /// Turns the clocks of the product and of Stripe.
    pub fn advance(&self, by: Duration) {
        self.set_our_clock_ahead(by);
        self.stripe.pass_time(by.as_secs() as i64);
    }

    /// A new browser at Detroit Arms.
    pub fn browser(&self) -> Browser {
        self.browser_at("localhost")
    }

    /// A new browser at the site at `host`.
    pub fn browser_at(&self, host: &str) -> Browser {
        Browser::new(host, self.address)
    }

    /// Puts a file into the folder of the browser's files.
    pub fn site_file(&self, path: &str, content: &[u8]) {
        let path = self.database.folder.path().join("site").join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }
}

/// Settings for `database`: any free port, and an address for Stripe at which nothing answers.
pub fn settings(database: &Database) -> Config {
    Config {
        database_url: database.url.clone(),
        database_connections: 4,
        app_secret: "0123456789abcdef0123456789abcdef".into(),
        app_secret_old: None,
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        stripe_api_base: "http://127.0.0.1:1/".into(),
        smtp_url: None,
        mail_from: None,
        mail_per_second: NonZeroU32::new(100).unwrap(),
        simulated_payments: true,
        behind_tls: false,
        trusted_proxies: Vec::new(),
        cors_origins: Vec::new(),
        retention_days: 90,
        password_cost: PasswordCost::Least,
    }
}
