//! Platform Referrers: the list of partners, and the form that adds one.

mod add;
mod list;
mod row;

use domain::forms::Refusal;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use self::{
    add::AddReferrer,
    list::{Cause, List},
    row::PartnerRow,
};
use crate::{islands::live::on_news, types::admin::Partner};

/// What the server knew when the page was made.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PartnersStart {
    /// Everybody, newest first.
    pub partners: Vec<Partner>,
    /// Why nobody was added, for those who have no JavaScript.
    pub adding: Refusal,
    /// Why a partner was not changed; `id` says which.
    pub changing: Refusal,
}

/// The section.
#[component]
pub fn Partners(start: PartnersStart) -> impl IntoView {
    let PartnersStart {
        partners,
        adding,
        changing,
    } = start;
    let list = List(RwSignal::new(partners));
    // A credit that arrives is counted here as well.
    on_news(move || list.reload(Cause::News));
    let refused = StoredValue::new(changing);
    view! {
        <section class="partners-section" aria-labelledby="platform-referrers">
            <h2 id="platform-referrers" class="group-title">"Platform Referrers"</h2>
            <p class="empty partners-none" hidden=move || list.0.with(|all| !all.is_empty())>
                "No platform referrers yet. Add the first one below: they get a code of their own and a link to share."
            </p>
            <ul class="partners">
                <For
                    each=move || list.0.get()
                    key=|one| (one.id, one.version)
                    children=move |partner| {
                        let refusal = refused.with_value(|refusal| about(refusal, partner.id));
                        view! { <PartnerRow partner list refusal /> }
                    }
                />
            </ul>
            <AddReferrer list refusal=adding />
        </section>
    }
}

/// `refusal` if it is about the partner `id`.
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
    fn a_refusal_stands_at_its_partner_alone() {
        let refusal = Refusal::message("No.").keep("id", "7");
        assert_eq!(about(&refusal, 7), refusal);
        assert_eq!(about(&refusal, 77), Refusal::default());
    }
}
