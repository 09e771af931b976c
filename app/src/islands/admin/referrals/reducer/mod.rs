//! What the table of referrals does about everything that happens to it: plain data in, plain data
//! out. [`super::table`] carries out the tasks in the browser.

use domain::referral::{REFERRALS_PATH, ReferralFilter};

use super::controls::retryable;
use crate::{islands::admin::thousands::grouped, types::admin::ReferralsPage};

mod message;
#[cfg(test)]
mod tests;

pub use message::{Answer, Message, Reason, Task};

/// The id of the table, which takes the focus when nothing better is left.
pub const TABLE: &str = "referrals-table";
/// The id of the search field.
pub const SEARCH: &str = "filter-q";
/// Seconds after a retry at which everything on the page is refreshed: by then Stripe has mostly
/// answered.
const REFRESHES: [u64; 3] = [1, 3, 7];

/// What the table shows, and what it remembers between two messages.
pub struct State {
    pub page: ReferralsPage,
    /// What the filter's controls are reset to.
    pub controls: ReferralFilter,
    /// A page that the person asked for is on its way.
    pub loading: bool,
    /// Why that page did not come; the rows before it stay.
    pub error: Option<String>,
    /// The number of referrals, for screen readers.
    pub announcement: String,
    /// The ids of the rows whose boxes are ticked.
    pub selected: Vec<i64>,
    /// The ids of the referrals that were retried, until it is known how each ended.
    pub retried: Vec<i64>,
    /// What the person was told last about them.
    told: String,
    /// The query of the page that the person asked for last.
    query: String,
    /// What follows the path in the browser's address: empty, or `?status=failed`.
    search: String,
    /// Numbers the requests: only the answer to the newest counts.
    request: u32,
    /// Numbers the pauses in typing: only the end of the newest counts.
    pause: u32,
    /// The newest step of the browser's history came from typing, so more typing replaces it.
    typed: bool,
}

impl State {
    /// A table that shows `page`.
    pub fn new(page: ReferralsPage) -> Self {
        Self {
            controls: page.filter.clone(),
            query: page.filter.query(),
            page,
            loading: false,
            error: None,
            announcement: String::new(),
            selected: Vec::new(),
            retried: Vec::new(),
            told: String::new(),
            search: String::new(),
            request: 0,
            pause: 0,
            typed: false,
        }
    }

    /// Applies `message`; the tasks are in the order in which they are to be carried out.
    pub fn reduce(&mut self, message: Message) -> Vec<Task> {
        match message {
            Message::Opened { search } => {
                self.search = search;
                Vec::new()
            }
            Message::Changed(reason) => {
                self.pause += 1;
                vec![Task::Wait {
                    pause: self.pause,
                    reason,
                }]
            }
            Message::Paused {
                pause,
                reason,
                query,
            } => match pause == self.pause {
                true => self.load(query, reason),
                false => Vec::new(),
            },
            Message::Submitted(query) => self.load(query, Reason::Filtered),
            Message::Followed { query, focus } => self.load(query, Reason::Linked(focus)),
            Message::TryAgain => self.load(self.query.clone(), Reason::Linked(TABLE)),
            // A jump inside the page is a step of the history as well.
            Message::Moved { search } if search == self.search => Vec::new(),
            Message::Moved { search } => {
                let query = search.trim_start_matches('?').to_owned();
                self.search = search;
                self.load(query, Reason::History)
            }
            Message::Refresh => self.refresh(),
            Message::Retried { ids } => {
                self.selected.clear();
                self.retried.retain(|id| !ids.contains(id));
                self.retried.extend(ids);
                self.told.clear();
                let mut tasks = self.refresh();
                tasks.extend(REFRESHES.map(Task::RefreshAfter));
                tasks
            }
            Message::Select { id, ticked } => {
                self.selected.retain(|other| *other != id);
                if ticked {
                    self.selected.push(id);
                }
                Vec::new()
            }
            Message::SelectAll { ticked } => {
                self.selected = match ticked {
                    true => retryable(&self.page),
                    false => Vec::new(),
                };
                Vec::new()
            }
            Message::Answered { request, .. } if request != self.request => Vec::new(),
            Message::Answered {
                reason,
                answer,
                focused,
                ..
            } => self.answered(reason, answer, focused),
        }
    }

    fn load(&mut self, query: String, reason: Reason) -> Vec<Task> {
        self.request += 1;
        if reason != Reason::Refresh {
            // What was typed a moment ago must not overtake what was chosen since.
            self.pause += 1;
            self.query.clone_from(&query);
            self.loading = true;
        }
        vec![Task::Load {
            request: self.request,
            reason,
            query,
        }]
    }

    fn refresh(&mut self) -> Vec<Task> {
        // The page that is on its way is as fresh.
        match self.loading {
            true => Vec::new(),
            false => self.load(self.query.clone(), Reason::Refresh),
        }
    }

    fn answered(&mut self, reason: Reason, answer: Answer, focused: String) -> Vec<Task> {
        self.loading = false;
        match answer {
            Answer::Page(page) => self.show(*page, reason, focused),
            // The page itself says why it cannot be seen.
            Answer::NotAllowed => vec![Task::Leave(REFERRALS_PATH.to_owned())],
            _ if reason == Reason::Refresh => Vec::new(),
            // The page asks to sign in, and is shown again afterwards.
            Answer::SessionEnded => vec![Task::Leave(self.page.filter.path())],
            Answer::Failed(sentence) => {
                self.error = Some(sentence);
                Vec::new()
            }
        }
    }

    fn show(&mut self, page: ReferralsPage, reason: Reason, focused: String) -> Vec<Task> {
        let mut tasks = Vec::new();
        if !matches!(reason, Reason::History | Reason::Refresh) {
            tasks.extend(self.write_address(page.filter.path(), reason));
        }
        if matches!(reason, Reason::Linked(_) | Reason::History) {
            self.controls = page.filter.clone();
            tasks.push(Task::ResetControls);
        }
        if reason != Reason::Refresh {
            self.announcement = count(page.cards.total);
        }
        tasks.extend(self.told_of_retry(&page));
        let left = retryable(&page);
        self.selected.retain(|id| left.contains(id));
        self.error = None;
        self.page = page;
        tasks.push(match reason {
            Reason::Linked(focus) if !focus.is_empty() => Task::Focus(focus),
            _ => {
                // A button of a row that is gone leaves the focus to the row's link.
                let row = focused.rsplit('-').next().unwrap_or_default();
                let link = format!("referral-{row}");
                Task::KeepFocus(vec![focused, link, TABLE.to_owned(), SEARCH.to_owned()])
            }
        });
        tasks
    }

    /// Tells how the retried credits ended, also where their rows are not in the table any more; once,
    /// and only when no job runs.
    fn told_of_retry(&mut self, page: &ReferralsPage) -> Option<Task> {
        let outcome = page.retried.as_ref()?;
        if outcome.is_over {
            self.retried.clear();
        }
        if !outcome.has_settled || outcome.sentence == self.told {
            return None;
        }
        self.told.clone_from(&outcome.sentence);
        Some(Task::Toast(outcome.sentence.clone()))
    }

    /// A text that is still being typed is one step of the history, not many.
    fn write_address(&mut self, path: String, reason: Reason) -> Option<Task> {
        let typed = reason == Reason::Typed;
        let replace = typed && self.typed;
        self.typed = typed;
        let search = path.strip_prefix(REFERRALS_PATH).unwrap_or_default();
        if search == self.search {
            return None;
        }
        self.search = search.to_owned();
        Some(Task::WriteAddress { path, replace })
    }
}

/// The number of referrals, in words.
pub fn count(total: u64) -> String {
    match total {
        0 => "No referrals".to_owned(),
        1 => "1 referral".to_owned(),
        many => grouped(many) + " referrals",
    }
}
