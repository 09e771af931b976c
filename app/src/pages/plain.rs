//! Pages that must render whatever fails: they need no site, no port and no style sheet.

/// The page for a host that no site answers to.
pub fn unknown_host_page(host: &str) -> String {
    page(
        "No site here",
        &format!(
            "<p>There is no site at <strong>{}</strong>.</p><p>Check the address for typos, or ask \
             the person who gave it to you.</p>",
            escaped(host)
        ),
    )
}

/// The page for an error of ours (status 500).
pub fn broken_page() -> String {
    page(
        "Something went wrong on our side",
        "<p>Nothing you did caused this. We have a record of it. \
         Try again in a minute.</p><p><a href=\"/\">Go to the home page</a></p>",
    )
}

fn page(title: &str, body: &str) -> String {
    const STYLE: &str = "body{font:1rem/1.6 system-ui,sans-serif;max-width:34rem;margin:18vh auto 0;\
        padding:0 1.5rem;color:#1b1d22;background:#fff}h1{font-size:1.5rem;line-height:1.25;\
        letter-spacing:-.015em}strong{overflow-wrap:anywhere}a{color:inherit}\
        @media(prefers-color-scheme:dark){body{color:#edeef0;background:#111214}}";
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\"><title>{title}</title>\
         <style>{STYLE}</style></head><body><main><h1>{title}</h1>{body}</main></body></html>"
    )
}

fn escaped(text: &str) -> String {
    text.chars()
        .fold(String::with_capacity(text.len()), |mut out, character| {
            match character {
                '&' => out.push_str("&amp;"),
                '<' => out.push_str("&lt;"),
                '>' => out.push_str("&gt;"),
                '"' => out.push_str("&quot;"),
                '\'' => out.push_str("&#39;"),
                other => out.push(other),
            }
            out
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_shown_as_text() {
        let page = unknown_host_page("<script>alert('x')</script>&\"");
        assert!(!page.contains("<script>"));
        assert!(page.contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;&quot;"));
    }
}
