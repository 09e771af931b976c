//! The ways to share a member's link. They are plain links, which open the member's own programs.

use leptos::prelude::*;

use crate::types::ShareLinks;

/// The page with the QR code.
const SHARE_PAGE: &str = "/share";

/// A link for each way.
#[component]
pub fn ShareRow(links: ShareLinks) -> impl IntoView {
    let ways = [
        ("Email", links.mail),
        ("Text message", links.sms),
        ("WhatsApp", links.whatsapp),
        ("QR code", SHARE_PAGE.to_owned()),
    ];
    let ways = ways.map(|(label, to)| {
        // What is not a page of this site says nothing of this one.
        view! { <li><a class="button" href=to rel="noreferrer">{label}</a></li> }
    });
    view! { <ul class="share-row" aria-label="Share your link">{ways}</ul> }
}
