//! What pages and server functions ask for: the ports of `app`.

use std::sync::Arc;

use app::ports::{InternalError, Ports};

use crate::{middleware::Visit, state::AppState};

pub mod accounts;
pub mod admin;
pub mod catalog;
pub mod devices;
pub mod form_response;
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
        catalog: services.clone(),
        purchases: services.clone(),
        referrals: services.clone(),
        notifications: services.clone(),
        subscriptions: services.clone(),
        response: services.clone(),
        settings: services.clone(),
        admin_referrals: services.clone(),
        platform_referrers: services.clone(),
        admin_catalog: services.clone(),
        admin_members: services,
    }
}

/// Writes down what broke; the person learns only that something did.
pub fn broken(error: anyhow::Error) -> InternalError {
    tracing::error!("{error:#}");
    InternalError
}
