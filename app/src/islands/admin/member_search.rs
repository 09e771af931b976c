//! The search for members, which runs while the admin types.

use std::time::Duration;

use leptos::{html, prelude::*, task::spawn_local};
use wasm_bindgen::JsValue;

use super::TYPING_PAUSE;
use crate::{
    islands::{
        any_view::IntoAnyView,
        call::ask,
        icon::{Icon, icon},
        live_text::LiveText,
    },
    server_fns::admin::ListMembers,
    types::admin::{MemberRow, MembersPage},
};

const PATH: &str = "/admin/members";

/// The search field and the members found.
#[island]
pub fn MemberSearch(
    /// The members for the query of the address.
    page: MembersPage,
    /// The address asks for an older page, so there are newer members.
    later: bool,
) -> impl IntoView {
    let text = page.text.clone();
    let page = RwSignal::new(page);
    let later = RwSignal::new(later);
    let busy = RwSignal::new(false);
    let failed = RwSignal::new(None::<String>);
    let announcement = RwSignal::new(String::new());
    let latest = StoredValue::new(0_u32);
    let search = move |text: String, pause: Duration| {
        let mine = latest.get_value().wrapping_add(1);
        latest.set_value(mine);
        busy.set(true);
        let ask = move || {
            if latest.get_value() != mine {
                return;
            }
            spawn_local(async move {
                let answer = ask::<ListMembers>(&[("text", &text)]).await;
                if latest.get_value() != mine {
                    return;
                }
                busy.set(false);
                failed.set(
                    answer
                        .as_ref()
                        .err()
                        .map(|error| error.sentence().to_owned()),
                );
                if let Ok(found) = answer {
                    keep_in_address(&text);
                    announcement.set(count(&found));
                    later.set(false);
                    page.set(found);
                }
            });
        };
        set_timeout(ask, pause);
    };
    let field = NodeRef::<html::Input>::new();
    let typed = move || {
        field
            .get_untracked()
            .map(|field| field.value())
            .unwrap_or_default()
    };
    Effect::new(move || {
        // The admin may have typed before the island hydrated.
        let shown = page.with_untracked(|page| page.text.clone());
        if let Some(now) = field.get().map(|field| field.value())
            && now.trim() != shown.trim()
        {
            search(now, TYPING_PAUSE);
        }
    });
    view! {
        <form
            class="member-search"
            role="search"
            method="get"
            action=PATH
            on:submit=move |event| {
                event.prevent_default();
                search(typed(), Duration::ZERO);
            }
        >
            <div class="field">
                <label for="member-search">"Search members"</label>
                <input
                    id="member-search"
                    name="q"
                    type="search"
                    dir="auto"
                    value=text
                    autocomplete="off"
                    spellcheck="false"
                    aria-describedby="member-search-hint"
                    node_ref=field
                    on:input=move |_| search(typed(), TYPING_PAUSE)
                />
                <p class="field-hint" id="member-search-hint">
                    "Type the beginning of a name or an email address."
                </p>
            </div>
            <button type="submit" class="button">{icon(Icon::Search)}"Search"</button>
        </form>
        <p class="visually-hidden" role="status">{move || LiveText(announcement.get())}</p>
        <p class="members-failed" role="alert">
            {move || LiveText(failed.get().unwrap_or_default())}
        </p>
        <div class="members-found" class:is-busy=busy>
            {move || page.with(|page| results(page, later.get()))}
        </div>
    }
}

fn results(page: &MembersPage, later: bool) -> AnyView {
    if page.members.is_empty() {
        return match page.too_many {
            true => view! { <div class="empty">{too_many()}</div> }.into_any_view(),
            false => nobody(&page.text),
        };
    }
    let too_many = page
        .too_many
        .then(|| view! { <div class="notice">{too_many()}</div> });
    let rows = page.members.iter().map(row).collect_view();
    let newest = later.then(|| {
        let to = address(&page.text);
        view! { <a class="button" href=to>"Newest members"</a> }
    });
    let older = page.next.as_ref().map(|query| {
        view! { <a class="button" rel="next" href=format!("{PATH}?{query}")>"Older members"</a> }
    });
    view! {
        {too_many}
        <p class="table-count">{shown(page, later)}</p>
        <ul class="members" aria-label="Members">{rows}</ul>
        <nav class="pages" aria-label="Pages">{newest}{older}</nav>
    }
    .into_any_view()
}

fn row(member: &MemberRow) -> impl IntoView + use<> {
    let admin = member
        .admin
        .then(|| view! { <span class="badge badge-admin">"Admin"</span> });
    view! {
        <li class="member">
            <span class="member-name">
                <a href=format!("{PATH}/{}", member.id) dir="auto" translate="no">
                    {LiveText(member.name.clone())}
                </a>
                {admin}
            </span>
            <span class="member-email">{LiveText(member.email.clone())}</span>
            <span class="member-joined">{LiveText(format!("Joined {}", member.joined_on))}</span>
        </li>
    }
}

fn too_many() -> impl IntoView {
    view! {
        <p class="empty-title">"Too many members match"</p>
        <p>"Type more of the name or the email address."</p>
    }
}

fn nobody(text: &str) -> AnyView {
    if text.trim().is_empty() {
        view! {
            <div class="empty">
                <p class="empty-title">"No members yet"</p>
                <p>"Everyone who registers on this site appears here."</p>
            </div>
        }
        .into_any_view()
    } else {
        view! {
            <div class="empty">
                <p class="empty-title">"No members found"</p>
                <p>"Each word must be the beginning of a name or an email address. Try fewer letters."</p>
                <a class="button" href=PATH>"Show all members"</a>
            </div>
        }
        .into_any_view()
    }
}

fn count(page: &MembersPage) -> String {
    match (page.too_many, page.members.len(), page.next.is_some()) {
        (true, ..) => "Too many members match. Type more.".to_owned(),
        (_, 0, _) => "No members found.".to_owned(),
        (_, many, true) => format!("The newest {many} members that match."),
        (_, 1, _) => "1 member found.".to_owned(),
        (_, many, _) => format!("{many} members found."),
    }
}

/// How many members the page shows.
fn shown(page: &MembersPage, later: bool) -> String {
    let many = page.members.len();
    match (later, page.next.is_some()) {
        (false, true) => format!("The newest {many} members"),
        (false, false) if many == 1 => "1 member".to_owned(),
        (false, false) => format!("{many} members"),
        (true, true) => format!("{many} older members"),
        (true, false) => format!("The last {many}"),
    }
}

fn address(text: &str) -> String {
    match text.trim() {
        "" => PATH.to_owned(),
        text => {
            let mut query = form_urlencoded::Serializer::new(String::new());
            format!("{PATH}?{}", query.append_pair("q", text).finish())
        }
    }
}

/// A reload, a bookmark and "Back" then show the same members.
fn keep_in_address(text: &str) {
    if let Ok(history) = window().history() {
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&address(text)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_has_an_address() {
        assert_eq!(address("  "), "/admin/members");
        assert_eq!(address("jane d&e"), "/admin/members?q=jane+d%26e");
    }

    #[test]
    fn the_number_of_members_is_announced() {
        let row = |id| MemberRow {
            id,
            name: String::new(),
            email: String::new(),
            admin: false,
            joined_on: String::new(),
        };
        let page = |many: i64, next: Option<&str>| MembersPage {
            members: (0..many).map(row).collect(),
            next: next.map(str::to_owned),
            ..MembersPage::default()
        };
        assert_eq!(count(&page(0, None)), "No members found.");
        assert_eq!(count(&page(1, None)), "1 member found.");
        assert_eq!(count(&page(3, None)), "3 members found.");
        assert_eq!(
            count(&page(2, Some("before=1"))),
            "The newest 2 members that match."
        );
        assert_eq!(shown(&page(1, None), false), "1 member");
        assert_eq!(shown(&page(3, None), false), "3 members");
        let newest = page(25, Some("before=1"));
        assert_eq!(shown(&newest, false), "The newest 25 members");
        assert_eq!(shown(&newest, true), "25 older members");
        assert_eq!(shown(&page(7, None), true), "The last 7");
        let too_many = MembersPage {
            too_many: true,
            ..page(0, None)
        };
        assert_eq!(count(&too_many), "Too many members match. Type more.");
    }
}
