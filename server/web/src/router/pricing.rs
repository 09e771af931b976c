//! `/pricing` on a tenant's site: leads to the pricing page of the tenant's brand, with the referral
//! code (`docs/rules.md` 53).

use axum::{
    http::{
        Uri,
        header::{CACHE_CONTROL, HeaderValue},
    },
    response::{IntoResponse, Redirect, Response},
};
use domain::{
    account::{SiteKind, brand_of},
    purchase::Plan,
    referral::codes_in_links,
};
use store::sites;

use crate::{middleware::RequestContext, state::AppState};

const PATH: &str = "/pricing";

/// The redirect, if this is the pricing page of a tenant and the platform has a brand.
///
/// # Errors
/// If the database fails.
pub async fn of_brand(
    state: &AppState,
    context: &RequestContext,
    uri: &Uri,
) -> anyhow::Result<Option<Response>> {
    if context.site.kind() != SiteKind::Tenant || uri.path() != PATH {
        return Ok(None);
    }
    let brands = sites::brands(state.db.reader()).await?;
    let themes: Vec<_> = brands.iter().map(|(brand, _)| &*brand.theme).collect();
    let brand = brand_of(&context.site.row.theme, &themes).and_then(|at| brands.get(at));
    let Some((_, host)) = brand else {
        return Ok(None);
    };
    let root = context.base_url_at(host);
    let query = carried(uri.query().unwrap_or_default());
    let mark = if query.is_empty() { "" } else { "?" };
    let mut answer = Redirect::temporary(&format!("{root}{PATH}{mark}{query}")).into_response();
    let caching = HeaderValue::from_static("private, no-store");
    answer.headers_mut().insert(CACHE_CONTROL, caching);
    Ok(Some(answer))
}

/// What of the query the brand's page reads, if it is well formed: the referral codes and the plan.
fn carried(query: &str) -> String {
    let codes = codes_in_links(query).into_iter();
    let codes = codes.map(|code| ("ref", String::from(code)));
    let plans = form_urlencoded::parse(query.as_bytes())
        .filter(|(name, value)| name == "plan" && Plan::parse(value).is_some())
        .map(|(_, plan)| ("plan", plan.into_owned()));
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(codes.chain(plans))
        .finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_plans_are_carried_and_nothing_else() {
        for (query, kept) in [
            ("ref=ab3kx7mn", "ref=ab3kx7mn"),
            (
                "ref=AB3KX7MN&plan=annual&utm_source=x",
                "ref=ab3kx7mn&plan=annual",
            ),
            ("plan=annual&amp;REF=AB3K-X7MN.", "ref=ab3kx7mn&plan=annual"),
            ("ref=q9wm4t2k&ref=ab3kx7mn", "ref=q9wm4t2k&ref=ab3kx7mn"),
            ("ref=%3Cscript%3E&plan=weekly&next=//evil.example", ""),
            ("", ""),
        ] {
            assert_eq!(carried(query), kept, "{query}");
        }
    }
}
