//! The list of platform referrers and how it is refreshed.

use domain::referral::REFERRALS_PATH;
use leptos::{prelude::*, task::spawn_local};
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

use crate::{
    islands::{
        admin::address,
        call::ask,
        events::on_change,
        focus::{focus, focused, keep_focus},
        form::FormState,
    },
    server_fns::admin::ListReferrers,
    types::admin::{PlatformReferrer, ReferrersPage},
};

/// The id of the section's heading, to which its links lead.
pub const SECTION: &str = "platform-referrers";
/// The id of the search field.
pub const SEARCH: &str = "referrer-search";

/// Why the list is refreshed.
#[derive(Clone, Copy)]
pub enum Reason {
    /// A referrer was added: the list shows all again, the new one first, whose link takes the focus.
    Added,
    /// The referrer with this id was changed. If the focus got lost, it goes back to the button, whose
    /// id begins with this prefix.
    Changed(i64, &'static str),
    /// Something may have changed at the server.
    Refresh,
}

/// The page of referrers that is shown.
#[derive(Clone, Copy)]
pub struct List {
    pub page: RwSignal<ReferrersPage>,
    /// The query of the filter of the referrals, which stands beside that of the list in the address.
    pub filter: Signal<String>,
}

impl List {
    /// A list that shows `page`, and follows the server and the browser's history.
    pub fn new(page: ReferrersPage, filter: Signal<String>) -> Self {
        let list = Self {
            page: RwSignal::new(page),
            filter,
        };
        // A new credit changes the counts here as well.
        on_change(move || list.reload(Reason::Refresh));
        Effect::new(move || {
            window_event_listener_untyped("popstate", move |_| {
                let (query, _) = address::queries();
                if query != list.page.with_untracked(|page| page.query.clone()) {
                    list.read(query, Reason::Refresh);
                }
            });
        });
        list
    }

    /// The referrer with this id as the list shows them.
    pub fn find(self, id: i64) -> Option<PlatformReferrer> {
        self.page.with(|page| {
            let mut referrers = page.referrers.iter();
            referrers.find(|one| one.id == id).cloned()
        })
    }

    /// The address of the page with this query.
    pub fn path(self, query: &str) -> String {
        let tab = format!("{REFERRALS_PATH}?{}", self.filter.get());
        format!("{}#{SECTION}", address::beside(&tab, query))
    }

    /// The address of the page that is shown.
    pub fn here(self) -> String {
        self.path(&self.page.with(|page| page.query.clone()))
    }

    /// Reads the list from the server.
    pub fn reload(self, reason: Reason) {
        let query = match reason {
            Reason::Added => String::new(),
            _ => self.page.with_untracked(|page| page.query.clone()),
        };
        self.read(query, reason);
    }

    /// Reads the list again whenever the form is refused because somebody else was first.
    pub fn follow(self, state: FormState) {
        Effect::new(move || {
            let newer = state
                .refusal
                .with(|refusal| !refusal.typed("version").is_empty());
            if newer {
                self.reload(Reason::Refresh);
            }
        });
    }

    fn read(self, query: String, reason: Reason) {
        spawn_local(async move {
            let Ok(fresh) = ask::<ListReferrers>(&[("query", &query)]).await else {
                return;
            };
            let newest = fresh.referrers.first().map(|one| one.id);
            let had = focused();
            match reason {
                Reason::Refresh if is_renaming() => {
                    self.page
                        .update(|page| take_values(&mut page.referrers, &fresh.referrers));
                }
                _ => self.page.set(fresh),
            }
            match (reason, newest) {
                (Reason::Added, Some(newest)) => {
                    show_all();
                    request_animation_frame(move || {
                        focus(&link_id(newest, 0));
                    });
                }
                (Reason::Changed(id, button), _) => keep_focus(vec![had, format!("{button}{id}")]),
                _ => keep_focus(vec![had]),
            }
        });
    }
}

/// Whether the dialog of a row is open, which then stays where it is.
fn is_renaming() -> bool {
    let open = document().query_selector(".referrers .dialog:popover-open");
    matches!(open, Ok(Some(_)))
}

/// Gives the referrers that are shown the values that they have in `fresh`.
fn take_values(shown: &mut [PlatformReferrer], fresh: &[PlatformReferrer]) {
    for one in shown {
        if let Some(newer) = fresh.iter().find(|newer| newer.id == one.id) {
            one.clone_from(newer);
        }
    }
}

/// Takes the search out of the address and of its field.
fn show_all() {
    let (query, filter) = address::queries();
    if !query.is_empty() {
        address::write(&format!("{REFERRALS_PATH}?{filter}"), true);
    }
    empty(SEARCH);
}

/// Empties the field with this id.
pub fn empty(id: &str) {
    if let Some(field) = document().get_element_by_id(id) {
        field.unchecked_ref::<HtmlInputElement>().set_value("");
    }
}

/// The id of the field with a referrer's link number `place`.
pub fn link_id(referrer: i64, place: usize) -> String {
    format!("link-{referrer}-{place}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_stay_and_take_what_is_new() {
        let referrer = |id, name: &str| PlatformReferrer {
            id,
            name: name.to_owned(),
            email: "ann@example.com".to_owned(),
            code: "q9wm4t2k".to_owned(),
            links: Vec::new(),
            referrals: 0,
            credited: 0,
            earned: "$0.00".to_owned(),
            disabled: false,
            version: 1,
        };
        let mut shown = [referrer(2, "Ann"), referrer(1, "Bea")];
        take_values(&mut shown, &[referrer(3, "Cal"), referrer(2, "Dee")]);
        assert_eq!(shown, [referrer(2, "Dee"), referrer(1, "Bea")]);
    }
}
