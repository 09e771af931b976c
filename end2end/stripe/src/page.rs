//! What the pages of this program have in common: no script, light and dark mode, laid out for a
//! phone first.

use serde_json::Value;

const STYLE: &str = include_str!("page.css");

/// Text as HTML.
pub fn escape(text: &str) -> String {
    text.chars().fold(String::new(), |mut safe, c| {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
        safe
    })
}

/// A JSON text as HTML.
pub fn text(value: &Value) -> String {
    escape(value.as_str().unwrap_or_default())
}

/// An amount as HTML, `$12.00`.
pub fn format_money(cents: i64, currency: &str) -> String {
    let (sign, cents) = (if cents < 0 { "−" } else { "" }, cents.abs());
    let currency = escape(&currency.to_uppercase());
    match currency.as_str() {
        "USD" => format!("{sign}${}.{:02}", cents / 100, cents % 100),
        "JPY" | "KRW" => format!("{sign}{cents} {currency}"),
        _ => format!("{sign}{}.{:02} {currency}", cents / 100, cents % 100),
    }
}

/// A whole page. `note` says what it only imitates.
pub fn document(title: &str, note: &str, main: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <link rel=\"icon\" href=\"data:,\"><meta name=\"color-scheme\" content=\"light dark\"><title>{title}</title>\
         <style>{STYLE}</style></head><body><main>\
         <p class=\"note\" role=\"note\">{note}</p>\
         {main}</main></body></html>"
    )
}

/// The page for an object that does not exist.
pub fn not_found(note: &str, problem: &str) -> String {
    document(
        "Page not found",
        note,
        &format!("<h1>Page not found</h1><p>{}</p>", escape(problem)),
    )
}

/// A link that looks like a quiet button; nothing without an address.
pub fn link(label: &str, url: Option<&str>) -> String {
    let link = |url| {
        format!(
            "<a class=\"button quiet\" href=\"{}\">{label}</a>",
            escape(url)
        )
    };
    url.map(link).unwrap_or_default()
}
