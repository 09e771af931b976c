//! Below the table of referrals: links to its other pages, or the reason why it is empty.

use domain::{credit::Program, referral::ReferralFilter};
use leptos::prelude::*;

use super::{
    controls::{cleared, is_narrow},
    filter::clear,
    reducer::TABLE,
    table::Table,
};
use crate::{
    islands::{admin::thousands::grouped, any_view::IntoAnyView, live_text::LiveText},
    types::admin::ReferralsPage,
};

/// How many of all are shown, and links to the previous and the next page.
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
    let only_page = move || table.page(|page| page.previous.is_none() && page.next.is_none());
    let count = move || {
        table.page(|page| {
            let (shown, all) = (page.rows.len(), grouped(page.cards.total));
            LiveText(format!("{shown} of {all}"))
        })
    };
    view! {
        <p class="table-count" hidden=only_page>{count}</p>
        <nav class="table-pages" aria-label="Pages" hidden=only_page>
            {link("Previous", "prev", |page| page.previous.as_ref())}
            {link("Next", "next", |page| page.next.as_ref())}
        </nav>
    }
}

/// Why the table is empty.
#[derive(Clone, Copy, PartialEq)]
enum Reason {
    NoReferralYet,
    NoMatch,
    PastTheEnd,
}

fn reason(page: &ReferralsPage) -> Option<Reason> {
    if !page.rows.is_empty() {
        None
    } else if page.filter.cursor.is_some() {
        Some(Reason::PastTheEnd)
    } else if is_narrow(&page.filter) {
        Some(Reason::NoMatch)
    } else {
        Some(Reason::NoReferralYet)
    }
}

/// Says why there are no rows, and what to do next.
#[component]
pub fn EmptyTable(table: Table) -> impl IntoView {
    let reason = Memo::new(move |_| table.page(reason));
    move || {
        let message = match reason.get()? {
            Reason::NoReferralYet => no_referral_yet(table.program),
            Reason::NoMatch => {
                let all = table.page_now(|page| cleared(&page.filter).path());
                view! {
                    <p class="empty-title">"Nothing matches"</p>
                    <p>"No referral matches these filters."</p>
                    <a class="button" href=all on:click=move |event| clear(table, &event)>
                        "Clear filters"
                    </a>
                }
                .into_any_view()
            }
            Reason::PastTheEnd => {
                let first = table.page_now(|page| page.filter.clone().from_start());
                let path = first.path();
                view! {
                    <p class="empty-title">"Nothing on this page"</p>
                    <p>"This page is past the last referral."</p>
                    <a
                        class="button"
                        href=path
                        on:click=move |event| table.follow(&event, &first, TABLE)
                    >
                        "Go to the first page"
                    </a>
                }
                .into_any_view()
            }
        };
        Some(view! { <div class="empty">{message}</div> })
    }
}

fn no_referral_yet(program: Program) -> AnyView {
    match program {
        Program::Tenant => view! {
            <p class="empty-title">"No referrals yet"</p>
            <p>
                "Members share a link from \u{201c}Refer a Friend\u{201d} on their dashboard. When a friend registers with it, the referral appears here."
            </p>
            <a class="button" href="/admin/settings?tab=payments">"Check the credit amount"</a>
        }
        .into_any_view(),
        Program::Platform => view! {
            <p class="empty-title">"No platform referrals yet"</p>
            <p>
                "Send a platform referrer their link. When someone subscribes through it, the referral appears here."
            </p>
            <a class="button" href="#platform-referrers">"Go to the links"</a>
        }
        .into_any_view(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::admin::Cards;

    fn empty(query: &str) -> Option<Reason> {
        reason(&ReferralsPage {
            filter: ReferralFilter::from_query(Program::Tenant, query).0,
            ignored: Vec::new(),
            cards: Cards::default(),
            rows: Vec::new(),
            next: None,
            previous: None,
        })
    }

    #[test]
    fn an_empty_table_says_why() {
        assert!(empty("") == Some(Reason::NoReferralYet));
        assert!(empty("sort=credit") == Some(Reason::NoReferralYet));
        assert!(empty("status=failed") == Some(Reason::NoMatch));
        assert!(empty("status=failed&after=5.7") == Some(Reason::PastTheEnd));
    }
}
