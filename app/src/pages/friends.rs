//! All friends whom the member referred, page by page, and what became of each.

use leptos::prelude::*;

use super::{member_or_sign_in, query};
use crate::{
    components::{PageTitle, internal_error},
    islands::FriendList,
    ports::{Ports, Viewer},
};

/// The list, newest first. It is there while the program is off, too.
#[component]
pub fn FriendsPage() -> impl IntoView {
    let ports = Ports::current();
    member_or_sign_in(&Viewer::current(), &ports)?;
    let before = query("before").and_then(|before| before.parse::<i64>().ok());
    let list = Suspend::new(async move {
        match ports.referrals.friends(before).await {
            Ok(Some(page)) => {
                let before = before.map(|before| before.to_string());
                view! { <FriendList page before=before.unwrap_or_default() /> }.into_any()
            }
            Ok(None) => ().into_any(),
            Err(_) => internal_error(&ports),
        }
    });
    Some(view! {
        <PageTitle title="Your friends" />
        <div class="page page-narrow">
            <nav class="crumbs" aria-label="You are here">
                <a href="/dashboard">"Dashboard"</a>
            </nav>
            <h1 class="page-title">"Your friends"</h1>
            <Suspense>{list}</Suspense>
        </div>
    })
}
