//! Implements the ports of `app` for pages and server functions.

use std::sync::Arc;

use app::ports::{NoAnswer, Ports};
use server_core::zone::Zone;
use services::accounts::passwords::Busy;

use crate::{middleware::RequestContext, state::AppState};

pub mod account_settings;
pub mod accounts;
pub mod admin;
pub mod catalog;
pub mod credits;
pub mod devices;
pub mod form_response;
mod friends;
pub mod memberships;
mod mobile_apps;
mod name_referrer;
pub mod notifications;
mod policies;
pub mod privacy;
pub mod purchases;
mod recent_password;
pub mod referrals;
mod referrer;
mod second_factor;
pub mod subscriptions;

/// The answer where something needs mail that cannot be sent.
const CANNOT_MAIL: &str = "This site cannot send email. Ask the staff to help you.";

/// Every use case in the context of one request; implements the ports of `app`.
#[derive(Clone)]
pub struct Services {
    pub state: AppState,
    pub context: RequestContext,
}

impl Services {
    /// The zone in which this site's times are shown.
    pub fn zone(&self) -> &Zone {
        &self.context.site.row.time_zone
    }
}

pub fn ports(services: Services) -> Ports {
    let services = Arc::new(services);
    Ports {
        accounts: services.clone(),
        account_settings: services.clone(),
        privacy: services.clone(),
        second_factor: services.clone(),
        recent_password: services.clone(),
        catalog: services.clone(),
        policies: services.clone(),
        purchases: services.clone(),
        credits: services.clone(),
        referrals: services.clone(),
        referrer_pages: services.clone(),
        notifications: services.clone(),
        subscriptions: services.clone(),
        memberships: services.clone(),
        mobile_apps: services.clone(),
        response: services.clone(),
        settings: services.clone(),
        general: services.clone(),
        admin_referrals: services.clone(),
        platform_referrers: services.clone(),
        admin_books: services.clone(),
        admin_catalog: services.clone(),
        admin_mail: services.clone(),
        admin_members: services.clone(),
        admin_money: services.clone(),
        admin_orders: services.clone(),
        rewards: services.clone(),
        teams: services,
    }
}

/// Logs the error; the visitor learns only that something broke, or that too many passwords wait.
pub fn internal_error(error: anyhow::Error) -> NoAnswer {
    if Busy::is_in(&error) {
        tracing::warn!("{error:#}");
        return NoAnswer::Busy;
    }
    tracing::error!("{error:#}");
    NoAnswer::InternalError
}
