//! A member's link with everything that shares it, or the button that makes it: codes are made lazily
//! (`docs/rules.md` 1 and 198).

use domain::forms::Refusal;
use leptos::{prelude::*, server_fn::ServerFn};

use super::refusal_notice;
use crate::{
    islands::{CopyField, ShareRow},
    server_fns::GetReferralLink,
    types::{ShareLinks, Sharing},
};

/// **Get My Referral Link**. Afterwards the member is on the page `next` again.
pub fn get_link(next: &str, refusal: &Refusal) -> AnyView {
    view! {
        <form method="post" action=GetReferralLink::PATH>
            {refusal_notice(refusal)}
            <input type="hidden" name="next" value=next.to_owned() />
            <button type="submit" class="button button-primary">"Get My Referral Link"</button>
        </form>
    }
    .into_any()
}

/// A link to copy, and the ways to share it; `id` is the field's.
pub fn share_links(id: &'static str, label: &str, links: ShareLinks, has_code: bool) -> AnyView {
    view! {
        <CopyField id label=label.to_owned() value=links.link.clone() button="Copy Link" />
        <ShareRow links has_code />
    }
    .into_any()
}

/// The panel that offers a member to refer a friend, on the page `here`.
pub fn refer_panel(sharing: Sharing, here: &str, refusal: &Refusal) -> AnyView {
    let link = match sharing.links {
        Some(links) => share_links("referral-link", "Your referral link", links.home, false),
        None => get_link(here, refusal),
    };
    view! {
        <section class="panel refer-panel" aria-labelledby="refer-title">
            <h2 class="panel-title" id="refer-title">"Refer a Friend"</h2>
            <p>{sharing.offer}</p>
            {link}
        </section>
    }
    .into_any()
}
