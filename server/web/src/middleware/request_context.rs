//! The request context: the site, the visitor and the member of a request. Pages and server
//! functions read it.

use std::{net::IpAddr, sync::Arc};

use anyhow::Context;
use axum::{
    extract::{Request, State},
    http::{
        Method,
        header::{ACCEPT, USER_AGENT},
    },
    middleware::Next,
    response::Response,
};
use services::accounts::{Client, known_devices, second_factor};
use store::{entities::user, sites::Site, users};
use tower_cookies::Cookies;
use tower_sessions::Session;

use super::{
    Host, Visitor,
    browser_name::browser_name,
    known_device::{device_token, keep_device_token},
    member_of,
    session::begin_session,
};
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
    /// The member runs something, but the site requires a second factor that they do not have.
    pub second_factor_missing: bool,
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
    /// The header `User-Agent`; empty if there is none.
    pub user_agent: String,
    /// What the browser keeps since somebody signed in there.
    pub device_token: Option<String>,
}

impl RequestContext {
    /// `Firefox on Linux`.
    pub fn browser(&self) -> String {
        browser_name(&self.user_agent)
    }

    /// Where the request comes from; `browser` is [`Self::browser`].
    pub fn client<'a>(&'a self, browser: &'a str) -> Client<'a> {
        Client {
            address: self.address,
            name: browser,
            device_token: self.device_token.as_deref(),
        }
    }

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

/// Signs `member` in, in this browser, which is known from then on; with `kept` also once the browser
/// was closed.
pub async fn sign_in(
    state: &AppState,
    context: &RequestContext,
    member: &user::Model,
    kept: bool,
) -> anyhow::Result<()> {
    let (browser, now) = (context.browser(), state.now());
    begin_session(&context.session, member, (&browser, kept), now).await?;
    know_browser(state, context, member).await
}

/// Knows this browser as one of the member's from now on.
pub async fn know_browser(
    state: &AppState,
    context: &RequestContext,
    member: &user::Model,
) -> anyhow::Result<()> {
    let browser = context.browser();
    let token = known_devices::remember(state, member, context.client(&browser)).await?;
    keep_device_token(&context.cookies, &state.config, token);
    Ok(())
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
    user_agent: String,
}

impl Seen {
    fn in_request(state: &AppState, request: &Request) -> Self {
        let extensions = request.extensions();
        let header = |name| {
            request
                .headers()
                .get(name)
                .and_then(|text| text.to_str().ok())
        };
        let accept = header(ACCEPT);
        Self {
            site: extensions.get().cloned(),
            host: extensions.get().cloned(),
            session: extensions.get().cloned(),
            cookies: extensions.get().cloned(),
            address: state.proxies.address_of(request),
            html_form: *request.method() == Method::POST
                && accept.is_some_and(|accept| accept.contains("text/html")),
            user_agent: header(USER_AGENT).unwrap_or_default().to_owned(),
        }
    }
}

async fn context(state: &AppState, seen: Seen) -> anyhow::Result<RequestContext> {
    let site = seen.site.context("no site")?;
    let session = seen.session.context("no session")?;
    let member = match member_of(&session).await? {
        Some(of) => users::with_unread(state.db.reader(), site.id(), of.id)
            .await?
            .filter(|(member, _)| member.accepts(of.session_version)),
        None => None,
    };
    let (user, unread) = member.unzip();
    let second_factor_missing = match &user {
        Some(member) => second_factor::is_missing(state, &site, member).await?,
        None => false,
    };
    let cookies = seen.cookies.context("no cookies")?;
    Ok(RequestContext {
        second_factor_missing,
        device_token: device_token(&cookies, &state.config),
        visitor: Visitor::new(cookies.clone(), state.config.clone(), site.id()),
        site,
        session,
        user: user.map(Arc::new),
        unread: unread.unwrap_or(0),
        base_url: seen.host.context("no host")?.base_url,
        html_form: seen.html_form,
        cookies,
        address: seen.address,
        user_agent: seen.user_agent,
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
