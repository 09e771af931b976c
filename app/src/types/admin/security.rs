//! The security log: sign-ins, wrong passwords, and changes of passwords and addresses.

use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecurityEntry {
    /// Whose account it is: `Mia Torres`.
    pub member: String,
    pub member_id: i64,
    /// What happened: `Wrong password`.
    pub event: String,
    /// How often, within the hour after the entry's time.
    pub times: i64,
    /// `203.0.113.7`.
    pub network: String,
    /// `Firefox on Linux`.
    pub device: String,
    /// `Nov 22, 2026, 2:05 PM EST`.
    pub on: String,
    /// ISO 8601, for `<time datetime>`.
    pub at: String,
}

/// A page of the log, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecurityPage {
    pub entries: Vec<SecurityEntry>,
    /// What the search leaves out, as a sentence; `None` if nothing.
    pub left_out: Option<String>,
    /// Whether the console opens only for who has a second factor; `None` if the viewer does not run
    /// this site.
    pub second_factor_required: Option<bool>,
    /// Whether only friends who confirmed their address count; `None` if the viewer does not run this
    /// tenant.
    pub confirmed_friends_only: Option<bool>,
    /// Whether the documentation of the mobile API is shown; `None` to whoever may not change it.
    pub api_docs: Option<bool>,
    /// Whether the viewer may open members' pages.
    pub links: bool,
    /// The value of `before` in the address of the next, older page.
    pub older: Option<i64>,
}
