//! The search for platform referrers: a form that loads the page anew.

use domain::referral::REFERRALS_PATH;
use leptos::prelude::*;

use super::list::{List, SEARCH, SECTION};
use crate::islands::{
    admin::controls::hidden_fields,
    icon::{Icon, icon},
};

/// The search field. The filter of the referrals stays as it is.
#[component]
pub fn ReferrerSearch(list: List) -> impl IntoView {
    let text = list.page.with_untracked(|page| page.text.clone());
    let searched = move || list.page.with(|page| !page.text.is_empty());
    let nobody = move || {
        list.page
            .with(|page| page.total == 0 && page.text.is_empty())
    };
    let filter = move || hidden_fields(&list.filter.get());
    view! {
        <form
            class="referrers-search"
            role="search"
            aria-label="Find a referrer"
            method="get"
            action=format!("{REFERRALS_PATH}#{SECTION}")
            hidden=nobody
        >
            {filter}
            <div class="field">
                <label for=SEARCH>"Find a referrer"</label>
                <input
                    id=SEARCH
                    name="referrer"
                    type="search"
                    dir="auto"
                    value=text
                    autocomplete="off"
                    spellcheck="false"
                    aria-describedby="referrer-search-hint"
                />
                <p class="field-hint" id="referrer-search-hint">
                    "The beginning of a name, an email address or a code."
                </p>
            </div>
            <button type="submit" class="button">{icon(Icon::Search)}"Search"</button>
            <a class="button button-quiet" href=move || list.path("") hidden=move || !searched()>
                "Show all"
            </a>
        </form>
    }
}
