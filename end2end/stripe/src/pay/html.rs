//! The pay page as HTML: no script, light and dark mode, laid out for a phone first.

use serde_json::Value;

const STYLE: &str = include_str!("pay.css");

/// What the page shows.
pub struct View {
    pub session: Value,
    pub items: Vec<Value>,
    /// The coupon's name beside the discount.
    pub discount: String,
    /// Cents of the customer's credit balance that this session has applied.
    pub balance: i64,
    pub needs_email: bool,
    pub processing: bool,
    /// Where the page leads after a payment: the session's `success_url`.
    pub return_to: String,
}

fn escape(text: &str) -> String {
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

fn text(value: &Value) -> String {
    escape(value.as_str().unwrap_or_default())
}

fn format_money(cents: i64, currency: &str) -> String {
    let (sign, cents) = (if cents < 0 { "−" } else { "" }, cents.abs());
    let currency = escape(&currency.to_uppercase());
    match currency.as_str() {
        "USD" => format!("{sign}${}.{:02}", cents / 100, cents % 100),
        "JPY" | "KRW" => format!("{sign}{cents} {currency}"),
        _ => format!("{sign}{}.{:02} {currency}", cents / 100, cents % 100),
    }
}

fn document(title: &str, main: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <link rel=\"icon\" href=\"data:,\"><meta name=\"color-scheme\" content=\"light dark\"><title>{title}</title>\
         <style>{STYLE}</style></head><body><main>\
         <p class=\"note\" role=\"note\">Simulated payment: no card is asked for and no money moves.</p>\
         {main}</main></body></html>"
    )
}

/// The page for an unknown session.
pub fn not_found(problem: &str) -> String {
    document(
        "Page not found",
        &format!("<h1>Page not found</h1><p>{}</p>", escape(problem)),
    )
}

/// The page of a session, with the error of the last form submission, if any.
pub fn render(view: &View, error: Option<&str>) -> String {
    let error = error
        .map(|text| {
            format!(
                "<p class=\"complaint\" role=\"alert\">Sorry: {}.</p>",
                escape(text)
            )
        })
        .unwrap_or_default();
    let (title, actions) = match view.session["status"].as_str() {
        Some("open") => ("Pay", open(view)),
        Some("complete") if view.processing => ("Payment processing", processing(view)),
        Some("complete") if view.session["payment_status"] == "unpaid" => (
            "Payment failed",
            link("Back to the shop", view.session["cancel_url"].as_str()),
        ),
        Some("complete") => ("Paid", link("Continue", Some(&view.return_to))),
        _ => (
            "This page has expired",
            link("Back to the shop", view.session["cancel_url"].as_str()),
        ),
    };
    document(
        title,
        &format!("<h1>{title}</h1>{error}{}{actions}", summary(view)),
    )
}

fn summary(view: &View) -> String {
    let currency = view.session["currency"].as_str().unwrap_or_default();
    let mut rows = String::new();
    let mut row = |class: &str, name: &str, cents: i64| {
        let amount = format_money(cents, currency);
        rows.push_str(&format!(
            "<tr class=\"{class}\"><th scope=\"row\">{name}</th><td>{amount}</td></tr>"
        ));
    };
    for item in &view.items {
        let every = match item["price"]["recurring"]["interval"].as_str() {
            Some(interval) => format!(" <small>every {}</small>", escape(interval)),
            None => String::new(),
        };
        let name = format!(
            "{} × {}{every}",
            item["quantity"],
            text(&item["description"])
        );
        row(
            "item",
            &name,
            item["amount_subtotal"].as_i64().unwrap_or_default(),
        );
    }
    let discount = view.session["total_details"]["amount_discount"]
        .as_i64()
        .unwrap_or_default();
    if discount > 0 {
        row("discount", &escape(&view.discount), -discount);
    }
    if view.balance > 0 {
        row("balance", "Applied balance", -view.balance);
    }
    let total = view.session["amount_total"].as_i64().unwrap_or_default();
    row("total", "Total due", total - view.balance);
    format!("<table><tbody>{rows}</tbody></table>")
}

fn open(view: &View) -> String {
    let email = if view.needs_email {
        "<label for=\"email\">Email</label><input id=\"email\" name=\"email\" type=\"email\" \
         autocomplete=\"email\" required>"
            .to_owned()
    } else {
        format!(
            "<p class=\"who\">For {}</p>",
            text(&view.session["customer_details"]["email"])
        )
    };
    let back = link("Go back", view.session["cancel_url"].as_str());
    format!(
        "<form method=\"post\">{email}\
         <button name=\"action\" value=\"pay\">Pay</button>\
         <button class=\"quiet\" name=\"action\" value=\"pay_slowly\">Pay slowly</button>\
         </form>{back}"
    )
}

fn processing(view: &View) -> String {
    format!(
        "<p>Your bank has not confirmed this payment yet. The shop has your order.</p>\
         <form method=\"post\">\
         <button name=\"action\" value=\"succeed\">Let it succeed</button>\
         <button class=\"quiet\" name=\"action\" value=\"fail\">Let it fail</button></form>{}",
        link("Continue", Some(&view.return_to))
    )
}

fn link(label: &str, url: Option<&str>) -> String {
    let link = |url| {
        format!(
            "<a class=\"button quiet\" href=\"{}\">{label}</a>",
            escape(url)
        )
    };
    url.map(link).unwrap_or_default()
}
