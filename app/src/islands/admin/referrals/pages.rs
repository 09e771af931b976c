//! Below a table of referrals: its other pages, or what to do where it is empty.

use domain::{credit::Program, referral::ReferralFilter};
use leptos::prelude::*;

use super::{
    controls::{cleared, is_narrow},
    filter::clear,
    reducer::TABLE,
    table::Table,
};
use crate::{islands::erased::Erase, types::admin::ReferralsPage};

/// To the page before and to the next.
#[component]
pub fn Pages(table: Table) -> impl IntoView {
    let link = |label: &'static str,
                rel: &'static str,
                to: fn(&ReferralsPage) -> Option<&ReferralFilter>| {
        let follow = move |event| {
            if let Some(filter) = table.page_now(|page| to(page).cloned()) {
                table.follow(&event, &filter, TABLE);
            }
        };
        view! {
            <a
                class="button button-small"
                rel=rel
                href=move || table.page(|page| to(page).map(ReferralFilter::path))
                hidden=move || table.page(|page| to(page).is_none())
                on:click=follow
            >
                {label}
            </a>
        }
    };
    let alone = move || table.page(|page| page.previous.is_none() && page.next.is_none());
    view! {
        <nav class="table-pages" aria-label="Pages" hidden=alone>
            {link("Previous", "prev", |page| page.previous.as_ref())}
            {link("Next", "next", |page| page.next.as_ref())}
        </nav>
    }
}

/// Why there is nothing.
#[derive(Clone, Copy, PartialEq)]
enum Nothing {
    Yet,
    Matches,
    OnThisPage,
}

fn nothing(page: &ReferralsPage) -> Option<Nothing> {
    if !page.rows.is_empty() {
        None
    } else if page.filter.cursor.is_some() {
        Some(Nothing::OnThisPage)
    } else if is_narrow(&page.filter) {
        Some(Nothing::Matches)
    } else {
        Some(Nothing::Yet)
    }
}

/// Instead of rows: why there are none, and what to do next.
#[component]
pub fn EmptyTable(table: Table) -> impl IntoView {
    let nothing = Memo::new(move |_| table.page(nothing));
    move || {
        let words = match nothing.get()? {
            Nothing::Yet => nothing_yet(table.program),
            Nothing::Matches => {
                let all = table.page_now(|page| cleared(&page.filter).path());
                view! {
                    <p class="empty-title">"Nothing matches"</p>
                    <p>"No referral fits these filters."</p>
                    <a class="button" href=all on:click=move |event| clear(table, &event)>
                        "Clear filters"
                    </a>
                }
                .erased()
            }
            Nothing::OnThisPage => {
                let first = table.page_now(|page| page.filter.clone().from_start());
                let path = first.path();
                view! {
                    <p class="empty-title">"Nothing on this page"</p>
                    <p>"There are no referrals this far down."</p>
                    <a
                        class="button"
                        href=path
                        on:click=move |event| table.follow(&event, &first, TABLE)
                    >
                        "Go to the first page"
                    </a>
                }
                .erased()
            }
        };
        Some(view! { <div class="empty">{words}</div> })
    }
}

fn nothing_yet(program: Program) -> AnyView {
    match program {
        Program::Tenant => view! {
            <p class="empty-title">"No referrals yet"</p>
            <p>
                "Members share a link from \u{201c}Refer a Friend\u{201d} on their dashboard. When a friend registers with it, the referral appears here."
            </p>
            <a class="button" href="/admin/settings?tab=payments">"Check the credit amount"</a>
        }
        .erased(),
        Program::Platform => view! {
            <p class="empty-title">"No platform referrals yet"</p>
            <p>
                "Send a platform referrer their link. When somebody subscribes through it, the referral appears here."
            </p>
            <a class="button" href="#platform-referrers">"Go to the links"</a>
        }
        .erased(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::admin::Cards;

    fn empty(query: &str) -> Option<Nothing> {
        nothing(&ReferralsPage {
            filter: ReferralFilter::from_query(Program::Tenant, query).0,
            left_out: Vec::new(),
            cards: Cards::default(),
            rows: Vec::new(),
            next: None,
            previous: None,
        })
    }

    #[test]
    fn an_empty_table_says_why() {
        assert!(empty("") == Some(Nothing::Yet));
        assert!(empty("sort=credit") == Some(Nothing::Yet));
        assert!(empty("status=failed") == Some(Nothing::Matches));
        assert!(empty("status=failed&after=5.7") == Some(Nothing::OnThisPage));
    }
}
