//! `GET /site/preview.png?page=…&code=…`: the picture that programs show beside a shared link (`docs/rules.md` 184
//! to 187). Whatever is asked for, there is a picture: the site's, where the page is no product's and the code is
//! nobody's.

use std::net::IpAddr;

use axum::{
    Extension,
    extract::{RawQuery, State},
    http::{
        HeaderMap, HeaderName, StatusCode,
        header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, RETRY_AFTER},
    },
    response::{IntoResponse, Response},
};
use domain::referral::ReferralCode;
use services::previews;

use crate::{
    error_page,
    if_none_match::is_known,
    middleware::{RESOURCE_POLICY, Refused, RequestContext},
    state::AppState,
};

/// An hour: a page has another address for the picture once its site or its product changed, but not once the
/// member has another name or the site leaves names out.
const AN_HOUR: &str = "public, max-age=3600";

/// What is asked for.
#[derive(Debug, Default, PartialEq, Eq)]
struct Asked {
    /// The path of the page.
    page: Option<String>,
    /// Not named `ref`: a picture is no click.
    code: Option<ReferralCode>,
}

impl Asked {
    fn read(query: &str) -> Self {
        let mut asked = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "page" => asked.page = Some(value.into_owned()),
                "code" => asked.code = ReferralCode::parse(&value),
                _ => {}
            }
        }
        asked
    }
}

/// The picture.
pub async fn picture(
    State(state): State<AppState>,
    Extension(context): Extension<RequestContext>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let asked = Asked::read(query.as_deref().unwrap_or_default());
    if let Err(refused) = within_limits(&state, context.address, &asked) {
        return too_many(refused);
    }
    match answer(&state, &context, &asked, &headers).await {
        Ok(answer) => answer,
        Err(error) => error_page::internal_error(&error),
    }
}

/// A picture with a code also counts as a click: a guesser of codes gets no more of them by asking for pictures.
fn within_limits(state: &AppState, address: IpAddr, asked: &Asked) -> Result<(), Refused> {
    state.rate_limiter.check_picture(address)?;
    match asked.code {
        Some(_) => state.rate_limiter.check_click(address),
        None => Ok(()),
    }
}

fn too_many(refused: Refused) -> Response {
    let headers = [
        (RETRY_AFTER, refused.seconds.to_string()),
        (CACHE_CONTROL, "no-store".to_owned()),
    ];
    let status = StatusCode::TOO_MANY_REQUESTS;
    (status, headers, refused.sentence()).into_response()
}

async fn answer(
    state: &AppState,
    context: &RequestContext,
    asked: &Asked,
    headers: &HeaderMap,
) -> anyhow::Result<Response> {
    let host = context.base_url.split_once("://");
    let host = host.map_or("", |(_, host)| host);
    let (page, code) = (asked.page.as_deref(), asked.code.as_ref());
    let card = previews::card_of_page(state.db.reader(), &context.site, host, page, code).await?;
    let tag = format!("\"{}\"", card.key()?);
    let same: [(HeaderName, String); 2] =
        [(ETAG, tag.clone()), (CACHE_CONTROL, AN_HOUR.to_owned())];
    if is_known(headers, &tag) {
        return Ok((StatusCode::NOT_MODIFIED, same).into_response());
    }
    let picture = state.previews.picture(card).await?;
    let of_file = [
        (CONTENT_TYPE, "image/png"),
        (CONTENT_SECURITY_POLICY, "default-src 'none'"),
        // Programs in a browser show the picture on their own pages.
        (RESOURCE_POLICY, "cross-origin"),
    ];
    Ok((same, of_file, picture.to_vec()).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_says_the_page_and_the_code() {
        let asked = Asked::read("page=%2Fevents%2Fladies-night&code=AB3KX7MN&v=1");
        assert_eq!(asked.page.as_deref(), Some("/events/ladies-night"));
        assert_eq!(asked.code.unwrap().as_str(), "ab3kx7mn");
        for query in ["", "code=", "code=nonsense", "ref=ab3kx7mn", "v=1"] {
            assert_eq!(Asked::read(query), Asked::default(), "{query}");
        }
    }
}
