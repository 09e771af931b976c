//! The notice that some people have one email address in different spellings, and where they are listed.

use leptos::prelude::*;

pub const MEMBERS: &str = "/admin/members/same-address";
pub const REFERRERS: &str = "/admin/platform-referrers/same-address";

/// The notice above the members, if some have the same address.
pub fn shared_by_members(any: bool) -> Option<impl IntoView> {
    any.then(|| {
        notice(
            "Some members have the same email address in different spellings.",
            MEMBERS,
        )
    })
}

/// The notice above the platform referrers, if some have the same address.
pub fn shared_by_referrers(any: bool) -> Option<impl IntoView> {
    any.then(|| {
        let words = "Some platform referrers have the same email address in different spellings.";
        notice(words, REFERRERS)
    })
}

fn notice(words: &'static str, path: &'static str) -> impl IntoView {
    view! { <p class="notice">{words} " " <a href=path>"Addresses that are the same"</a></p> }
}
