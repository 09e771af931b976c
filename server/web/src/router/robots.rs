//! `GET /robots.txt`: the paths that crawlers leave alone (RFC 9309). Every host answers the same.

/// Paths that have no page for an anonymous visitor, or that only a form should call.
const TEXT: &str = "\
User-agent: *
Disallow: /pricing/checkout
Disallow: /pricing/release
Disallow: /pricing/thank-you
Disallow: /account
Disallow: /credits
Disallow: /dashboard
Disallow: /notifications
Disallow: /purchases
Disallow: /referrals
Disallow: /referrer
Disallow: /share
Disallow: /admin
Disallow: /rpc/
Disallow: /api/
Disallow: /webhooks/
";

pub async fn text() -> &'static str {
    TEXT
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::router::access::{Access, PAGES};

    fn is_left_alone(path: &str) -> bool {
        let rules = TEXT
            .lines()
            .filter_map(|line| line.strip_prefix("Disallow: "));
        rules.into_iter().any(|rule| path.starts_with(rule))
    }

    #[test]
    fn crawlers_see_what_everyone_sees_and_nothing_else() {
        for (path, access) in PAGES {
            let of_somebody = ["/pricing/", "/referrer"];
            let of_somebody = of_somebody.iter().any(|of| path.starts_with(of));
            let hidden = *access != Access::Everyone || of_somebody;
            assert_eq!(is_left_alone(path), hidden, "{path}");
        }
        for path in ["/rpc/buy", "/api/v1/me", "/webhooks/stripe/1"] {
            assert!(is_left_alone(path), "{path}");
        }
    }
}
