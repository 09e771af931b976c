//! All friends whom the member referred, page by page, and what became of each.

use leptos::prelude::*;

use super::{member_or_sign_in, query};
use crate::{
    components::{Empty, LivePart, PageTitle, internal_error},
    islands::friend_row,
    ports::{Ports, Viewer},
    types::{FRIENDS_PAGE, FriendsPage as Page},
};

/// The list, newest first. It is there while the program is off, too.
#[component]
pub fn FriendsPage() -> impl IntoView {
    let ports = Ports::current();
    member_or_sign_in(&Viewer::current(), &ports)?;
    let before = query("before").and_then(|before| before.parse().ok());
    let list = Suspend::new(async move {
        match ports.referrals.friends(before).await {
            Ok(Some(page)) => list(page, before.is_some()),
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
            <LivePart><Suspense>{list}</Suspense></LivePart>
        </div>
    })
}

fn list(page: Page, later: bool) -> AnyView {
    if page.totals.joined == 0 {
        let refer = page
            .is_on
            .then(|| view! { <a class="button" href="/dashboard#refer">"Refer a Friend"</a> });
        return view! {
            <Empty title="No friends yet">
                <p>"Friends who register through your link are listed here."</p>
                {refer}
            </Empty>
        }
        .into_any();
    }
    let earned = page
        .totals
        .earned()
        .unwrap_or_else(|| "Nothing yet".to_owned());
    let rows = page.friends.iter().map(|friend| friend_row(friend, true));
    let newest = later.then(|| view! { <a class="button" href=FRIENDS_PAGE>"Newest friends"</a> });
    let older = page.older.map(|before| {
        let to = format!("{FRIENDS_PAGE}?before={before}");
        view! { <a class="button" rel="next" href=to>"Older friends"</a> }
    });
    view! {
        <dl class="friend-totals">
            <div><dt>"Joined"</dt><dd>{page.totals.joined}</dd></div>
            <div><dt>"Earned"</dt><dd class="money">{earned}</dd></div>
            <div><dt>"Available"</dt><dd class="money">{page.available}</dd></div>
        </dl>
        <ul class="friends panel" aria-label="Your friends">{rows.collect_view()}</ul>
        <nav class="pages" aria-label="Pages">{newest}{older}</nav>
    }
    .into_any()
}
