//! The ways to share a member's link. They are plain links, which open the member's own programs, and a button for the
//! browser's own menu, which `app/src/app/copy.js` opens.

use leptos::prelude::*;

use crate::{
    islands::icon::{Icon, icon},
    types::ShareLinks,
};

/// A link for each way.
#[component]
pub fn ShareRow(
    links: ShareLinks,
    /// The page shows the QR code itself.
    #[prop(optional)]
    has_code: bool,
) -> impl IntoView {
    let ways = [
        (Icon::Mail, "Email", links.mail),
        (Icon::MessageSquare, "Text message", links.sms),
        (Icon::MessageCircle, "WhatsApp", links.whatsapp),
        (Icon::QrCode, "QR code", links.qr_page),
    ];
    let shown = if has_code { 3 } else { 4 };
    let ways = ways.into_iter().take(shown).map(|(sign, label, to)| {
        // What is not a page of this site says nothing of this one.
        view! { <li><a class="button" href=to rel="noreferrer">{icon(sign)}{label}</a></li> }
    });
    let ways = ways.collect_view();
    view! {
        <ul class="share-row" aria-label="Share your link">
            <li class="needs-web-share">
                <button type="button" class="button" data-share=links.share>
                    {icon(Icon::Share)}
                    "Share…"
                </button>
            </li>
            {ways}
        </ul>
    }
}
