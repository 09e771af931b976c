//! Remembers by whose link a visitor came: "works on any page" (the guide).

use anyhow::anyhow;
use axum::{
    extract::{Request, State},
    http::Method,
    middleware::Next,
    response::Response,
};
use domain::ReferralCode;
use hkdf::Hkdf;
use sha2::Sha256;
use time::Duration;
use tower_cookies::{Cookie, Key, cookie::SameSite};
use tower_sessions::Session;

use super::Visit;
use crate::{db::users, router::plain, state::AppState};

const CODE: &str = "referral_code";
const COOKIE: &str = "referral";
/// More than this many codes in one address were not put there by a person.
const MOST: usize = 5;

/// On every `GET` of a page with `?ref=`: the last code that a member of this site has is
/// remembered; any other content of `ref` changes nothing and is no error.
pub async fn capture(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let visit = request
        .extensions()
        .get::<Visit>()
        .filter(|_| *request.method() == Method::GET);
    if let (Some(visit), Some(query)) = (visit.cloned(), request.uri().query().map(str::to_owned))
        && let Err(error) = remember_from(&state, &visit, &query).await
    {
        return plain::broken(&error);
    }
    next.run(request).await
}

async fn remember_from(state: &AppState, visit: &Visit, query: &str) -> anyhow::Result<()> {
    for code in codes_in(query) {
        if users::by_referral_code(state.db.conn(), visit.site.id(), &code)
            .await?
            .is_some()
        {
            visit.session.insert(CODE, code.as_str()).await?;
            return remember_for_days(state, visit, &code);
        }
    }
    Ok(())
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
pub async fn remembered_code(state: &AppState, visit: &Visit) -> anyhow::Result<Option<String>> {
    let in_session = visit.session.get(CODE).await?;
    if in_session.is_some() || visit.site.settings.referral_memory_days <= 0 {
        return Ok(in_session);
    }
    let cookie = visit.cookies.signed(&key(state)?).get(COOKIE);
    Ok(cookie.map(|cookie| cookie.value().to_owned()))
}

/// The code has served: forget it.
pub async fn forget_code(visit: &Visit) -> anyhow::Result<()> {
    forget_in(&visit.session).await?;
    if visit.cookies.get(COOKIE).is_some() {
        visit
            .cookies
            .remove(Cookie::build(COOKIE).path("/").build());
    }
    Ok(())
}

async fn forget_in(session: &Session) -> anyhow::Result<()> {
    session.remove_value(CODE).await?;
    Ok(())
}

/// Beyond the session too, where the site's settings ask for it (design, "Attribution").
fn remember_for_days(state: &AppState, visit: &Visit, code: &ReferralCode) -> anyhow::Result<()> {
    let days = visit.site.settings.referral_memory_days;
    if days > 0 {
        let cookie = Cookie::build((COOKIE, code.as_str().to_owned()))
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
