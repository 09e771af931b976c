//! What a table of referrals shows, and how it comes to show something else: the newest question
//! wins, and the address follows the answer.

use std::time::Duration;

use domain::{
    credit::Program,
    referral::{REFERRALS_PATH, ReferralFilter},
};
use leptos::{
    ev::{Event, MouseEvent, SubmitEvent},
    html,
    prelude::*,
    task::spawn_local,
};
use wasm_bindgen::JsValue;
use web_sys::{FormData, HtmlInputElement};

use super::controls::{controls, held, retryable};
use crate::{
    islands::{
        admin::{
            focus::{focus, focused, keep_focus},
            stats::grouped,
        },
        call::{Fault, ask, fields},
        form::{FormState, leave_for},
        live::{on_news, tell_news},
    },
    server_fns::admin::ListReferrals,
    types::admin::ReferralsPage,
};

/// The table itself, which takes the focus when nothing better is left.
pub const TABLE: &str = "referrals-table";
/// The field that is searched with.
pub const SEARCH: &str = "filter-q";
/// How long a person pauses before what they type is looked up.
const PAUSE: Duration = Duration::from_millis(200);
/// After so many seconds a credit that is tried again has mostly found its end.
const LOOKS: [u64; 3] = [1, 3, 7];

/// Why the table is read.
#[derive(Clone, Copy, PartialEq)]
pub enum Cause {
    /// The filter was changed; true where it was the text.
    Filter(bool),
    /// A link was followed; this takes the focus, if it names anything.
    Link(&'static str),
    /// The browser went back or forth.
    Back,
    /// Something may have happened.
    News,
}

/// The state of one table.
#[derive(Clone, Copy)]
pub struct Table {
    /// Whose referrals.
    pub program: Program,
    /// What is shown.
    pub page: RwSignal<ReferralsPage>,
    /// What the filter's controls held when the page last set them.
    pub set: RwSignal<ReferralFilter>,
    /// Another page is on its way.
    pub busy: RwSignal<bool>,
    /// Why it did not come.
    pub trouble: RwSignal<Option<String>>,
    /// How many there are, for who cannot see it.
    pub told: RwSignal<String>,
    /// Which rows are ticked.
    pub picked: RwSignal<Vec<i64>>,
    /// The forms that try a credit again; one at a time.
    pub retrying: FormState,
    /// The filter's form.
    pub form: NodeRef<html::Form>,
    asked: StoredValue<String>,
    search: StoredValue<String>,
    typing: StoredValue<bool>,
    calls: StoredValue<u32>,
    pauses: StoredValue<u32>,
}

impl Table {
    /// A table that shows `page`.
    pub fn new(page: ReferralsPage, retrying: FormState) -> Self {
        let filter = page.filter.clone();
        let table = Self {
            program: filter.program,
            asked: StoredValue::new(filter.query()),
            set: RwSignal::new(filter),
            page: RwSignal::new(page),
            busy: RwSignal::new(false),
            trouble: RwSignal::new(None),
            told: RwSignal::new(String::new()),
            picked: RwSignal::new(Vec::new()),
            retrying,
            form: NodeRef::new(),
            search: StoredValue::new(String::new()),
            typing: StoredValue::new(false),
            calls: StoredValue::new(0),
            pauses: StoredValue::new(0),
        };
        on_news(move || table.again());
        Effect::new(move || {
            if table.was_touched() {
                table.filter(Cause::Filter(false));
            }
        });
        Effect::new(move || {
            table.search.set_value(search());
            window_event_listener_untyped("popstate", move |_| {
                let now = search();
                // A jump inside the page is a step of the history as well.
                if now != table.search.get_value() {
                    table.search.set_value(now.clone());
                    table.load(now.trim_start_matches('?').to_owned(), Cause::Back);
                }
            });
        });
        table
    }

    /// A control of the filter was changed: looks it up when the person pauses.
    pub fn typed(self, event: Event) {
        let text = event_target::<HtmlInputElement>(&event).name() == "q";
        let pause = next(self.pauses);
        let look = move || {
            if self.pauses.get_value() == pause {
                self.filter(Cause::Filter(text));
            }
        };
        set_timeout(look, PAUSE);
    }

    /// The filter was sent.
    pub fn sent(self, event: SubmitEvent) {
        event.prevent_default();
        self.filter(Cause::Filter(false));
    }

    /// Something was typed or chosen before this woke up.
    fn was_touched(self) -> bool {
        let data = self
            .form
            .get()
            .and_then(|form| FormData::new_with_form(&form).ok());
        data.is_some_and(|data| {
            self.set.with_untracked(|filter| {
                controls(self.program).iter().any(|name| {
                    let now = data.get(name).as_string().unwrap_or_default();
                    now.trim() != held(filter, name)
                })
            })
        })
    }

    fn filter(self, cause: Cause) {
        if let Some(query) = self.form.get_untracked().and_then(|form| fields(&form)) {
            self.load(query, cause);
        }
    }

    /// A link to `filter` was clicked; a click that opens a new tab stays the browser's.
    pub fn follow(self, event: &MouseEvent, filter: &ReferralFilter, to: &'static str) {
        let elsewhere =
            event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key();
        if !elsewhere && event.button() == 0 {
            event.prevent_default();
            self.load(filter.query(), Cause::Link(to));
        }
    }

    /// Asks again what did not come.
    pub fn ask_again(self) {
        self.load(self.asked.get_value(), Cause::Link(TABLE));
    }

    /// Reads again what is shown.
    fn again(self) {
        // What is on its way is as new.
        if !self.busy.get_untracked() {
            self.load(self.asked.get_value(), Cause::News);
        }
    }

    /// Tries one credit again, or those that are ticked.
    pub fn retry(self, event: SubmitEvent) {
        self.retrying.send_here(event, move || {
            self.picked.set(Vec::new());
            self.again();
            for seconds in LOOKS {
                set_timeout(tell_news, Duration::from_secs(seconds));
            }
        });
    }

    fn load(self, query: String, cause: Cause) {
        let call = next(self.calls);
        if cause != Cause::News {
            // What was typed a moment ago must not overtake what was chosen since.
            next(self.pauses);
            self.asked.set_value(query.clone());
            self.busy.set(true);
        }
        spawn_local(async move {
            let program = self.program.code();
            let answer = ask::<ListReferrals>(&[("program", program), ("query", &query)]).await;
            if self.calls.get_value() != call {
                return;
            }
            self.busy.set(false);
            match answer {
                Ok(Some(page)) => self.show(page, cause),
                // The right was taken away: the page says it.
                Ok(None) => leave_for(REFERRALS_PATH),
                Err(_) if cause == Cause::News => {}
                // The page asks to sign in, and is shown again afterwards.
                Err(Fault::SessionEnded) => {
                    leave_for(&self.page.with_untracked(|page| page.filter.path()));
                }
                Err(fault) => self.trouble.set(Some(fault.excuse().to_owned())),
            }
        });
    }

    fn show(self, page: ReferralsPage, cause: Cause) {
        let had = focused();
        if matches!(cause, Cause::Filter(_) | Cause::Link(_)) {
            self.go_to(&page.filter.path(), cause);
        }
        if matches!(cause, Cause::Link(_) | Cause::Back) {
            self.set.set(page.filter.clone());
            request_animation_frame(move || {
                if let Some(form) = self.form.get_untracked() {
                    form.reset();
                }
            });
        }
        if cause != Cause::News {
            self.told.set(count_line(page.cards.total));
        }
        let left = retryable(&page);
        self.picked.update(|ids| ids.retain(|id| left.contains(id)));
        self.trouble.set(None);
        self.page.set(page);
        match cause {
            Cause::Link(to) if !to.is_empty() => request_animation_frame(move || {
                focus(to);
            }),
            _ => {
                let row = had.rsplit('-').next().unwrap_or_default();
                let link = format!("referral-{row}");
                keep_focus(vec![had, link, TABLE.to_owned(), SEARCH.to_owned()]);
            }
        }
    }

    /// Writes the address. A text that is still being typed is one step of the history, not many.
    fn go_to(self, path: &str, cause: Cause) {
        let typing = cause == Cause::Filter(true);
        let replace = typing && self.typing.get_value();
        self.typing.set_value(typing);
        let location = window().location();
        let here = location.pathname().unwrap_or_default() + &search();
        if let (true, Ok(history)) = (here != path, window().history()) {
            let _ = if replace {
                history.replace_state_with_url(&JsValue::NULL, "", Some(path))
            } else {
                history.push_state_with_url(&JsValue::NULL, "", Some(path))
            };
            self.search.set_value(search());
        }
    }
}

/// The query of the address, with its question mark.
fn search() -> String {
    window().location().search().unwrap_or_default()
}

fn next(counter: StoredValue<u32>) -> u32 {
    counter.update_value(|count| *count += 1);
    counter.get_value()
}

fn count_line(total: u64) -> String {
    match total {
        0 => "No referrals".to_owned(),
        1 => "1 referral".to_owned(),
        many => grouped(many) + " referrals",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server_fns::admin::RetryReferrals;

    /// As `server_fn` reads a form.
    fn read(form: &str) -> RetryReferrals {
        serde_qs::Config::new(5, false)
            .deserialize_str(form)
            .unwrap()
    }

    #[test]
    fn a_form_with_ticked_boxes_is_read() {
        // As a browser writes `ids[]`, with JavaScript and without.
        let form = read("program=platform&back=%2Fadmin%2Freferrals&ids%5B%5D=7&ids%5B%5D=12");
        assert_eq!(form.ids, ["7", "12"]);
        assert_eq!(form.program, "platform");
        assert_eq!(form.back, "/admin/referrals");
        assert_eq!(read("program=tenant&ids%5B%5D=7").ids, ["7"]);
        assert!(read("program=tenant&back=").ids.is_empty());
    }

    #[test]
    fn many_ticked_boxes_are_read_in_order() {
        let ids: Vec<_> = (1..=60).map(|id: i64| id.to_string()).collect();
        let boxes = ids.iter().map(|id| ("ids[]", id));
        let sent = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(boxes)
            .finish();
        assert_eq!(read(&sent).ids, ids);
    }

    #[test]
    fn a_count_is_told_in_words() {
        assert_eq!(
            [0, 1, 1234].map(count_line),
            ["No referrals", "1 referral", "1,234 referrals"]
        );
    }
}
