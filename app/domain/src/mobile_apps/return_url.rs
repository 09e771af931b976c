//! Where Stripe's page leads back to, if an app began the purchase. Nobody else's page can be named: a link to a shop
//! must not end where a stranger wants.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// The longest address, in bytes.
const RETURN_URL_MAX: usize = 500;

/// The page of a site that leads on to its app. Stripe sends nobody to an address that is not HTTP.
const APP_RETURN: &str = "/app-return";

/// Schemes that are no app's own: those that browsers read themselves, that run a script, or that call or write to
/// somebody.
const OTHER_SCHEMES: [&str; 25] = [
    "about",
    "blob",
    "cid",
    "chrome",
    "content",
    "data",
    "file",
    "filesystem",
    "ftp",
    "ftps",
    "http",
    "https",
    "intent",
    "jar",
    "javascript",
    "mailto",
    "mid",
    "resource",
    "sms",
    "tel",
    "urn",
    "vbscript",
    "view-source",
    "ws",
    "wss",
];

/// An address that Stripe's page may lead back to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReturnUrl {
    /// A page of the site itself.
    Site(String),
    /// An address of the site's app: of a scheme of its own, or a universal link.
    App(String),
}

impl ReturnUrl {
    /// Reads the address that a call names; `base_url` is the root of the site without a slash, and `of_the_app` is
    /// what addresses of its app begin with. `None` if it is neither.
    pub fn read(url: &str, base_url: &str, of_the_app: &[String]) -> Option<Self> {
        if !is_plain(url) {
            return None;
        }
        let rest = url.strip_prefix(base_url);
        if rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?', '#'])) {
            return Some(Self::Site(url.to_owned()));
        }
        let is_apps = |begin: &String| is_beginning(begin) && url.starts_with(begin.as_str());
        let is_apps = of_the_app.iter().any(is_apps);
        is_apps.then(|| Self::App(url.to_owned()))
    }

    /// The page to which Stripe sends the buyer: one of the site, in either case.
    pub fn page(&self, base_url: &str) -> String {
        match self {
            Self::Site(url) => url.clone(),
            Self::App(url) => {
                let to = utf8_percent_encode(url, NON_ALPHANUMERIC);
                format!("{base_url}{APP_RETURN}?to={to}")
            }
        }
    }
}

/// Whether addresses of an app can begin so: with a scheme of its own (`detroitarms://`), or with a host and a slash
/// (`https://app.detroitarms.com/`).
pub(super) fn is_beginning(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(":/").filter(|_| is_plain(text)) else {
        return false;
    };
    match scheme {
        "https" => {
            let host = rest.strip_prefix('/').and_then(|rest| rest.split_once('/'));
            host.is_some_and(|(host, _)| is_host(host))
        }
        scheme => is_own_scheme(scheme),
    }
}

/// RFC 3986, 3.1, in lower case.
fn is_own_scheme(scheme: &str) -> bool {
    let is_written = scheme.starts_with(|first: char| first.is_ascii_lowercase())
        && scheme.bytes().all(|byte| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"+-.".contains(&byte)
        });
    is_written && !OTHER_SCHEMES.contains(&scheme)
}

/// A name with a dot, and perhaps a port. Nobody's name and password: what comes before an `@` looks like a host.
fn is_host(host: &str) -> bool {
    let of_a_host = |byte: u8| byte.is_ascii_alphanumeric() || b"-.:".contains(&byte);
    host.contains('.') && !host.starts_with('.') && host.bytes().all(of_a_host)
}

/// Characters that a URL can have (RFC 3986, 2), without those that begin something else in HTML, in Stripe's
/// addresses, or in a browser that reads a backslash as a slash.
fn is_plain(url: &str) -> bool {
    const SPECIAL: &[u8] = b"\"<>\\^`{|}";
    let is_plain = |byte: u8| byte.is_ascii_graphic() && !SPECIAL.contains(&byte);
    (1..=RETURN_URL_MAX).contains(&url.len()) && url.bytes().all(is_plain)
}

#[cfg(test)]
mod tests {
    use percent_encoding::percent_decode_str;
    use proptest::prelude::*;

    use super::*;

    const SITE: &str = "https://detroitarms.com";

    fn begins() -> Vec<String> {
        ["detroitarms://", "https://app.detroitarms.com/"]
            .map(str::to_owned)
            .into()
    }

    fn read(url: &str) -> Option<ReturnUrl> {
        ReturnUrl::read(url, SITE, &begins())
    }

    #[test]
    fn an_address_is_the_sites_or_its_apps() {
        for url in [
            "https://detroitarms.com",
            "https://detroitarms.com/purchases?from=app",
            "https://detroitarms.com?a=b",
            "https://detroitarms.com/#done",
        ] {
            assert_eq!(read(url), Some(ReturnUrl::Site(url.to_owned())), "{url}");
        }
        for url in [
            "detroitarms://",
            "detroitarms://purchase/done?x=1&y=a%20b#z",
            "https://app.detroitarms.com/back",
        ] {
            assert_eq!(read(url), Some(ReturnUrl::App(url.to_owned())), "{url}");
        }
    }

    #[test]
    fn nobody_elses_page_is_taken() {
        for url in [
            "",
            "/purchases",
            "//evil.example",
            "https://evil.example",
            "https://detroitarms.com.evil.example",
            "https://detroitarms.com@evil.example/",
            "https://detroitarms.com:pass@evil.example/",
            "https://detroitarms.comevil",
            "https://detroitarms.com\\@evil.example",
            "http://detroitarms.com/",
            "https://app.detroitarms.com",
            "https://app.detroitarms.com@evil.example/",
            "https://app.detroitarms.com.evil.example/",
            "DETROITARMS://",
            "detroitarms:",
            "detroitarmsx://",
            "javascript://detroitarms.com/%0aalert(1)",
            "javascript:alert(1)",
            "data:text/html,detroitarms://",
            " detroitarms://",
            "detroitarms://a b",
            "detroitarms://a\nb",
            "detroitarms://\u{e9}",
            "detroitarms://{CHECKOUT_SESSION_ID}",
            "detroitarms://\"><script>",
        ] {
            assert_eq!(read(url), None, "{url}");
        }
        assert_eq!(read(&format!("detroitarms://{}", "a".repeat(500))), None);
    }

    #[test]
    fn what_an_apps_addresses_begin_with_names_the_app() {
        for text in [
            "detroitarms://",
            "com.detroitarms.app:/",
            "detroitarms://purchase",
            "https://app.detroitarms.com/",
            "https://app.detroitarms.com:8443/back/",
        ] {
            assert!(is_beginning(text), "{text}");
        }
        for text in [
            "",
            "detroitarms",
            "detroitarms:",
            "Detroitarms://",
            "1detroit://",
            "https://",
            "https:/app.detroitarms.com/",
            "https://app.detroitarms.com",
            "https://app/",
            "https://.com/",
            "https://a@app.detroitarms.com/",
            "http://app.detroitarms.com/",
            "javascript://",
            "data:/",
            "intent://",
            "tel:/",
        ] {
            assert!(!is_beginning(text), "{text}");
            let begins = [text.to_owned()];
            let url = format!("{text}x");
            assert_eq!(ReturnUrl::read(&url, SITE, &begins), None, "{text}");
        }
    }

    #[test]
    fn stripe_leads_to_the_site() {
        assert_eq!(
            read("detroitarms://done?x=1").unwrap().page(SITE),
            "https://detroitarms.com/app-return?to=detroitarms%3A%2F%2Fdone%3Fx%3D1"
        );
        let own = "https://detroitarms.com/purchases";
        assert_eq!(read(own).unwrap().page(SITE), own);
    }

    proptest! {
        #[test]
        fn whatever_is_asked_for_the_page_is_the_sites(url in ".{0,60}", app in any::<bool>()) {
            let url = if app { format!("detroitarms://{url}") } else { url };
            if let Some(to) = read(&url) {
                let page = to.page(SITE);
                prop_assert!(page == SITE || page.starts_with("https://detroitarms.com/")
                    || page.starts_with("https://detroitarms.com?")
                    || page.starts_with("https://detroitarms.com#"), "{page}");
                if let (ReturnUrl::App(url), Some((_, to))) = (&to, page.split_once("?to=")) {
                    prop_assert_eq!(percent_decode_str(to).decode_utf8().unwrap(), url.as_str());
                }
            }
        }
    }
}
