//! `/r/{code}`: a referral link without a query, for print and for speaking. It leads to the address that carries the
//! code, where it is remembered as ever (`docs/rules.md` 179).

use axum::{
    Extension,
    extract::{Path, rejection::PathRejection},
    http::Uri,
    response::Redirect,
};
use domain::{account::SiteKind, referral::code_in};

use crate::middleware::RequestContext;

pub const PATH: &str = "/r/{code}";

/// Leads to a tenant's home page, or to a brand's pricing page, whether or not there is a code in the address.
pub async fn follow(
    Extension(context): Extension<RequestContext>,
    typed: Result<Path<String>, PathRejection>,
    uri: Uri,
) -> Redirect {
    let page = match context.site.kind() {
        SiteKind::Tenant => "/",
        SiteKind::Platform => "/pricing",
    };
    // What cannot be read is no code.
    let code = typed.ok().and_then(|Path(typed)| code_in(&typed));
    Redirect::to(&target(
        page,
        code.as_ref().map(|code| code.as_str()),
        uri.query(),
    ))
}

/// The page with the code and what else the address had in its query.
fn target(page: &str, code: Option<&str>, query: Option<&str>) -> String {
    let code = code.map(|code| format!("ref={code}"));
    let query: Vec<&str> = code.as_deref().into_iter().chain(query).collect();
    let mark = if query.is_empty() { "" } else { "?" };
    format!("{page}{mark}{}", query.join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_gets_the_code_and_the_rest() {
        assert_eq!(target("/", None, None), "/");
        assert_eq!(target("/", Some("ab3kx7mn"), None), "/?ref=ab3kx7mn");
        assert_eq!(
            target("/pricing", Some("ab3kx7mn"), Some("plan=annual")),
            "/pricing?ref=ab3kx7mn&plan=annual"
        );
        assert_eq!(target("/", None, Some("utm_source=x")), "/?utm_source=x");
    }
}
