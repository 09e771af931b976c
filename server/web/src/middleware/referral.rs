//! Remembers by whose link a visitor came, and when: any page takes a code (`docs/rules.md` 3).

use anyhow::anyhow;
use axum::{
    extract::{Request, State},
    http::Method,
    middleware::Next,
    response::Response,
};
use domain::{account::SiteKind, referral::ReferralCode};
use hkdf::Hkdf;
use services::referrals::ReferralClick;
use sha2::Sha256;
use store::Timestamp;
use store::{platform_referrers, platform_settings, users};
use time::Duration;
use tower_cookies::{Cookie, Key, cookie::SameSite};

use super::Visit;
use crate::{error_page, state::AppState};

const COOKIE: &str = "referral";
/// How long a click counts that the browser remembers until it ends, in milliseconds: one that opens its
/// windows again as they were never ends. As long as a session lasts.
const REMEMBERED: Duration = Duration::days(14);
/// More than this many codes in one address were not put there by a person.
const MOST: usize = 5;

/// On every `GET` of a page with `?ref=`: the last code that counts on this site is remembered, a
/// member's on a tenant's, an enabled partner's on a brand's; any other content of `ref` changes
/// nothing and is no error.
pub async fn capture(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let visit = request
        .extensions()
        .get::<Visit>()
        .filter(|_| *request.method() == Method::GET);
    if let (Some(visit), Some(query)) = (visit.cloned(), request.uri().query().map(str::to_owned))
        && let Err(error) = remember_from(&state, &visit, &query).await
    {
        return error_page::broken(&error);
    }
    next.run(request).await
}

async fn remember_from(state: &AppState, visit: &Visit, query: &str) -> anyhow::Result<()> {
    for code in codes_in(query) {
        // Whoever tries codes out is told of none; the page comes all the same.
        if state.guard.try_click(visit.address).is_err() {
            return Ok(());
        }
        if counts_here(state, visit, &code).await? {
            let clicked_at = state.now();
            let click = ReferralClick {
                code: code.as_str().to_owned(),
                clicked_at: Some(clicked_at),
            };
            visit
                .visitor
                .update(|memory| memory.referral = Some(click))?;
            return remember_for_days(state, visit, &code, clicked_at).await;
        }
    }
    Ok(())
}

async fn counts_here(state: &AppState, visit: &Visit, code: &ReferralCode) -> anyhow::Result<bool> {
    let db = state.db.reader();
    Ok(match visit.site.kind() {
        SiteKind::Tenant => users::by_referral_code(db, visit.site.id(), code)
            .await?
            .is_some(),
        SiteKind::Platform => platform_referrers::by_code(db, code)
            .await?
            .is_some_and(|partner| partner.disabled_at.is_none()),
    })
}

/// How many days a code outlives the browser on this site.
async fn memory_days(state: &AppState, visit: &Visit) -> anyhow::Result<i64> {
    Ok(match visit.site.kind() {
        SiteKind::Tenant => visit.site.settings.referral_memory_days,
        SiteKind::Platform => {
            platform_settings::get(state.db.reader())
                .await?
                .referral_memory_days
        }
    })
}

/// Well-formed codes, the last one first.
fn codes_in(query: &str) -> Vec<ReferralCode> {
    let mut codes: Vec<_> = form_urlencoded::parse(query.as_bytes())
        .filter(|(name, _)| name == "ref")
        .filter_map(|(_, code)| ReferralCode::parse(&code))
        .collect();
    codes.reverse();
    codes.truncate(MOST);
    codes
}

/// The code that this visitor came with.
pub async fn remembered_click(
    state: &AppState,
    visit: &Visit,
) -> anyhow::Result<Option<ReferralClick>> {
    let oldest = state.now() - REMEMBERED;
    let remembered = visit.visitor.get()?.referral;
    let remembered = remembered.filter(|click| click.clicked_at.is_none_or(|at| at >= oldest));
    if remembered.is_some() {
        return Ok(remembered);
    }
    if visit.cookies.get(COOKIE).is_none() || memory_days(state, visit).await? <= 0 {
        return Ok(None);
    }
    let cookie = visit.cookies.signed(&key(state)?).get(COOKIE);
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

/// The code has served: forget it.
pub fn forget_code(visit: &Visit) -> anyhow::Result<()> {
    visit.visitor.update(|memory| memory.referral = None)?;
    if visit.cookies.get(COOKIE).is_some() {
        visit
            .cookies
            .remove(Cookie::build(COOKIE).path("/").build());
    }
    Ok(())
}

/// Beyond the browser's end too, where the settings ask for it (`docs/rules.md` 5).
async fn remember_for_days(
    state: &AppState,
    visit: &Visit,
    code: &ReferralCode,
    clicked_at: Timestamp,
) -> anyhow::Result<()> {
    let days = memory_days(state, visit).await?;
    if days > 0 {
        let cookie = Cookie::build((COOKIE, format!("{code}.{}", clicked_at.millis())))
            .path("/")
            .http_only(true)
            .same_site(SameSite::Lax)
            .secure(state.config.behind_tls)
            .max_age(Duration::days(days.min(400)));
        visit.cookies.signed(&key(state)?).add(cookie.build());
    }
    Ok(())
}

fn key(state: &AppState) -> anyhow::Result<Key> {
    let mut key = [0; 64];
    Hkdf::<Sha256>::new(None, state.config.app_secret.as_bytes())
        .expand(b"referral cookies", &mut key)
        .map_err(|error| anyhow!("cannot draw a key: {error}"))?;
    Ok(Key::from(&key))
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
