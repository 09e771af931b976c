//! The pay page as HTML.

use serde_json::Value;

use crate::page::{document, escape, format_money, link, text};

/// What the page imitates.
pub const NOTE: &str = "Simulated payment: no card is asked for and no money moves.";

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
        NOTE,
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
