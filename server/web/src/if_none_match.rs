//! `If-None-Match`: what a client has already, it need not read again (RFC 9110, 13.1.2).

use axum::http::{HeaderMap, header::IF_NONE_MATCH};

/// Whether the client has the answer with this entity tag. Whether a tag is weak does not matter.
pub fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    let tag = opaque(tag);
    let lists = headers.get_all(IF_NONE_MATCH).into_iter();
    let mut known = lists
        .filter_map(|list| list.to_str().ok())
        .flat_map(|list| list.split(','));
    known.any(|one| {
        let one = one.trim();
        one == "*" || opaque(one) == tag
    })
}

fn opaque(tag: &str) -> &str {
    tag.strip_prefix("W/").unwrap_or(tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_says_what_it_has() {
        let known = |list: &str, tag: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(IF_NONE_MATCH, list.parse().unwrap());
            is_known(&headers, tag)
        };
        for list in ["\"a\"", "W/\"a\"", "\"b\", \"a\"", "*"] {
            assert!(known(list, "\"a\"") && known(list, "W/\"a\""), "{list}");
        }
        for list in ["", "a", "\"b\"", "\"a"] {
            assert!(!known(list, "\"a\""), "{list}");
        }
        assert!(!is_known(&HeaderMap::new(), "\"a\""));
    }
}
