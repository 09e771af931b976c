//! What every request and job shares.

use std::{
    ops::{Deref, DerefMut},
    sync::Arc,
};

use leptos::config::LeptosOptions;
use server_core::config::Config;
use services::Engine;

use crate::middleware::{Guard, Proxies};

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
    /// What services need.
    pub engine: Engine,
    /// The operator's settings.
    pub config: Arc<Config>,
    /// Where the browser's files are and how they are named.
    pub leptos: LeptosOptions,
    /// Slows guessing down.
    pub guard: Guard,
    /// The proxies in front of us.
    pub proxies: Proxies,
}

/// Whoever has all of it calls services with it.
impl Deref for Shared {
    type Target = Engine;

    fn deref(&self) -> &Engine {
        &self.engine
    }
}

impl DerefMut for Shared {
    fn deref_mut(&mut self) -> &mut Engine {
        &mut self.engine
    }
}

impl axum::extract::FromRef<AppState> for LeptosOptions {
    fn from_ref(state: &AppState) -> Self {
        state.leptos.clone()
    }
}
