//! What pages and server functions ask for: the ports of `app`.

use std::sync::Arc;

use app::ports::{Broken, Ports};

use crate::{middleware::Visit, state::AppState};

pub mod accounts;
pub mod admin;
pub mod catalogue;
pub mod devices;
pub mod exchange;
pub mod notifications;
pub mod purchases;
pub mod referrals;
pub mod subscriptions;

/// Every use case on behalf of one visit; implements the ports of `app`.
#[derive(Clone)]
pub struct Services {
    /// What all requests share.
    pub state: AppState,
    /// Who asks, and where.
    pub visit: Visit,
}

/// The ports of a page or server function.
pub fn ports(services: Services) -> Ports {
    let services = Arc::new(services);
    Ports {
        accounts: services.clone(),
        catalogue: services.clone(),
        purchases: services.clone(),
        referrals: services.clone(),
        notifications: services.clone(),
        subscriptions: services.clone(),
        exchange: services.clone(),
        settings: services.clone(),
        admin_referrals: services.clone(),
        partners: services.clone(),
        admin_catalogue: services.clone(),
        admin_members: services,
    }
}

/// Writes down what broke; the person learns only that something did.
pub fn broken(error: anyhow::Error) -> Broken {
    tracing::error!("{error:#}");
    Broken
}
