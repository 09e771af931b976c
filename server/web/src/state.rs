//! The state that all requests share.

use std::{
    ops::{Deref, DerefMut},
    sync::Arc,
};

use leptos::config::LeptosOptions;
use services::{Engine, previews::Previews, referral_clicks::ReferralClicks};

use crate::middleware::{Proxies, RateLimiter};

/// Cheap to clone, because every layer clones it for every request.
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

/// A change affects this clone only; the others keep what they had.
impl DerefMut for AppState {
    fn deref_mut(&mut self) -> &mut Shared {
        Arc::make_mut(&mut self.0)
    }
}

#[derive(Clone)]
pub struct Shared {
    pub engine: Engine,
    /// Where the browser's files are, and how they are named.
    pub leptos: LeptosOptions,
    /// The limits against guessing.
    pub rate_limiter: RateLimiter,
    /// The pictures of links that were drawn.
    pub previews: Previews,
    /// The clicks on members' links that are not written yet.
    pub referral_clicks: ReferralClicks,
    /// The proxies that are trusted to name the visitor's address.
    pub proxies: Proxies,
}

/// Services take the engine, so that the whole state can be passed to them.
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
