//! Platform Referrers: the table of referrers, its search and its pages, and the dialog that adds one.

mod add;
mod dialog;
mod list;
mod pages;
mod rename;
mod row;
mod search;

use domain::forms::Refusal;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use self::{
    add::AddReferrer,
    list::{List, SECTION},
    pages::{ReferrerPages, ReferrersGap},
    row::ReferrerRow,
    search::ReferrerSearch,
};
use crate::{
    islands::form::{FormErrors, FormState},
    types::admin::ReferrersPage,
};

/// The data of the section when the page was rendered.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ReferrersStart {
    /// The page of the list that the address asks for.
    pub page: ReferrersPage,
    /// A refusal of "Add Referrer" that was sent without JavaScript.
    pub adding: Refusal,
    /// A refusal of "Rename" or "Disable" that was sent without JavaScript; its field `id` says whose.
    pub changing: Refusal,
}

/// The section "Platform Referrers". `filter` is the query of the filter of the referrals, which stays in the address.
#[component]
pub fn PlatformReferrers(start: ReferrersStart, filter: Signal<String>) -> impl IntoView {
    let ReferrersStart {
        page,
        adding,
        changing,
    } = start;
    let unplaced = FormState::new(of_nobody(&changing, &page));
    let list = List::new(page, filter);
    let refused = StoredValue::new(changing);
    let empty = move || list.page.with(|page| page.referrers.is_empty());
    view! {
        <section class="referrers-section" aria-labelledby=SECTION>
            <div class="referrers-head">
                <h2 id=SECTION class="group-title">"Platform Referrers"</h2>
                <AddReferrer list refusal=adding />
            </div>
            <ReferrerSearch list />
            <FormErrors state=unplaced />
            <ReferrersGap list />
            <div class="table-frame" hidden=empty>
                <table class="referrers" role="table" aria-labelledby=SECTION>
                    <thead role="rowgroup">{head()}</thead>
                    <tbody role="rowgroup">
                        <For
                            each=move || list.page.with(|page| page.referrers.clone())
                            key=|one| one.id
                            children=move |referrer| {
                                let refusal = refused.with_value(|refusal| about(refusal, referrer.id));
                                view! { <ReferrerRow referrer list refusal /> }
                            }
                        />
                    </tbody>
                </table>
            </div>
            <ReferrerPages list />
        </section>
    }
}

/// The heads of the columns. The ARIA roles of the table are explicit because its style would remove them.
fn head() -> impl IntoView {
    let column = |label: &'static str| {
        view! { <th role="columnheader" scope="col">{label}</th> }
    };
    let number = |label: &'static str| {
        view! { <th class="referrer-number" role="columnheader" scope="col">{label}</th> }
    };
    view! {
        <tr role="row">
            {column("Referrer")} {column("Code")} {number("Referrals")} {number("Credited")}
            {number("Earned")}
            <th role="columnheader" scope="col">
                "Links" <span class="visually-hidden">" and actions"</span>
            </th>
        </tr>
    }
}

/// `refusal` if it is about nobody on the page, such as a referrer whom another search finds now.
fn of_nobody(refusal: &Refusal, page: &ReferrersPage) -> Refusal {
    let is_other = |id: i64| about(refusal, id) == Refusal::default();
    match page.referrers.iter().all(|one| is_other(one.id)) {
        true => refusal.clone(),
        false => Refusal::default(),
    }
}

/// `refusal` if it is about the referrer `id`.
fn about(refusal: &Refusal, id: i64) -> Refusal {
    if refusal.typed("id") == id.to_string() {
        refusal.clone()
    } else {
        Refusal::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_shown_only_at_its_referrer() {
        let refusal = Refusal::message("No.").keep("id", "7");
        assert_eq!(about(&refusal, 7), refusal);
        assert_eq!(about(&refusal, 77), Refusal::default());
        // Nobody is on this page.
        assert_eq!(of_nobody(&refusal, &ReferrersPage::default()), refusal);
    }
}
