//! The request context: the site, the visitor and the member of a request. Pages and server
//! functions read it.

use std::{net::IpAddr, sync::Arc};

use anyhow::Context;
use axum::{
    extract::{Request, State},
    http::{Method, header::ACCEPT},
    middleware::Next,
    response::Response,
};
use store::{entities::user, sites::Site, users};
use tower_cookies::Cookies;
use tower_sessions::Session;

use super::{Host, Visitor, member_of};
use crate::{error_page, state::AppState};

/// The context of one request.
#[derive(Clone)]
pub struct RequestContext {
    /// The site that the host names, with its current settings.
    pub site: Arc<Site>,
    pub session: Session,
    /// What the visitor's browser remembers for us until it is closed.
    pub visitor: Visitor,
    pub user: Option<Arc<user::Model>>,
    /// How many of the member's notifications were unread when the request came.
    pub unread: u64,
    /// The root of this site as the visitor typed it, without a slash: `http://localhost:3000`.
    pub base_url: String,
    /// Whether this is a plain form post without JavaScript, which is answered by a redirect.
    pub html_form: bool,
    /// The request's cookies, among them one that outlives the browser.
    pub cookies: Cookies,
    /// The visitor's address: the peer's, or the one that a trusted proxy names.
    pub address: IpAddr,
}

impl RequestContext {
    /// The root of another site of this installation, with the scheme and port by which the visitor
    /// reached this one.
    pub fn base_url_at(&self, host: &str) -> String {
        at_host(&self.base_url, host)
    }
}

fn at_host(base_url: &str, host: &str) -> String {
    let (scheme, authority) = base_url.split_once("://").unwrap_or(("http", base_url));
    let port = match authority.rsplit_once(':') {
        Some((_, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => format!(":{port}"),
        _ => String::new(),
    };
    format!("{scheme}://{host}{port}")
}

/// Puts the [`RequestContext`] into the request.
pub async fn attach_context(
    State(state): State<AppState>,
    mut request: Request,
    next: Next,
) -> Response {
    match context(&state, Seen::in_request(&state, &request)).await {
        Ok(context) => {
            request.extensions_mut().insert(context);
            next.run(request).await
        }
        Err(error) => error_page::internal_error(&error),
    }
}

/// Ends the session, and clears what the browser remembers.
pub async fn sign_out(context: &RequestContext) -> anyhow::Result<()> {
    context.session.flush().await?;
    context.visitor.forget();
    Ok(())
}

/// What the layers before this one found.
struct Seen {
    site: Option<Arc<Site>>,
    host: Option<Host>,
    session: Option<Session>,
    cookies: Option<Cookies>,
    address: IpAddr,
    html_form: bool,
}

impl Seen {
    fn in_request(state: &AppState, request: &Request) -> Self {
        let extensions = request.extensions();
        let accept = request
            .headers()
            .get(ACCEPT)
            .and_then(|accept| accept.to_str().ok());
        Self {
            site: extensions.get().cloned(),
            host: extensions.get().cloned(),
            session: extensions.get().cloned(),
            cookies: extensions.get().cloned(),
            address: state.proxies.address_of(request),
            html_form: *request.method() == Method::POST
                && accept.is_some_and(|accept| accept.contains("text/html")),
        }
    }
}

async fn context(state: &AppState, seen: Seen) -> anyhow::Result<RequestContext> {
    let site = seen.site.context("no site")?;
    let session = seen.session.context("no session")?;
    let member = match member_of(&session).await? {
        Some(of) => users::with_unread(state.db.reader(), site.id(), of.id)
            .await?
            .filter(|(member, _)| member.session_version == of.session_version),
        None => None,
    };
    let (user, unread) = member.unzip();
    let cookies = seen.cookies.context("no cookies")?;
    Ok(RequestContext {
        visitor: Visitor::new(cookies.clone(), state.config.clone(), site.id()),
        site,
        session,
        user: user.map(Arc::new),
        unread: unread.unwrap_or(0),
        base_url: seen.host.context("no host")?.base_url,
        html_form: seen.html_form,
        cookies,
        address: seen.address,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_site_is_reached_the_same_way() {
        for (here, there) in [
            ("http://localhost:3000", "http://pewpros.localhost:3000"),
            ("https://detroitarms.com", "https://pewpros.localhost"),
            ("http://[::1]", "http://pewpros.localhost"),
            ("http://[::1]:80", "http://pewpros.localhost:80"),
        ] {
            assert_eq!(at_host(here, "pewpros.localhost"), there, "{here}");
        }
    }
}
