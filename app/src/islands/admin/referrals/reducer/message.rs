//! The messages that the table's reducer takes, and the tasks that it answers with.

use crate::types::admin::ReferralsPage;

/// Why a page is asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reason {
    /// Text was typed in the search field.
    Typed,
    /// Another control of the filter changed, or the filter was submitted.
    Filtered,
    /// A link was followed. The element with this id then takes the focus, unless the id is empty.
    Linked(&'static str),
    /// The browser went back or forward.
    History,
    /// The same page again, since something may have changed at the server.
    Refresh,
}

/// What happens to the table. Each `query` is URL-encoded, without its question mark.
pub enum Message {
    /// The table woke up in the browser, at an address that ends in `search`.
    Opened { search: String },
    /// A control of the filter changed.
    Changed(Reason),
    /// The wait that [`Task::Wait`] asked for is over, and the filter now says `query`.
    Paused {
        pause: u32,
        reason: Reason,
        query: String,
    },
    /// The filter was submitted.
    Submitted(String),
    /// A link of the table was followed; `focus` is as in [`Reason::Linked`].
    Followed { query: String, focus: &'static str },
    /// "Try again" after an error.
    TryAgain,
    /// The browser's history moved to an address that ends in `search`.
    Moved { search: String },
    /// Something may have changed at the server.
    Refresh,
    /// The server queued retries; these are the ids of all that were asked for.
    Retried { ids: Vec<i64> },
    /// The box of one row was ticked or cleared.
    Select { id: i64, ticked: bool },
    /// The box of all rows was ticked or cleared.
    SelectAll { ticked: bool },
    /// The server answered the request with this number. `focused` is the id of the element that
    /// has the focus at this moment.
    Answered {
        request: u32,
        reason: Reason,
        answer: Answer,
        focused: String,
    },
}

/// What came of a request.
pub enum Answer {
    Page(Box<ReferralsPage>),
    /// The person is not an admin any more.
    NotAllowed,
    SessionEnded,
    /// Why there is no answer, in a sentence for the person.
    Failed(String),
}

/// What the browser has to do.
#[derive(PartialEq, Eq, Debug)]
pub enum Task {
    /// Wait for a pause in typing, then say [`Message::Paused`].
    Wait { pause: u32, reason: Reason },
    /// Ask the server, then say [`Message::Answered`].
    Load {
        request: u32,
        reason: Reason,
        query: String,
    },
    /// Load another page of the site.
    Leave(String),
    /// Write this address, as a new step of the history or in place of the newest.
    WriteAddress { path: String, replace: bool },
    /// Reset the filter's controls to `State::controls`.
    ResetControls,
    /// Give the focus to the element with this id.
    Focus(&'static str),
    /// If the focus got lost, give it to the first of these ids that is there.
    KeepFocus(Vec<String>),
    /// Refresh all that the page shows, after so many seconds.
    RefreshAfter(u64),
    /// Show this sentence in a toast.
    Toast(String),
}
