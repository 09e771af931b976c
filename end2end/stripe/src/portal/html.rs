//! The billing portal's pages as HTML.

use serde_json::Value;
use time::OffsetDateTime;

use crate::{
    billing::has_ended,
    page::{document, escape, format_money, link, text},
};

/// What the pages imitate.
pub const NOTE: &str = "Simulated billing portal: no card is asked for and no money moves.";

/// What the page shows.
pub struct View {
    pub headline: Value,
    pub features: Value,
    /// Oldest first.
    pub subscriptions: Vec<Value>,
    /// The products' names, in the order of the subscriptions.
    pub names: Vec<Value>,
    /// Oldest first.
    pub invoices: Vec<Value>,
    /// The customer's card is declined.
    pub declined: bool,
    pub return_url: Value,
}

/// The day in UTC, `2026-11-29`.
fn day(seconds: &Value) -> String {
    let moment = OffsetDateTime::from_unix_timestamp(seconds.as_i64().unwrap_or_default());
    moment
        .map(|moment| moment.date().to_string())
        .unwrap_or_default()
}

pub fn render(view: &View) -> String {
    let title = match view.headline.as_str() {
        Some(headline) => escape(headline),
        None => "Manage your subscription".to_owned(),
    };
    let cancels = view.features["subscription_cancel"]["enabled"] == true;
    let subscriptions = view.subscriptions.iter().zip(&view.names).rev();
    let subscriptions: String = subscriptions
        .map(|(subscription, name)| show(subscription, name, cancels))
        .collect();
    let card = match view.features["payment_method_update"]["enabled"] == true {
        true => card(view.declined),
        false => String::new(),
    };
    let invoices = match view.features["invoice_history"]["enabled"] == true {
        true => invoices(&view.invoices),
        false => String::new(),
    };
    let back = link("Return", view.return_url.as_str());
    document(
        &title,
        NOTE,
        &format!("<h1>{title}</h1>{subscriptions}{card}{invoices}{back}"),
    )
}

fn show(subscription: &Value, name: &Value, cancels: bool) -> String {
    let item = &subscription["items"]["data"][0];
    let price = format_money(
        item["price"]["unit_amount"].as_i64().unwrap_or_default(),
        subscription["currency"].as_str().unwrap_or_default(),
    );
    let every = text(&item["price"]["recurring"]["interval"]);
    let (state, action) = if has_ended(subscription) {
        (format!("Ended on {}", day(&subscription["ended_at"])), None)
    } else if subscription["cancel_at"].is_i64() {
        let state = format!("Ends on {}", day(&subscription["cancel_at"]));
        (state, Some(("keep", "Don't cancel subscription")))
    } else {
        let state = format!("Renews on {}", day(&item["current_period_end"]));
        (state, Some(("cancel", "Cancel subscription")))
    };
    let button = match action.filter(|_| cancels) {
        Some((action, label)) => format!(
            "<form method=\"post\"><input type=\"hidden\" name=\"subscription\" value=\"{}\">\
             <button class=\"quiet\" name=\"action\" value=\"{action}\">{label}</button></form>",
            text(&subscription["id"])
        ),
        None => String::new(),
    };
    let name = text(name);
    format!("<h2>{name}</h2><p>{price} every {every}. {state}.</p>{button}")
}

fn card(declined: bool) -> String {
    let state = match declined {
        true => "Your card was declined.",
        false => "Your card ends in 4242.",
    };
    format!(
        "<h2>Payment method</h2><p>{state}</p><form method=\"post\">\
         <button class=\"quiet\" name=\"action\" value=\"card\">Use a new card</button></form>"
    )
}

fn invoices(invoices: &[Value]) -> String {
    let rows = invoices.iter().rev().map(|invoice| {
        let amount = format_money(
            invoice["total"].as_i64().unwrap_or_default(),
            invoice["currency"].as_str().unwrap_or_default(),
        );
        format!(
            "<tr><th scope=\"row\">{} ({})</th><td>{amount}</td></tr>",
            day(&invoice["created"]),
            text(&invoice["status"])
        )
    });
    let rows: String = rows.collect();
    format!("<h2>Invoices</h2><table><tbody>{rows}</tbody></table>")
}

/// The page on which a subscriber asks for a link.
pub fn login() -> String {
    document(
        "Log in to manage your subscription",
        NOTE,
        "<h1>Log in to manage your subscription</h1><form method=\"post\">\
         <label for=\"email\">Email</label><input id=\"email\" name=\"email\" type=\"email\" \
         autocomplete=\"email\" required><button>Send</button></form>",
    )
}

/// The answer, with what Stripe would have mailed.
pub fn sent(url: Option<&str>) -> String {
    let mailed = link("Open the link that Stripe would have mailed", url);
    document(
        "Check your email",
        NOTE,
        &format!(
            "<h1>Check your email</h1><p>If you have a subscription, a link was sent to you.</p>{mailed}"
        ),
    )
}
