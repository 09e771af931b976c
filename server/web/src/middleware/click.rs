//! Which requests are a person's click on a link (`docs/rules.md` 197).

use axum::http::{HeaderMap, HeaderName, header::USER_AGENT};

/// Headers by which a browser says that nobody asked for the page yet: the Fetch standard's, and earlier ones.
const PREFETCHES: [HeaderName; 3] = [
    HeaderName::from_static("sec-purpose"),
    HeaderName::from_static("purpose"),
    HeaderName::from_static("x-moz"),
];
/// What programs that show a preview, search engines and other robots have in their names. They say where to read
/// about them, or are called bots.
const ROBOTS: [&str; 6] = ["bot", "http", "preview", "externalhit", "crawl", "spider"];

/// Whether a person opened the page, as far as the headers say.
pub fn is_click(headers: &HeaderMap) -> bool {
    let text = |name: &HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let prefetched = PREFETCHES
        .iter()
        .filter_map(text)
        .any(|purpose| purpose.contains("prefetch"));
    let program = text(&USER_AGENT).unwrap_or_default();
    // Every browser calls itself so.
    let is_browser = program.starts_with("Mozilla/");
    let program = program.to_ascii_lowercase();
    !prefetched && is_browser && !ROBOTS.iter().any(|robot| program.contains(robot))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let pairs = pairs.iter();
        pairs
            .map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()))
            .collect()
    }

    #[test]
    fn a_person_clicks_and_a_program_looks() {
        for (program, clicks) in [
            (FIREFOX, true),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                 Version/18.5 Mobile/15E148 Safari/604.1",
                true,
            ),
            // The browser within a messenger.
            (
                "Mozilla/5.0 (Linux; Android 15; Pixel 9; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 \
                 Chrome/138.0.0.0 Mobile Safari/537.36 Instagram 390.0.0.0.0",
                true,
            ),
            ("WhatsApp/2.23.20.0", false),
            ("curl/8.5.0", false),
            ("Twitterbot/1.0", false),
            (
                "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)",
                false,
            ),
            (
                "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5",
                false,
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_11_1) AppleWebKit/601.2.4 (KHTML, like Gecko) \
                 Version/9.0.1 Safari/601.2.4 facebookexternalhit/1.1 Facebot Twitterbot/1.0",
                false,
            ),
        ] {
            assert_eq!(
                is_click(&headers(&[("user-agent", program)])),
                clicks,
                "{program}"
            );
        }
        assert!(!is_click(&headers(&[])));
    }

    #[test]
    fn what_a_browser_reads_ahead_is_no_click() {
        for (name, value) in [
            ("sec-purpose", "prefetch"),
            ("sec-purpose", "prefetch;prerender"),
            ("purpose", "prefetch"),
            ("x-moz", "prefetch"),
        ] {
            let ahead = headers(&[("user-agent", FIREFOX), (name, value)]);
            assert!(!is_click(&ahead), "{name}: {value}");
        }
    }
}
