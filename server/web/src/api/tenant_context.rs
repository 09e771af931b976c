//! The tenant context of a call: the site that the host names, and the caller's address.

use std::{net::IpAddr, sync::Arc};

use axum::{
    extract::{FromRequestParts, Request, State},
    http::request::Parts,
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::account::SiteKind;
use store::sites::{self, AtHost, Site};

use super::{Answer, Failure, Kind};
use crate::{middleware::Host, state::AppState};

/// The tenant's site that a call is for, and where the call comes from.
#[derive(Clone)]
pub struct TenantContext {
    /// The tenant's site, with its current settings.
    pub site: Arc<Site>,
    /// The root of the site, without a slash: `https://detroitarms.com`. An app that calls another host
    /// of the site is answered there, with links to the canonical one.
    pub base_url: String,
    /// The caller's address: the peer's, or the one that a trusted proxy names.
    pub address: IpAddr,
}

/// Puts the [`TenantContext`] into the request. A host without members is refused.
pub async fn find(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let host = Host::of(request.headers(), request.uri(), state.config.scheme());
    let address = state.proxies.address_of(&request);
    match place(&state, host, address).await {
        Ok(place) => {
            request.extensions_mut().insert(place);
            next.run(request).await
        }
        Err(failure) => failure.into_response(),
    }
}

async fn place(state: &AppState, host: Option<Host>, address: IpAddr) -> Answer<TenantContext> {
    let host = host.ok_or_else(|| Failure::of(Kind::NoSuchSite))?;
    let found = sites::by_host(state.db.reader(), &host.name).await?;
    let found = found.ok_or_else(|| Failure::of(Kind::NoSuchSite))?;
    let AtHost { site, canonical } = found;
    match site.kind() {
        SiteKind::Tenant => Ok(TenantContext {
            site: Arc::new(site),
            base_url: match canonical {
                Some(canonical) => state.config.base_url(&canonical),
                None => host.base_url,
            },
            address,
        }),
        SiteKind::Platform => Err(Failure::of(Kind::NotATenant)),
    }
}

impl<S: Send + Sync> FromRequestParts<S> for TenantContext {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let place = parts.extensions.get().cloned();
        place.ok_or_else(|| anyhow::anyhow!("no place").into())
    }
}
