//! The security log: who signed in or tried to, and from where.

use domain::log_filter::LogFilter;
use leptos::{prelude::*, server_fn::ServerFn};

use super::{
    log_filter::{Log, log_filter},
    switch::{Switch, switch},
};
use crate::{
    components::Empty,
    ports::Viewer,
    server_fns::admin::{CountConfirmedFriends, RequireSecondFactor, ShowApiDocs},
    types::admin::{SecurityEntry, SecurityPage},
};

pub const SECURITY_PATH: &str = "/admin/settings?tab=security";

/// The second factor that the console may need, and one page of the log, newest first.
pub fn security_tab(
    viewer: &Viewer,
    page: SecurityPage,
    filter: &LogFilter,
    later: bool,
) -> AnyView {
    let settled = later || !filter.is_empty();
    let required = page.second_factor_required.filter(|_| !settled);
    let factor = required.map(|required| factor(viewer, required));
    let friends = page.confirmed_friends_only.filter(|_| !settled);
    let friends = friends.map(|only| friends_who_count(viewer, only));
    let docs = page.api_docs.filter(|_| !settled);
    let docs = docs.map(|shown| api_docs(viewer, shown));
    view! { {factor} {friends} {docs} {log(page, filter, later)} }.into_any()
}

fn friends_who_count(viewer: &Viewer, only: bool) -> AnyView {
    const SWITCH: Switch = Switch {
        id: "friends-title",
        title: "Friends who count",
        function: "count_confirmed_friends",
        path: CountConfirmedFriends::PATH,
        field: "only",
        labels: [
            "Count all friends",
            "Count only friends with a confirmed address",
        ],
    };
    let now = match only {
        true => "Only friends who confirmed their email address earn their referrer a credit.",
        false => "All friends earn their referrer a credit.",
    };
    let words = view! {
        {now}
        " Asking for a confirmed address keeps people from referring addresses that nobody reads."
    };
    switch(viewer, &SWITCH, only, words.into_any())
}

fn api_docs(viewer: &Viewer, shown: bool) -> AnyView {
    const SWITCH: Switch = Switch {
        id: "api-docs-title",
        title: "Documentation of the mobile API",
        function: "show_api_docs",
        path: ShowApiDocs::PATH,
        field: "shown",
        labels: ["Stop showing it", "Show it"],
    };
    let now = match shown {
        true => view! {
            "Anybody can read it, and try the API, at "
            <a href="/api/docs" rel="external">"/api/docs"</a>
            "."
        }
        .into_any(),
        false => "It is not shown on this site.".into_any(),
    };
    let words = view! { {now} " Only whoever writes an app needs it; the API works without." };
    switch(viewer, &SWITCH, shown, words.into_any())
}

fn factor(viewer: &Viewer, required: bool) -> AnyView {
    const SWITCH: Switch = Switch {
        id: "factor-title",
        title: "Second factor",
        function: "require_second_factor",
        path: RequireSecondFactor::PATH,
        field: "required",
        labels: ["Make it optional", "Require a second factor"],
    };
    let now = match required {
        true => "Everybody who opens this console needs a second factor.",
        false => "A second factor is optional for everybody who opens this console.",
    };
    let words = view! {
        {now}
        " It is a code of an authenticator app, asked for after the password. Who has none is led to the account \
         to set one up."
    };
    switch(viewer, &SWITCH, required, words.into_any())
}

fn log(page: SecurityPage, filter: &LogFilter, later: bool) -> AnyView {
    if page.entries.is_empty() && filter.is_empty() && !later {
        return view! {
            <Empty title="Nothing has happened yet">
                <p>
                    "Sign-ins, wrong passwords, and changed passwords and email addresses are listed here for 90 days."
                </p>
            </Empty>
        }
        .into_any();
    }
    let links = page.links;
    let rows = page.entries.into_iter().map(|entry| row(entry, links));
    let rows: Vec<_> = rows.collect();
    let none = rows
        .is_empty()
        .then(|| view! { <p class="notice" role="status">"Nothing matches."</p> });
    let left_out = page
        .left_out
        .map(|words| view! { <p class="notice" role="status">{words}</p> });
    let newest = later.then(
        || view! { <a class="button" href=Log::Security.path(filter, None)>"Newest entries"</a> },
    );
    let older = page.older.map(|before| {
        let to = Log::Security.path(filter, Some(before));
        view! { <a class="button" rel="next" href=to>"Older entries"</a> }
    });
    // On a phone each row is shown as a card; the roles keep it a table for screen readers.
    view! {
        {log_filter(Log::Security, filter)}
        {left_out}
        {none}
        <table class="audit" role="table" aria-label="Security log">
            <thead role="rowgroup">
                <tr role="row">
                    {["When", "Account", "What", "Network", "With"]
                        .map(|name| view! { <th role="columnheader" scope="col">{name}</th> })}
                </tr>
            </thead>
            <tbody role="rowgroup">{rows}</tbody>
        </table>
        <nav class="pages" aria-label="Pages">{newest}{older}</nav>
    }
    .into_any()
}

fn row(entry: SecurityEntry, links: bool) -> impl IntoView {
    let member = match links {
        true => {
            let to = format!("/admin/members/{}", entry.member_id);
            view! { <a href=to dir="auto">{entry.member}</a> }.into_any()
        }
        false => view! { <span dir="auto">{entry.member}</span> }.into_any(),
    };
    let times = (entry.times > 1).then(|| {
        let times = format!("{} times within an hour", entry.times);
        view! { <span class="audit-field">{times}</span> }
    });
    view! {
        <tr role="row">
            <td role="cell" data-label="When">
                <time datetime=entry.at>{entry.on}</time>
            </td>
            <td role="cell" data-label="Account">{member}</td>
            <td role="cell" data-label="What">
                <span><strong>{entry.event}</strong>{times}</span>
            </td>
            <td role="cell" data-label="Network"><span class="audit-value">{entry.network}</span></td>
            <td role="cell" data-label="With">{entry.device}</td>
        </tr>
    }
}
