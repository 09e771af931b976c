//! The table of referrals in the browser: tells the reducer what happens, and carries out its tasks
//! with the history, the focus and the network.

use std::time::Duration;

use domain::{credit::Program, referral::ReferralFilter};
use leptos::{
    ev::{Event, MouseEvent, SubmitEvent},
    html,
    prelude::*,
    task::spawn_local,
};
use web_sys::{FormData, HtmlInputElement};

use super::{
    controls::{controls, value_of},
    reducer::{Answer, Message, Reason, State, Task},
};
use crate::{
    islands::{
        admin::{TYPING_PAUSE, address},
        call::{CallError, ask, fields},
        events::{announce_change, on_change, show_toast},
        focus::{focus, focused, keep_focus},
        form::{FormState, leave_for},
    },
    server_fns::admin::{ListReferrals, retried_text},
    types::admin::ReferralsPage,
};

/// One table, its forms and the state that they share.
#[derive(Clone, Copy)]
pub struct Table {
    pub program: Program,
    pub state: RwSignal<State>,
    /// Shared by all forms that retry a credit, so that only one of them is sent at a time.
    pub retrying: FormState,
    /// The filter's form.
    pub form: NodeRef<html::Form>,
}

impl Table {
    /// A table that shows `page`.
    pub fn new(page: ReferralsPage, retrying: FormState) -> Self {
        let table = Self {
            program: page.filter.program,
            state: RwSignal::new(State::new(page)),
            retrying,
            form: NodeRef::new(),
        };
        on_change(move || table.send(Message::Refresh));
        // A refusal may mean that a row is not as the table shows it.
        Effect::new(move |seen: Option<()>| {
            let refused = retrying.refusal.with(|refusal| refusal.message.is_some());
            if refused && seen.is_some() {
                table.send(Message::Refresh);
            }
        });
        Effect::new(move || {
            if let Some(query) = table.changed_early() {
                table.send(Message::Submitted(query));
            }
        });
        Effect::new(move || {
            table.send(Message::Opened { search: search() });
            window_event_listener_untyped("popstate", move |_| {
                table.send(Message::Moved { search: search() });
            });
        });
        table
    }

    /// Reads the page that is shown, and follows its changes.
    pub fn page<T>(self, read: impl FnOnce(&ReferralsPage) -> T) -> T {
        self.state.with(|state| read(&state.page))
    }

    /// Reads the page that is shown now.
    pub fn page_now<T>(self, read: impl FnOnce(&ReferralsPage) -> T) -> T {
        self.state.with_untracked(|state| read(&state.page))
    }

    /// A control of the filter changed.
    pub fn changed(self, event: Event) {
        let typed = event_target::<HtmlInputElement>(&event).name() == "q";
        self.send(Message::Changed(match typed {
            true => Reason::Typed,
            false => Reason::Filtered,
        }));
    }

    /// The filter was submitted.
    pub fn submitted(self, event: SubmitEvent) {
        event.prevent_default();
        if let Some(query) = self.query() {
            self.send(Message::Submitted(query));
        }
    }

    /// A link to `filter` was clicked; a click that opens a new tab stays the browser's.
    pub fn follow(self, event: &MouseEvent, filter: &ReferralFilter, focus: &'static str) {
        let elsewhere =
            event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key();
        if !elsewhere && event.button() == 0 {
            event.prevent_default();
            let query = filter.query();
            self.send(Message::Followed { query, focus });
        }
    }

    /// A form that retries one credit, or those that are selected, was submitted.
    pub fn retry(self, event: SubmitEvent) {
        let queued = move |sent: String| {
            self.send(Message::Retried { ids: ids_in(&sent) });
            async {}
        };
        self.retrying.submit_and_refresh(event, queued, || {});
    }

    /// Hands `message` to the reducer and carries out the tasks that follow.
    pub fn send(self, message: Message) {
        let tasks = self.state.try_update(|state| state.reduce(message));
        for task in tasks.unwrap_or_default() {
            self.carry_out(task);
        }
    }

    fn carry_out(self, task: Task) {
        match task {
            Task::Wait { pause, reason } => {
                let paused = move || {
                    if let Some(query) = self.query() {
                        self.send(Message::Paused {
                            pause,
                            reason,
                            query,
                        });
                    }
                };
                set_timeout(paused, TYPING_PAUSE);
            }
            Task::Load {
                request,
                reason,
                query,
            } => spawn_local(async move {
                let answer = self.ask(&query).await;
                self.send(Message::Answered {
                    request,
                    reason,
                    answer,
                    focused: focused(),
                });
            }),
            Task::Leave(address) => leave_for(&address),
            Task::WriteAddress { path, replace } => write_address(&path, replace),
            Task::ResetControls => request_animation_frame(move || {
                if let Some(form) = self.form.get_untracked() {
                    form.reset();
                }
            }),
            Task::Focus(id) => request_animation_frame(move || {
                focus(id);
            }),
            Task::KeepFocus(ids) => keep_focus(ids),
            Task::RefreshAfter(seconds) => {
                set_timeout(announce_change, Duration::from_secs(seconds));
            }
            Task::Toast(sentence) => show_toast(&sentence),
        }
    }

    async fn ask(self, query: &str) -> Answer {
        let retried = self
            .state
            .with_untracked(|state| retried_text(&state.retried));
        let asked = [
            ("program", self.program.code()),
            ("query", query),
            ("retried", retried.as_str()),
        ];
        match ask::<ListReferrals>(&asked).await {
            Ok(Some(page)) => Answer::Page(Box::new(page)),
            Ok(None) => Answer::NotAllowed,
            Err(CallError::SessionEnded) => Answer::SessionEnded,
            Err(error) => Answer::Failed(error.sentence().to_owned()),
        }
    }

    /// What the filter says now, URL-encoded.
    fn query(self) -> Option<String> {
        self.form.get_untracked().and_then(|form| fields(&form))
    }

    /// What the filter says, if the person changed it before this woke up.
    fn changed_early(self) -> Option<String> {
        let form = self.form.get()?;
        let data = FormData::new_with_form(&form).ok()?;
        let changed = self.state.with_untracked(|state| {
            controls(self.program).iter().any(|name| {
                let now = data.get(name).as_string().unwrap_or_default();
                now.trim() != value_of(&state.controls, name)
            })
        });
        changed.then(|| fields(&form)).flatten()
    }
}

/// The ids in the URL-encoded fields of a form that retries credits.
fn ids_in(fields: &str) -> Vec<i64> {
    form_urlencoded::parse(fields.as_bytes())
        .filter(|(name, _)| name == "ids[]")
        .filter_map(|(_, id)| id.parse().ok())
        .collect()
}

/// What follows the path in the address, without the search for platform referrers beside it.
fn search() -> String {
    match address::queries() {
        (_, query) if query.is_empty() => query,
        (_, query) => format!("?{query}"),
    }
}

/// The search for platform referrers stays as it is.
fn write_address(path: &str, replace: bool) {
    let (referrers, _) = address::queries();
    address::write(&address::beside(path, &referrers), replace);
}

#[cfg(test)]
mod tests {
    use super::ids_in;
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
        assert_eq!(
            ids_in("program=platform&back=%2F&ids%5B%5D=7&ids%5B%5D=12"),
            [7, 12]
        );
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
}
