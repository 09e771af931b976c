//! Remembers whose referral link brought a visitor, and when. Every page accepts a code
//! (`docs/rules.md` 3).

use axum::{
    extract::{Request, State},
    http::Method,
    middleware::Next,
    response::Response,
};
use domain::{
    account::SiteKind,
    preview::shown_name,
    referral::{ReferralCode, codes_in_links},
};
use services::referrals::{self, ReferralClick};
use store::{Timestamp, platform_settings, users};
use time::Duration;
use tower_cookies::{Cookie, cookie::SameSite};

use super::{RequestContext, cookie_keys::CookieKeys};
use crate::{error_page, state::AppState};

const COOKIE: &str = "referral";
/// How long a click counts that the browser remembers until it ends: as long as a session lasts.
/// Without this limit, a click would count forever in a browser that restores its windows.
const REMEMBERED: Duration = Duration::days(14);

/// On every `GET` of a page with `?ref=`, remembers the code if it counts on this site: a member's on a
/// tenant's site, an enabled platform referrer's on a brand's. Which of several codes that is, is a
/// setting (`docs/rules.md` 180). Any other content of `ref` changes nothing and is no error.
pub async fn capture(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let context = request
        .extensions()
        .get::<RequestContext>()
        .filter(|_| *request.method() == Method::GET);
    if let (Some(context), Some(query)) =
        (context.cloned(), request.uri().query().map(str::to_owned))
        && let Err(error) = remember_from(&state, &context, &query).await
    {
        return error_page::internal_error(&error);
    }
    next.run(request).await
}

async fn remember_from(
    state: &AppState,
    context: &RequestContext,
    query: &str,
) -> anyhow::Result<()> {
    let codes = codes_in_links(query);
    if codes.is_empty() {
        return Ok(());
    }
    let (db, site) = (state.db.reader(), &*context.site);
    let model = referrals::attribution_model(db, site).await?;
    if !model.takes_over(counting_click(state, context).await?.is_some()) {
        return Ok(());
    }
    for code in model.in_order(codes) {
        // Over the limit, codes are ignored without a word to a guesser; the page still opens.
        if state.rate_limiter.check_click(context.address).is_err() {
            return Ok(());
        }
        if referrals::counts(db, site, &code).await? {
            let clicked_at = state.now();
            let click = ReferralClick {
                code: code.as_str().to_owned(),
                clicked_at: Some(clicked_at),
            };
            context
                .visitor
                .update(|memory| memory.referral = Some(click))?;
            return remember_for_days(state, context, &code, clicked_at).await;
        }
    }
    Ok(())
}

/// The first name of the member whose link brought this visitor, as strangers are shown it (`docs/rules.md` 181).
/// `None` for who is signed in, on a brand's site, and where the code does not count any more.
pub async fn inviter(state: &AppState, context: &RequestContext) -> anyhow::Result<Option<String>> {
    if context.user.is_some() || context.site.kind() != SiteKind::Tenant {
        return Ok(None);
    }
    let click = remembered_click(state, context).await?;
    let Some(code) = click.and_then(|click| ReferralCode::parse(&click.code)) else {
        return Ok(None);
    };
    let (db, site_id) = (state.db.reader(), context.site.id());
    let owner = users::by_referral_code(db, site_id, &code).await?;
    Ok(owner.and_then(|owner| shown_name(&owner.first_name)))
}

/// The click that brought this visitor, if its code still counts.
pub async fn counting_click(
    state: &AppState,
    context: &RequestContext,
) -> anyhow::Result<Option<ReferralClick>> {
    let Some(click) = remembered_click(state, context).await? else {
        return Ok(None);
    };
    let counts = referrals::still_counts(state.db.reader(), &context.site, &click).await?;
    Ok(counts.then_some(click))
}

/// How many days this site remembers a code after the browser is closed.
async fn memory_days(state: &AppState, context: &RequestContext) -> anyhow::Result<i64> {
    Ok(match context.site.kind() {
        SiteKind::Tenant => context.site.settings.referral_memory_days,
        SiteKind::Platform => {
            platform_settings::get(state.db.reader())
                .await?
                .referral_memory_days
        }
    })
}

/// The click that brought this visitor, if it still counts.
pub async fn remembered_click(
    state: &AppState,
    context: &RequestContext,
) -> anyhow::Result<Option<ReferralClick>> {
    let oldest = state.now() - REMEMBERED;
    let remembered = context.visitor.get()?.referral;
    let remembered = remembered.filter(|click| click.clicked_at.is_none_or(|at| at >= oldest));
    if remembered.is_some() {
        return Ok(remembered);
    }
    if context.cookies.get(COOKIE).is_none() || memory_days(state, context).await? <= 0 {
        return Ok(None);
    }
    let cookie = keys(state)?.verify(&context.cookies, COOKIE);
    Ok(cookie.map(|cookie| {
        let (code, clicked_at) = cookie
            .value()
            .split_once('.')
            .unwrap_or((cookie.value(), ""));
        ReferralClick {
            code: code.to_owned(),
            clicked_at: clicked_at.parse().ok().and_then(Timestamp::from_millis),
        }
    }))
}

/// Forgets the code after it was used.
pub fn forget_code(context: &RequestContext) -> anyhow::Result<()> {
    context.visitor.update(|memory| memory.referral = None)?;
    if context.cookies.get(COOKIE).is_some() {
        context
            .cookies
            .remove(Cookie::build(COOKIE).path("/").build());
    }
    Ok(())
}

/// Also remembers the code after the browser is closed, if the settings ask for it (`docs/rules.md`
/// 5).
async fn remember_for_days(
    state: &AppState,
    context: &RequestContext,
    code: &ReferralCode,
    clicked_at: Timestamp,
) -> anyhow::Result<()> {
    let days = memory_days(state, context).await?;
    if days > 0 {
        let cookie = Cookie::build((COOKIE, format!("{code}.{}", clicked_at.millis())))
            .path("/")
            .http_only(true)
            .same_site(SameSite::Lax)
            .secure(state.config.behind_tls)
            .max_age(Duration::days(days.min(400)));
        keys(state)?.add_signed(&context.cookies, cookie.build());
    }
    Ok(())
}

fn keys(state: &AppState) -> anyhow::Result<CookieKeys> {
    CookieKeys::draw(&state.config, &[b"referral cookies"])
}
