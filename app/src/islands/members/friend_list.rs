//! The page with all friends, by pages. It follows what happens while it is open, as the card does.

use leptos::{prelude::*, task::spawn_local};

use super::friend_row::friend_row;
use crate::{
    islands::{any_view::IntoAnyView, call::ask, events::on_change, live_text::LiveText},
    server_fns::GetFriends,
    types::{FRIENDS_PAGE, FriendsPage},
};

/// The totals, and a page of friends, newest first. A page of older ones keeps its rows, and says that somebody joined.
#[island]
pub fn FriendList(
    /// The page when it was rendered.
    page: FriendsPage,
    /// Where it begins, as in its address; empty for the newest friends.
    before: String,
) -> impl IntoView {
    let (joined, is_later) = (page.totals.joined, !before.is_empty());
    let page = RwSignal::new(page);
    on_change(move || {
        let before = before.clone();
        spawn_local(async move {
            if let Ok(Some(fresh)) = ask::<GetFriends>(&[("before", &before)]).await {
                page.set(fresh);
            }
        });
    });
    let is_empty = Memo::new(move |_| page.with(|page| page.totals.joined == 0));
    let total = move |words: fn(&FriendsPage) -> String| move || LiveText(page.with(words));
    let rows = move || {
        page.with(|page| {
            let rows = page.friends.iter();
            rows.map(|friend| friend_row(friend, true)).collect_view()
        })
    };
    let somebody_joined = move || page.with(|page| page.totals.joined > joined);
    let newer = move || {
        is_later.then(|| {
            view! {
                <p class="newer" role="status">
                    <a class="button" href=FRIENDS_PAGE hidden=move || !somebody_joined()>
                        "Somebody joined. Show the newest"
                    </a>
                </p>
            }
        })
    };
    let newest = move || {
        is_later.then(|| view! { <a class="button" href=FRIENDS_PAGE>"Newest friends"</a> })
    };
    let older = move || {
        page.with(|page| page.older).map(|before| {
            let to = format!("{FRIENDS_PAGE}?before={before}");
            view! { <a class="button" rel="next" href=to>"Older friends"</a> }
        })
    };
    view! {
        {move || match is_empty.get() {
            true => nobody(page.with_untracked(|page| page.is_on)).into_any_view(),
            false => view! {
                <dl class="friend-totals">
                    <div><dt>"Joined"</dt><dd>{total(|page| page.totals.joined.to_string())}</dd></div>
                    <div><dt>"Earned"</dt><dd class="money">{total(earned)}</dd></div>
                    <div>
                        <dt>"Available"</dt>
                        <dd class="money">{total(|page| page.available.clone())}</dd>
                    </div>
                </dl>
                {newer()}
                <ul class="friends panel" aria-label="Your friends">{rows}</ul>
                <nav class="pages" aria-label="Pages">{newest()}{older}</nav>
            }.into_any_view(),
        }}
    }
}

fn earned(page: &FriendsPage) -> String {
    let earned = page.totals.earned();
    earned.unwrap_or_else(|| "Nothing yet".to_owned())
}

/// In place of an empty list.
fn nobody(is_on: bool) -> impl IntoView {
    let refer =
        is_on.then(|| view! { <a class="button" href="/dashboard#refer">"Refer a Friend"</a> });
    view! {
        <div class="empty">
            <p class="empty-title">"No friends yet"</p>
            <p>"Friends who register through your link are listed here."</p>
            {refer}
        </div>
    }
}
