//! Below the table of referrals: links to its other pages, or the reason why it is empty.

use domain::{
    credit::Program,
    referral::{ReferralFilter, ReferralStatus},
};
use leptos::prelude::*;

use super::{
    controls::{cleared, is_narrow, only_status},
    filter::clear,
    reducer::{self, TABLE},
    table::Table,
};
use crate::{
    islands::{admin::thousands::grouped, any_view::IntoAnyView, live_text::LiveText},
    types::admin::{PAGE_SIZE, ReferralsPage},
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
    let only_page = move || table.page(is_only_page);
    let none = move || table.page(|page| page.rows.is_empty());
    view! {
        <p class="table-count" hidden=none>{move || LiveText(table.page(count))}</p>
        <nav class="table-pages" aria-label="Pages" hidden=only_page>
            {link("Previous", "prev", |page| page.previous.as_ref())}
            {link("Next", "next", |page| page.next.as_ref())}
        </nav>
    }
}

fn is_only_page(page: &ReferralsPage) -> bool {
    page.previous.is_none() && page.next.is_none()
}

/// How many of all are shown.
fn count(page: &ReferralsPage) -> String {
    if is_only_page(page) {
        return reducer::count(page.cards.total);
    }
    let (shown, all) = (page.rows.len(), grouped(page.cards.total));
    format!("{shown} of {all} referrals, at most {PAGE_SIZE} on a page")
}

/// Why the table is empty.
#[derive(Clone, Copy, PartialEq)]
enum Reason {
    NoReferralYet,
    NoneWith(ReferralStatus),
    NoMatch,
    PastTheEnd,
}

fn reason(page: &ReferralsPage) -> Option<Reason> {
    if !page.rows.is_empty() {
        None
    } else if page.filter.cursor.is_some() {
        Some(Reason::PastTheEnd)
    } else if let Some(status) = only_status(&page.filter) {
        Some(Reason::NoneWith(status))
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
            Reason::NoneWith(status) => none_with(status),
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

fn none_with(status: ReferralStatus) -> AnyView {
    let (title, why) = match status {
        ReferralStatus::Pending => (
            "No pending referrals.",
            "A referral is pending until its credit is issued.",
        ),
        ReferralStatus::Credited => (
            "No credited referrals yet.",
            "A referral is credited once the friend has paid and the credit is issued.",
        ),
        ReferralStatus::Failed => ("No failed credits.", "There is nothing to retry."),
    };
    view! {
        <p class="empty-title">{title}</p>
        <p>{why}</p>
    }
    .into_any_view()
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

    fn page(query: &str) -> ReferralsPage {
        ReferralsPage {
            filter: ReferralFilter::from_query(Program::Tenant, query).0,
            ignored: Vec::new(),
            cards: Cards::default(),
            rows: Vec::new(),
            next: None,
            previous: None,
            retried: None,
            program_is_off: false,
        }
    }

    fn empty(query: &str) -> Option<Reason> {
        reason(&page(query))
    }

    #[test]
    fn an_empty_table_says_why() {
        assert!(empty("") == Some(Reason::NoReferralYet));
        assert!(empty("sort=credit") == Some(Reason::NoReferralYet));
        for status in ReferralStatus::ALL {
            let only = format!("status={}&sort=credit", status.code());
            assert!(empty(&only) == Some(Reason::NoneWith(status)));
        }
        assert!(empty("status=failed&q=jane") == Some(Reason::NoMatch));
        assert!(empty("q=jane") == Some(Reason::NoMatch));
        assert!(empty("status=failed&after=5.7") == Some(Reason::PastTheEnd));
    }

    #[test]
    fn the_rows_are_counted() {
        let mut all = page("");
        all.cards.total = 1;
        assert_eq!(count(&all), "1 referral");
        all.cards.total = 1234;
        all.next = Some(all.filter.clone());
        assert_eq!(count(&all), "0 of 1,234 referrals, at most 25 on a page");
    }
}
