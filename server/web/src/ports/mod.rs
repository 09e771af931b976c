//! The use cases: what pages, server functions, webhooks and jobs ask for.

use std::sync::Arc;

use app::ports::{Broken, Ports};

use crate::{middleware::Visit, state::AppState};

pub mod accounts;
pub mod admin;
pub mod admins;
pub mod balance;
pub mod catalogue;
pub mod checkout;
pub mod credits;
pub mod dates;
pub mod detach;
pub mod exchange;
pub mod idempotency;
pub mod in_person;
pub mod notifications;
pub mod operator;
pub mod passwords;
pub mod platform_sales;
pub mod purchases;
pub mod referrals;
pub mod rights;
pub mod stripe_accounts;
pub mod stripe_customers;
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
