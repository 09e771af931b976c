//! Below the table of platform referrers: which of them are shown and the other pages, or why there are none.

use leptos::prelude::*;

use super::list::List;
use crate::{
    islands::{admin::thousands::grouped, any_view::IntoAnyView, live_text::LiveText},
    types::admin::ReferrersPage,
};

/// Which of all are shown, and links to the pages before and after.
#[component]
pub fn ReferrerPages(list: List) -> impl IntoView {
    let link =
        |label: &'static str, rel: &'static str, to: fn(&ReferrersPage) -> Option<&String>| {
            let query = move || list.page.with(|page| to(page).cloned());
            view! {
                <a
                    class="button button-small"
                    rel=rel
                    href=move || query().map(|query| list.path(&query))
                    hidden=move || query().is_none()
                >
                    {label}
                    <span class="visually-hidden">" referrers"</span>
                </a>
            }
        };
    let none = move || list.page.with(|page| page.referrers.is_empty());
    let only_page = move || {
        list.page
            .with(|page| page.previous.is_none() && page.next.is_none())
    };
    view! {
        <div class="referrers-pages" hidden=none>
            <p class="table-count">{move || LiveText(list.page.with(count))}</p>
            <nav class="table-pages" aria-label="Pages of referrers" hidden=only_page>
                {link("Previous", "prev", |page| page.previous.as_ref())}
                {link("Next", "next", |page| page.next.as_ref())}
            </nav>
        </div>
    }
}

fn count(page: &ReferrersPage) -> String {
    let all = grouped(page.total);
    if page.previous.is_none() && page.next.is_none() {
        let noun = if page.total == 1 {
            "referrer"
        } else {
            "referrers"
        };
        return format!("{all} {noun}");
    }
    let last = page.first + page.referrers.len() as u64;
    format!("{}–{} of {all}", grouped(page.first), grouped(last - 1))
}

/// Why the list is empty, or is not all that was searched for.
#[derive(Clone, PartialEq, Debug)]
enum Gap {
    NobodyYet,
    NoMatch(String),
    PastTheEnd,
    TooMany,
}

fn gap(page: &ReferrersPage) -> Option<Gap> {
    let empty = page.referrers.is_empty();
    match page.total {
        _ if page.too_many => Some(Gap::TooMany),
        0 if page.text.is_empty() => Some(Gap::NobodyYet),
        0 => Some(Gap::NoMatch(page.text.clone())),
        _ => empty.then_some(Gap::PastTheEnd),
    }
}

/// Says why nobody is listed, or not all, and what to do next.
#[component]
pub fn ReferrersGap(list: List) -> impl IntoView {
    let gap = Memo::new(move |_| list.page.with(gap));
    move || {
        let message = match gap.get()? {
            Gap::NobodyYet => view! {
                <p class="empty-title">"No platform referrer has been added yet"</p>
                <p>
                    "Add the first one with \u{201c}Add Referrer\u{201d}: they get a code and links to share."
                </p>
            }
            .into_any_view(),
            Gap::NoMatch(text) => view! {
                <p class="empty-title">"No referrers match \u{201c}" <bdi>{text}</bdi> "\u{201d}"</p>
                <p>
                    "Each word must be the beginning of a name, an email address or a code. Try fewer letters."
                </p>
            }
            .into_any_view(),
            Gap::PastTheEnd => {
                let start = move || list.path(&list.page.with(|page| page.start.clone()));
                view! {
                    <p class="empty-title">"Nobody on this page"</p>
                    <p>"This page is past the last referrer."</p>
                    <a class="button" href=start>"Go to the first page"</a>
                }
                .into_any_view()
            }
            Gap::TooMany => view! {
                <p class="empty-title">"Too many referrers match"</p>
                <p>"Type more of the name or the email address."</p>
            }
            .into_any_view(),
        };
        Some(view! { <div class="empty">{message}</div> })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::admin::PlatformReferrer;

    /// The page that begins at place `first` and shows `shown` of `total`.
    fn page(first: u64, shown: i64, total: u64) -> ReferrersPage {
        let one = |id| PlatformReferrer {
            id,
            name: "Ann".to_owned(),
            email: "ann@example.com".to_owned(),
            code: "q9wm4t2k".to_owned(),
            links: Vec::new(),
            referrals: 0,
            credited: 0,
            earned: "$0.00".to_owned(),
            disabled: false,
            version: 1,
        };
        let before = first.saturating_sub(1);
        let after = total.saturating_sub(before + shown.unsigned_abs());
        ReferrersPage {
            referrers: (0..shown).map(one).collect(),
            first,
            total,
            previous: (before > 0).then(|| "newer=1".to_owned()),
            next: (after > 0).then(|| "older=1".to_owned()),
            ..ReferrersPage::default()
        }
    }

    #[test]
    fn a_page_says_which_of_all_it_shows() {
        assert_eq!(count(&page(1, 1, 1)), "1 referrer");
        assert_eq!(count(&page(1, 7, 7)), "7 referrers");
        assert_eq!(count(&page(1, 10, 126)), "1–10 of 126");
        assert_eq!(count(&page(1201, 6, 1206)), "1,201–1,206 of 1,206");
    }

    #[test]
    fn an_empty_list_says_why() {
        let searched = |page| ReferrersPage {
            text: "sky".to_owned(),
            ..page
        };
        assert_eq!(gap(&page(1, 7, 7)), None);
        assert_eq!(gap(&page(0, 0, 0)), Some(Gap::NobodyYet));
        let none = Some(Gap::NoMatch("sky".to_owned()));
        assert_eq!(gap(&searched(page(0, 0, 0))), none);
        assert_eq!(gap(&page(0, 0, 7)), Some(Gap::PastTheEnd));
        let too_many = ReferrersPage {
            too_many: true,
            ..searched(page(1, 10, 1000))
        };
        assert_eq!(gap(&too_many), Some(Gap::TooMany));
    }
}
