//! The link of the navigation that leads to where a member shares a link to the page that is open.

use leptos::prelude::*;

use crate::{ports::Viewer, types::SHARE_PAGE};

/// "Refer a Friend", for who can; nothing in the console.
#[component]
pub fn ReferLink(viewer: Viewer) -> impl IntoView {
    let to = viewer.share_path.clone();
    let to = to.filter(|_| !viewer.is_in_console());
    let here = (viewer.path == SHARE_PAGE).then_some("page");
    to.map(|to| {
        view! { <a class="account-link" href=to aria-current=here>"Refer a Friend"</a> }
    })
}
