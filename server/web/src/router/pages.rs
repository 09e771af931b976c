//! Renders pages, and gives them what they need to know of the request.

use app::{
    ports::{FirstPage, Ports, Viewer, Welcome},
    types::{DatabaseKind, Member, SiteBrand},
};
use axum::{
    Extension,
    extract::{Request, State},
    http::{
        HeaderMap, HeaderValue, Method, StatusCode, Uri,
        header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY},
        request::Parts,
    },
    response::{IntoResponse, Response},
};
use domain::{
    account::{SiteKind, shown_address},
    policy::Policy,
    referral::codes_in_links,
    sharing::CatalogPage,
};
use leptos::{
    nonce::use_nonce,
    prelude::{provide_context, use_context},
};
use leptos_axum::ResponseOptions;
use server_core::dates;
use store::{
    entities::{site, user},
    location::Standing,
    site_policies,
    sites::Site,
};

use super::{access::Forbidden, pricing};
use crate::{
    error_page,
    middleware::{RequestContext, content_security_policy, inviter, referrer_token},
    ports::{Services, admin::attention, form_response, ports, referrals::share_path},
    site_look::{accent_address, logo_address},
    state::AppState,
};

/// The page on which a visitor registers.
const REGISTER: &str = "/register";

/// Renders the page at the path. The page is rendered whole, never streamed: its status and a
/// possible redirect must be known before the first byte.
pub async fn render(
    State(state): State<AppState>,
    Extension(context): Extension<RequestContext>,
    mut request: Request,
) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return (StatusCode::NOT_FOUND, "There is nothing at this address.\n").into_response();
    }
    match pricing::of_brand(&state, &context, request.uri()).await {
        Ok(Some(redirect)) => return redirect,
        Ok(None) => {}
        Err(error) => return error_page::internal_error(&error),
    }
    let forbidden = request.extensions().get::<Forbidden>().is_some();
    // The preview of a link names who shared it: the first, if the address has several.
    let codes = codes_in_links(request.uri().query().unwrap_or_default());
    let viewer = match page_viewer(&state, &context, request.uri()).await {
        Ok(viewer) => Viewer {
            forbidden,
            code: codes.into_iter().next().map(String::from),
            first_page: first_page(&context, request.headers()),
            ..viewer
        },
        Err(error) => return error_page::internal_error(&error),
    };
    let personal = viewer.member.is_some()
        || viewer.refused.is_some()
        || viewer.done.is_some()
        || viewer.invited_by.is_some()
        || referrer_token(&context.cookies, &state.config).is_some();
    request.extensions_mut().insert(viewer);
    request.extensions_mut().insert(ports_of(&state, &context));
    let options = state.leptos.clone();
    let render = leptos_axum::render_app_async_with_context(provide_to_page, move || {
        app::shell(options.clone())
    });
    let mut response = render(request).await;
    if forbidden {
        *response.status_mut() = StatusCode::FORBIDDEN;
    }
    // A proxy that rewrites addresses in a page breaks its hydration.
    let caching = if personal {
        "private, no-store, no-transform"
    } else {
        "private, no-cache, no-transform"
    };
    response
        .headers_mut()
        .insert(CACHE_CONTROL, HeaderValue::from_static(caching));
    response
}

/// A browser that comes from a page of the site has its style sheet already. One that does not say where it comes from
/// is not a browser, or it has no TLS.
fn first_page(context: &RequestContext, headers: &HeaderMap) -> Option<FirstPage> {
    let from = headers.get("sec-fetch-site")?;
    (from != "same-origin").then(|| FirstPage {
        accent: context.site.row.accent.map(|accent| accent.css()),
    })
}

async fn page_viewer(
    state: &AppState,
    context: &RequestContext,
    uri: &Uri,
) -> anyhow::Result<Viewer> {
    let is_opened_by_link = !codes_in_links(uri.query().unwrap_or_default()).is_empty();
    let invited_by = match is_opened_by_link || uri.path() == REGISTER {
        true => inviter(state, context).await?,
        false => None,
    };
    let refused = form_response::take_refused(context).await?;
    let done = form_response::take_done(context).await?;
    let welcome = take_welcome(state, context)?;
    let services = Services {
        state: state.clone(),
        context: context.clone(),
    };
    Ok(Viewer {
        invited_by,
        welcome,
        refused,
        done,
        attention: !attention::lines(&services).await?.is_empty(),
        ..viewer(state, context, uri.path().to_owned()).await?
    })
}

/// Takes the welcome that the registration left, so that only one page shows it.
fn take_welcome(state: &AppState, context: &RequestContext) -> anyhow::Result<Option<Welcome>> {
    let Some(inviter) = context.visitor.get()?.welcome else {
        return Ok(None);
    };
    context.visitor.update(|memory| memory.welcome = None)?;
    Ok(context.user.is_some().then(|| Welcome {
        inviter: Some(inviter).filter(|name| !name.is_empty()),
        earns: context.site.tenant_credit().is_positive(),
        mailed: state.mailer.can_send(),
    }))
}

pub fn ports_of(state: &AppState, context: &RequestContext) -> Ports {
    ports(Services {
        state: state.clone(),
        context: context.clone(),
    })
}

/// The visitor and the site, as pages know them.
pub async fn viewer(
    state: &AppState,
    context: &RequestContext,
    path: String,
) -> anyhow::Result<Viewer> {
    Ok(Viewer {
        site: brand(state, &context.site),
        member: context
            .user
            .as_deref()
            .map(|user| member(user, &context.site)),
        rights: context.rights(),
        unread: context.unread.try_into().unwrap_or(u32::MAX),
        share_path: share_path_of(context, &path),
        attention: false,
        path,
        base_url: context.base_url.clone(),
        code: None,
        forbidden: false,
        invited_by: None,
        welcome: None,
        refused: None,
        done: None,
        first_page: None,
    })
}

/// Where the member shares the page at `path`, while the program of a tenant is on.
fn share_path_of(context: &RequestContext, path: &str) -> Option<String> {
    let earns = context.site.kind() == SiteKind::Tenant
        && context.site.tenant_credit().is_positive()
        && context.user.is_some();
    earns.then(|| share_path(CatalogPage::at(path)))
}

fn brand(state: &AppState, site: &Site) -> SiteBrand {
    SiteBrand {
        kind: *site.row.kind,
        name: site.row.name.clone(),
        tagline: site.row.tagline.clone(),
        theme: site.row.theme.clone(),
        logo: logo_address(&site.row),
        accent_style: accent_address(&site.row),
        time_zone: site.row.time_zone.name().to_owned(),
        postal_address: site.row.postal_address.clone(),
        opening_hours: site.row.opening_hours.clone(),
        support_email: site.row.support_email.clone(),
        policies: policies(&site.row),
        simulated_payments: state.simulated_payments,
        database: match state.standing {
            Standing::Original => DatabaseKind::Original,
            Standing::Detached => DatabaseKind::Copy,
            Standing::Elsewhere { .. } => DatabaseKind::Elsewhere,
        },
    }
}

fn policies(site: &site::Model) -> Vec<Policy> {
    let is_set = |policy: &Policy| site_policies::hash(site, *policy).is_some();
    Policy::ALL.into_iter().filter(is_set).collect()
}

fn member(user: &user::Model, site: &Site) -> Member {
    Member {
        first_name: user.first_name.clone(),
        last_name: user.last_name.clone(),
        email: shown_address(&user.email).to_owned(),
        date_of_birth: dates::date(user.date_of_birth),
        joined_on: dates::day(user.created_at, &site.row.time_zone),
    }
}

/// Provides the request's viewer and ports to Leptos.
pub fn provide() {
    let Some(parts) = use_context::<Parts>() else {
        return;
    };
    if let Some(viewer) = parts.extensions.get::<Viewer>() {
        provide_context(viewer.clone());
    }
    if let Some(ports) = parts.extensions.get::<Ports>() {
        provide_context(ports.clone());
    }
}

/// Does the same for a page, and sets the policy whose nonce allows the page's inline scripts and style.
fn provide_to_page() {
    provide();
    let nonce = use_nonce();
    let policy = content_security_policy(nonce.as_deref());
    if let (Some(response), Ok(policy)) = (
        use_context::<ResponseOptions>(),
        HeaderValue::from_str(&policy),
    ) {
        response.insert_header(CONTENT_SECURITY_POLICY, policy);
    }
}
