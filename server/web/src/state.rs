//! What every request and job shares.

use std::{
    ops::{Deref, DerefMut},
    sync::Arc,
};

use leptos::config::LeptosOptions;
use tokio_util::task::TaskTracker;

use crate::{
    clock::Clock,
    config::Config,
    db::{Db, location::Standing},
    jobs::Queue,
    live::Live,
    middleware::{Guard, Proxies},
    random::Random,
    readiness::Readiness,
    sealing::Sealer,
    services::passwords::Passwords,
    stripe::StripeConnector,
};

/// Cheap to clone, which every layer does for every request.
#[derive(Clone)]
pub struct AppState(Arc<Shared>);

impl From<Shared> for AppState {
    fn from(shared: Shared) -> Self {
        Self(Arc::new(shared))
    }
}

impl Deref for AppState {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

/// What is changed is changed for this one alone: its clones keep what they had.
impl DerefMut for AppState {
    fn deref_mut(&mut self) -> &mut Shared {
        Arc::make_mut(&mut self.0)
    }
}

/// What is shared.
#[derive(Clone)]
pub struct Shared {
    /// The database.
    pub db: Db,
    /// Whether the database is where it was, as this process began.
    pub standing: Standing,
    /// Whether this process can do its work.
    pub readiness: Readiness,
    /// The operator's settings.
    pub config: Arc<Config>,
    /// Where the browser's files are and how they are named.
    pub leptos: LeptosOptions,
    /// The time.
    pub clock: Clock,
    /// Randomness.
    pub random: Random,
    /// Seals and opens secrets.
    pub sealer: Sealer,
    /// Opens a gateway to Stripe for a site's account.
    pub stripe: Arc<dyn StripeConnector>,
    /// Where jobs are pushed.
    pub queue: Queue,
    /// Who is watching for notifications now.
    pub live: Live,
    /// Hashes and checks passwords.
    pub passwords: Passwords,
    /// Slows guessing down.
    pub guard: Guard,
    /// The proxies in front of us.
    pub proxies: Proxies,
    /// Calls of the API that go on without their phone; a stop waits for them too.
    pub calls: TaskTracker,
}

impl axum::extract::FromRef<AppState> for LeptosOptions {
    fn from_ref(state: &AppState) -> Self {
        state.leptos.clone()
    }
}
