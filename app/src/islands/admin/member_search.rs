//! Members, found as one types.

use std::time::Duration;

use leptos::{html, prelude::*, task::spawn_local};
use wasm_bindgen::JsValue;

use super::TYPING_PAUSE;
use crate::{
    islands::{call::ask, erased::Erase},
    server_fns::admin::ListMembers,
    types::admin::{MemberRow, MembersPage},
};

/// Where members are found.
const PATH: &str = "/admin/members";

/// The search box and who was found.
#[island]
pub fn MemberSearch(
    /// The members whom the address asks for.
    page: MembersPage,
    /// Newer members come before them.
    later: bool,
) -> impl IntoView {
    let text = page.text.clone();
    let page = RwSignal::new(page);
    let later = RwSignal::new(later);
    let busy = RwSignal::new(false);
    let failed = RwSignal::new(None::<String>);
    let said = RwSignal::new(String::new());
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
                failed.set(answer.as_ref().err().map(|fault| fault.excuse().to_owned()));
                if let Ok(found) = answer {
                    keep_in_address(&text);
                    said.set(count(&found));
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
        // Something may have been typed before this woke up.
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
                    "By the beginning of a name or an e-mail address."
                </p>
            </div>
            <button type="submit" class="button">"Search"</button>
        </form>
        <p class="visually-hidden" role="status">{said}</p>
        <p class="members-failed" role="alert">{failed}</p>
        <div class="members-found" class:is-busy=busy>
            {move || page.with(|page| found(page, later.get()))}
        </div>
    }
}

fn found(page: &MembersPage, later: bool) -> AnyView {
    if page.members.is_empty() {
        return match page.too_many {
            true => view! { <div class="empty">{too_many()}</div> }.erased(),
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
        <ul class="members" aria-label="Members">{rows}</ul>
        <nav class="pages" aria-label="Pages">{newest}{older}</nav>
    }
    .erased()
}

fn row(member: &MemberRow) -> impl IntoView + use<> {
    let admin = member
        .admin
        .then(|| view! { <span class="badge badge-admin">"Admin"</span> });
    view! {
        <li class="member">
            <span class="member-name">
                <a href=format!("{PATH}/{}", member.id) dir="auto">{member.name.clone()}</a>
                {admin}
            </span>
            <span class="member-email">{member.email.clone()}</span>
            <span class="member-joined">{format!("Joined {}", member.joined_on)}</span>
        </li>
    }
}

fn too_many() -> impl IntoView {
    view! {
        <p class="empty-title">"Too many people match"</p>
        <p>"Type more of the name or of the e-mail address."</p>
    }
}

fn nobody(text: &str) -> AnyView {
    if text.trim().is_empty() {
        view! {
            <div class="empty">
                <p class="empty-title">"No members yet"</p>
                <p>"Everybody who registers on this site appears here."</p>
            </div>
        }
        .erased()
    } else {
        view! {
            <div class="empty">
                <p class="empty-title">"Nobody found"</p>
                <p>"Each word must begin a name or an e-mail address. Try fewer letters."</p>
                <a class="button" href=PATH>"Show everybody"</a>
            </div>
        }
        .erased()
    }
}

fn count(page: &MembersPage) -> String {
    match (page.too_many, page.members.len(), page.next.is_some()) {
        (true, ..) => "Too many people match. Type more.".to_owned(),
        (_, 0, _) => "Nobody found.".to_owned(),
        (_, many, true) => format!("The newest {many} of those who match."),
        (_, 1, _) => "1 member found.".to_owned(),
        (_, many, _) => format!("{many} members found."),
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

/// So that a reload, a bookmark and "Back" show the same people.
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
    fn what_was_found_is_said() {
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
        assert_eq!(count(&page(0, None)), "Nobody found.");
        assert_eq!(count(&page(1, None)), "1 member found.");
        assert_eq!(count(&page(3, None)), "3 members found.");
        assert_eq!(
            count(&page(2, Some("before=1"))),
            "The newest 2 of those who match."
        );
        let too_many = MembersPage {
            too_many: true,
            ..page(0, None)
        };
        assert_eq!(count(&too_many), "Too many people match. Type more.");
    }
}
