//! Platform Referrers: the list of referrers, and the form that adds one.

mod add;
mod list;
mod row;

use domain::forms::Refusal;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use self::{
    add::AddReferrer,
    list::{List, Reason},
    row::ReferrerRow,
};
use crate::{islands::events::on_change, types::admin::PlatformReferrer};

/// The data of the section when the page was rendered.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ReferrersStart {
    /// All of them, newest first.
    pub referrers: Vec<PlatformReferrer>,
    /// A refusal of "Add Referrer" that was sent without JavaScript.
    pub adding: Refusal,
    /// A refusal of "Rename" or "Disable" that was sent without JavaScript; its field `id` says whose.
    pub changing: Refusal,
}

/// The section "Platform Referrers".
#[component]
pub fn PlatformReferrers(start: ReferrersStart) -> impl IntoView {
    let ReferrersStart {
        referrers,
        adding,
        changing,
    } = start;
    let list = List(RwSignal::new(referrers));
    // A new credit changes the counts here as well.
    on_change(move || list.reload(Reason::Refresh));
    let refused = StoredValue::new(changing);
    view! {
        <section class="referrers-section" aria-labelledby="platform-referrers">
            <h2 id="platform-referrers" class="group-title">"Platform Referrers"</h2>
            <p class="empty referrers-none" hidden=move || list.0.with(|all| !all.is_empty())>
                "No platform referrers yet. Add the first one below: they get a code and a link to share."
            </p>
            <ul class="referrers">
                <For
                    each=move || list.0.get()
                    key=|one| (one.id, one.version)
                    children=move |referrer| {
                        let refusal = refused.with_value(|refusal| about(refusal, referrer.id));
                        view! { <ReferrerRow referrer list refusal /> }
                    }
                />
            </ul>
            <AddReferrer list refusal=adding />
        </section>
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
    }
}
