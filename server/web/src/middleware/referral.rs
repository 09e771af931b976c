//! Remembers whose referral link brought a visitor, and when. Every page accepts a code
//! (`docs/rules.md` 3).

use axum::{
    extract::{Request, State},
    http::Method,
    middleware::Next,
    response::Response,
};
use domain::{account::SiteKind, referral::ReferralCode};
use services::referrals::ReferralClick;
use store::{Timestamp, platform_referrers, platform_settings, users};
use time::Duration;
use tower_cookies::{Cookie, cookie::SameSite};

use super::{RequestContext, cookie_keys::CookieKeys};
use crate::{error_page, state::AppState};

const COOKIE: &str = "referral";
/// How long a click counts that the browser remembers until it ends: as long as a session lasts.
/// Without this limit, a click would count forever in a browser that restores its windows.
const REMEMBERED: Duration = Duration::days(14);
/// More codes than this in one address were not put there by a person.
const MOST: usize = 5;

/// On every `GET` of a page with `?ref=`, remembers the last code that counts on this site: a
/// member's on a tenant's site, an enabled platform referrer's on a brand's. Any other content of
/// `ref` changes nothing and is no error.
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
    for code in codes_in(query) {
        // Over the limit, codes are ignored without a word to a guesser; the page still opens.
        if state.rate_limiter.check_click(context.address).is_err() {
            return Ok(());
        }
        if counts_here(state, context, &code).await? {
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

async fn counts_here(
    state: &AppState,
    context: &RequestContext,
    code: &ReferralCode,
) -> anyhow::Result<bool> {
    let db = state.db.reader();
    Ok(match context.site.kind() {
        SiteKind::Tenant => users::by_referral_code(db, context.site.id(), code)
            .await?
            .is_some(),
        SiteKind::Platform => platform_referrers::by_code(db, code)
            .await?
            .is_some_and(|referrer| referrer.disabled_at.is_none()),
    })
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

/// The well-formed codes of the query, the last one first.
fn codes_in(query: &str) -> Vec<ReferralCode> {
    let mut codes: Vec<_> = form_urlencoded::parse(query.as_bytes())
        .filter(|(name, _)| name == "ref")
        .filter_map(|(_, code)| ReferralCode::parse(&code))
        .collect();
    codes.reverse();
    codes.truncate(MOST);
    codes
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

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(query: &str) -> Vec<String> {
        codes_in(query).into_iter().map(String::from).collect()
    }

    #[test]
    fn the_last_code_comes_first_whatever_stands_around_it() {
        assert_eq!(codes("ref=ab3kx7mn"), ["ab3kx7mn"]);
        assert_eq!(
            codes("a=b&ref=AB3KX7MN&ref=&ref=q9wm4t2k&ref=%zz"),
            ["q9wm4t2k", "ab3kx7mn"]
        );
        assert_eq!(codes("ref=%61b3kx7mn&%72ef=%00%ff"), ["ab3kx7mn"]);
    }

    #[test]
    fn anything_else_is_no_code() {
        for query in [
            "",
            "ref",
            "ref=",
            "ref[]=ab3kx7mn",
            "ref=ab3kx7mn%00",
            "ref=%ff",
            "REF=ab3kx7mn",
        ] {
            assert!(codes(query).is_empty(), "{query}");
        }
        assert_eq!(codes(&"ref=ab3kx7mn&".repeat(1000)).len(), MOST);
    }
}
