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
    referral::{ReferralCode, channel_in, codes_in_links},
    sharing::Channel,
};
use services::{
    referral_clicks::ClickKey,
    referrals::{self, ReferralClick},
};
use store::{Timestamp, platform_settings, users};
use time::Duration;
use tower_cookies::{Cookie, cookie::SameSite};

use super::{RequestContext, click::is_click, cookie_keys::CookieKeys};
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
    let clicked = is_click(request.headers());
    if let (Some(context), Some(query)) =
        (context.cloned(), request.uri().query().map(str::to_owned))
        && let Err(error) = remember_from(&state, &context, &query, clicked).await
    {
        return error_page::internal_error(&error);
    }
    next.run(request).await
}

async fn remember_from(
    state: &AppState,
    context: &RequestContext,
    query: &str,
    clicked: bool,
) -> anyhow::Result<()> {
    let codes = codes_in_links(query);
    if codes.is_empty() {
        return Ok(());
    }
    let (db, site) = (state.db.reader(), &*context.site);
    // A member has no use for it, and would be taken for somebody new once signed out.
    if context.user.is_some() && site.kind() == SiteKind::Tenant {
        return Ok(());
    }
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
            let click = ReferralClick {
                code: code.as_str().to_owned(),
                clicked_at: Some(state.now()),
                via: Some(channel_in(query)),
            };
            if clicked {
                count(state, context, &code, &click).await?;
            }
            remember_for_days(state, context, &click).await?;
            return context
                .visitor
                .update(|memory| memory.referral = Some(click));
        }
    }
    Ok(())
}

/// Counts the click for whose link it is. The same link again in the same browser is no other click, and who is signed
/// in is no friend.
async fn count(
    state: &AppState,
    context: &RequestContext,
    code: &ReferralCode,
    click: &ReferralClick,
) -> anyhow::Result<()> {
    let (db, site) = (state.db.reader(), context.site.id());
    if context.user.is_some() || context.site.kind() != SiteKind::Tenant {
        return Ok(());
    }
    let earlier = remembered_click(state, context).await?;
    if earlier.is_some_and(|earlier| earlier.code == click.code) {
        return Ok(());
    }
    if let Some(owner) = users::by_referral_code(db, site, code).await? {
        let via = click.via.unwrap_or_default();
        let key = ClickKey::at(state.now(), site, owner.id, via);
        state.referral_clicks.count(key);
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
    Ok(cookie.map(|cookie| kept_for_days(cookie.value())))
}

/// Reads the cookie that outlives the browser.
fn kept_for_days(value: &str) -> ReferralClick {
    let mut parts = value.splitn(3, '.');
    let code = parts.next().unwrap_or_default().to_owned();
    let clicked_at = parts.next().and_then(|at| at.parse().ok());
    ReferralClick {
        code,
        clicked_at: clicked_at.and_then(Timestamp::from_millis),
        via: parts.next().and_then(Channel::parse),
    }
}

/// The cookie that [`kept_for_days`] reads.
fn value_for_days(click: &ReferralClick) -> String {
    let clicked_at = click.clicked_at.map(|at| at.millis().to_string());
    let parts = [
        Some(click.code.clone()),
        clicked_at,
        click.via.map(|via| via.code().to_owned()),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(".")
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
    click: &ReferralClick,
) -> anyhow::Result<()> {
    let days = memory_days(state, context).await?;
    if days > 0 {
        let cookie = Cookie::build((COOKIE, value_for_days(click)))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_click_that_is_kept_for_days_is_read_again() {
        let whole = ReferralClick {
            code: "ab3kx7mn".to_owned(),
            clicked_at: Timestamp::from_millis(1_795_356_300_000),
            via: Some(Channel::Qr),
        };
        assert_eq!(kept_for_days(&value_for_days(&whole)), whole);
        // A cookie of before.
        let before = ReferralClick { via: None, ..whole };
        assert_eq!(kept_for_days("ab3kx7mn.1795356300000"), before);
        let bare = kept_for_days("ab3kx7mn");
        assert_eq!((bare.code.as_str(), bare.clicked_at), ("ab3kx7mn", None));
    }
}
