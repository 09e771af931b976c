//! Members, or platform referrers, who have one email address in different spellings. They were registered
//! before spellings were compared, and nobody but them knows whether they are one person.

use domain::{account::Permission, credit::Program};
use leptos::prelude::*;

use super::{
    referrals::tab,
    same_address::{MEMBERS, REFERRERS},
};
use crate::{
    components::{AdminPage, Empty, internal_error},
    pages::query,
    ports::{Ports, Viewer},
    types::admin::{AddressHolder, SharedAddresses},
};

/// What the list is of.
#[derive(Clone, Copy)]
struct List {
    path: &'static str,
    /// The page that leads here: path and label.
    from: (&'static str, &'static str),
    /// What can be done.
    advice: &'static str,
    nobody: &'static str,
    /// Begins the path of a person's own page; `None` without the right to it.
    person: Option<&'static str>,
}

/// Admin > Members > Addresses that are the same.
#[component]
pub fn SharedByMembersPage() -> impl IntoView {
    let ports = Ports::current();
    let after = after();
    let list = List {
        path: MEMBERS,
        from: ("/admin/members", "Members"),
        advice: "Mail to each spelling reaches the same mailbox, so these are probably one person with two \
                 accounts. Each signs in with its own spelling; nothing was merged. Ask them which account they \
                 use: they can change the address of the other one in \u{201c}Your account\u{201d}, or you erase it.",
        nobody: "No two members have the same email address",
        person: Some("/admin/members"),
    };
    let content = Suspend::new(async move {
        match ports.admin_members.shared_addresses(after).await {
            Ok(page) => content(page, list, after.is_some()),
            Err(_) => internal_error(&ports),
        }
    });
    page(list, content)
}

/// Admin > Referrals > Platform Referrals > Addresses that are the same.
#[component]
pub fn SharedByReferrersPage() -> impl IntoView {
    let (ports, viewer) = (Ports::current(), Viewer::current());
    let after = after();
    let opens = viewer
        .rights
        .may(Program::Platform, Permission::ManageCredits);
    let list = List {
        path: REFERRERS,
        from: tab(Program::Platform),
        advice: "Mail to each spelling reaches the same mailbox, so these are probably one person with two codes. \
                 Each code goes on as it is; nothing was merged. Ask them which code they use, then disable the \
                 other one, or give it another address.",
        nobody: "No two platform referrers have the same email address",
        person: opens.then_some("/admin/platform-referrers"),
    };
    let content = Suspend::new(async move {
        match ports.platform_referrers.shared_addresses(after).await {
            Ok(page) => content(page, list, after.is_some()),
            Err(_) => internal_error(&ports),
        }
    });
    page(list, content)
}

fn after() -> Option<i64> {
    query("after").and_then(|after| after.parse().ok())
}

fn page(list: List, content: impl IntoView + 'static) -> impl IntoView {
    let (path, label) = list.from;
    view! {
        <AdminPage title="Addresses that are the same">
            <nav class="crumbs" aria-label="You are here"><a href=path>{label}</a></nav>
            <Suspense>{content}</Suspense>
        </AdminPage>
    }
}

fn content(page: SharedAddresses, list: List, later: bool) -> AnyView {
    if page.addresses.is_empty() && !later {
        return view! {
            <Empty title=list.nobody>
                <p>"Whoever registers cannot take another spelling of an address that somebody has."</p>
            </Empty>
        }
        .into_any();
    }
    let addresses = page.addresses.into_iter();
    let addresses = addresses.map(|holders| address(holders, list));
    let first = later.then(|| view! { <a class="button" href=list.path>"First page"</a> });
    let next = page.next.map(|after| {
        let to = format!("{}?after={after}", list.path);
        view! { <a class="button" rel="next" href=to>"More addresses"</a> }
    });
    view! {
        <p class="page-lede">{list.advice}</p>
        <ul class="shared-addresses" aria-label="Addresses">{addresses.collect_view()}</ul>
        <nav class="pages" aria-label="Pages">{first}{next}</nav>
    }
    .into_any()
}

/// Everybody who has the address, side by side.
fn address(holders: Vec<AddressHolder>, list: List) -> impl IntoView {
    let holders = holders.into_iter().map(|one| holder(one, list));
    view! {
        <li class="panel">
            <ul class="address-holders">{holders.collect_view()}</ul>
        </li>
    }
}

fn holder(one: AddressHolder, list: List) -> impl IntoView {
    let name = match list.person {
        Some(path) => {
            let own = format!("{path}/{}", one.id);
            view! { <a href=own dir="auto">{one.name.clone()}</a> }.into_any()
        }
        None => view! { <bdi>{one.name.clone()}</bdi> }.into_any(),
    };
    let standing = one
        .standing
        .map(|word| view! { <span class="badge">{word}</span> });
    let erase = list.person.filter(|_| one.can_erase).map(|path| {
        let to = format!("{path}/{}/erase", one.id);
        view! {
            <p><a href=to>"Erase"<span class="visually-hidden">" " {one.name}</span></a></p>
        }
    });
    view! {
        <li>
            <p class="member-name">{name} {standing}</p>
            <p class="member-email">{one.email}</p>
            <p class="member-joined">"Since " {one.since}</p>
            {erase}
        </li>
    }
}
