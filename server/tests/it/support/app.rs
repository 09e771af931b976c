//! The product as one test sees it: served on a port of its own, with a clock that it can turn.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use server::serve;
use server_core::{config::Config, random::Random};
use services::{jobs, live::Live};
use store::sites::Site;
use stripe_gateway::AsyncStripe;
use stripe_stand_in::StandIn;
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::sync::{CancellationToken, DropGuard};
use web::{listen::listen, state::AppState};

use super::{Browser, clock::TestClock, data, database::Database};

/// One installation with two tenants, Stripe's stand-in, and nobody registered yet.
pub struct TestApp {
    pub state: AppState,
    pub stripe: StandIn,
    pub address: SocketAddr,
    /// Ends when the web has stopped.
    pub web: JoinHandle<anyhow::Result<()>>,
    /// Detroit Arms, at `localhost`; a referral earns $10.00; Stripe is not connected.
    pub detroit: Site,
    /// Motor City Coaching, at `coaching.localhost`.
    pub coaching: Site,
    clock: TestClock,
    stopping: CancellationToken,
    pub database: Database,
    _stop: DropGuard,
}

impl TestApp {
    /// On an SQLite file.
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

    /// On SQLite with other settings.
    pub async fn configured(configure: impl FnOnce(&mut Config)) -> Self {
        Self::spawn_with(Database::sqlite().await, configure).await
    }

    async fn spawn_with(database: Database, configure: impl FnOnce(&mut Config)) -> Self {
        let stripe = stripe_stand_in::start(Default::default()).await.unwrap();
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut config = Config {
            listen: address,
            stripe_api_base: stripe.base_url.clone(),
            ..settings(&database)
        };
        configure(&mut config);
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
            state,
            stripe,
            address,
            web,
            detroit,
            coaching,
            clock,
            _stop: stopping.clone().drop_guard(),
            stopping,
            database,
        }
    }

    /// Does jobs from now on.
    pub fn start_worker(&self) -> JoinHandle<anyhow::Result<()>> {
        tokio::spawn(jobs::run(
            self.state.engine.clone(),
            self.stopping.clone().cancelled_owned(),
        ))
    }

    /// Begins to stop the web and the worker; `web` ends with the last request.
    pub fn stop(&self) {
        self.stopping.cancel();
    }

    /// Jobs hang up on a call to Stripe that hangs; others keep their time.
    pub fn shorten_patience(&mut self) {
        const PATIENCE: Duration = Duration::from_millis(400);
        self.state.stripe = Arc::new(AsyncStripe::new(&self.stripe.base_url, PATIENCE));
    }

    /// Turns the clock of the product alone.
    pub fn set_our_clock_ahead(&self, by: Duration) {
        self.clock.turn(by.as_millis() as i64);
    }

    /// Turns the clock of the product alone.
    pub fn set_our_clock_back(&self, by: Duration) {
        self.clock.turn(-(by.as_millis() as i64));
    }

    /// Stops the clock of the product: what is counted in time no longer depends on how fast the
    /// machine is.
    pub fn stop_our_clock(&self) {
        self.clock.stop();
    }

    /// Tries until the limit is reached, and stops the clock so that it stays reached.
    pub fn use_up<E>(&self, attempt: impl Fn() -> Result<(), E>) {
        self.stop_our_clock();
        while attempt().is_ok() {}
    }

    /// Turns the clock of the product and of Stripe.
    pub fn advance(&self, by: Duration) {
        self.set_our_clock_ahead(by);
        self.stripe.advance_clock(by.as_secs() as i64);
    }

    /// Somebody in front of Detroit Arms.
    pub fn browser(&self) -> Browser {
        self.browser_at("localhost")
    }

    /// Somebody in front of the site at `host`.
    pub fn browser_at(&self, host: &str) -> Browser {
        Browser::new(host, self.address)
    }

    /// Puts a file where the browser's files are.
    pub fn site_file(&self, path: &str, content: &[u8]) {
        let path = self.database.folder.path().join("site").join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }
}

/// Settings for `database`: any free port, and nobody where Stripe should be.
pub fn settings(database: &Database) -> Config {
    Config {
        database_url: database.url.clone(),
        app_secret: "0123456789abcdef0123456789abcdef".into(),
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        stripe_api_base: "http://127.0.0.1:1/".into(),
        simulated_payments: true,
        behind_tls: false,
        trusted_proxies: Vec::new(),
        cors_origins: Vec::new(),
    }
}
