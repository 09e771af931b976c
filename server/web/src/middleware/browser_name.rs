//! What a person calls their browser, by its `User-Agent` header.

use services::accounts::UNKNOWN_BROWSER as UNKNOWN;
use woothee::parser::Parser;

/// `Firefox on Linux`; whatever the header says, one of a few hundred names.
pub fn browser_name(user_agent: &str) -> String {
    let Some(found) = Parser::new().parse(user_agent) else {
        return UNKNOWN.to_owned();
    };
    let known = |name: &str| name != "UNKNOWN" && !name.is_empty();
    let system = match found.os {
        "Mac OSX" => "macOS",
        os => os,
    };
    match (known(found.name), known(system)) {
        (true, true) => format!("{} on {system}", found.name),
        (true, false) => found.name.to_owned(),
        (false, _) => UNKNOWN.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_has_the_name_that_its_user_knows() {
        for (header, name) in [
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
                "Firefox on Linux",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
                 Chrome/138.0.0.0 Safari/537.36",
                "Chrome on Windows 10",
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like \
                 Gecko) Version/18.5 Safari/605.1.15",
                "Safari on macOS",
            ),
            ("", UNKNOWN),
            ("<script>alert(1)</script>", UNKNOWN),
        ] {
            assert_eq!(browser_name(header), name, "{header}");
        }
    }
}
