//! The audit log: who changed which setting or record by hand, from what to what.

use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    pub id: i64,
    /// Who changed it: `Dana Cole`, or `the command line`.
    pub actor: String,
    /// What was changed: `Settings`, `Product Ladies' Night`.
    pub subject: String,
    /// The field: `Tenant Referral Credit Amount`.
    pub field: String,
    /// `None` if it did not exist before.
    pub old: Option<String>,
    /// `None` if it was removed.
    pub new: Option<String>,
    /// It belongs to the platform program, not to this site.
    pub platform: bool,
    /// `Nov 22, 2026, 2:05 PM EST`.
    pub on: String,
    /// ISO 8601, for `<time datetime>`.
    pub at: String,
}

/// A page of the log, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditPage {
    pub entries: Vec<AuditEntry>,
    /// The value of `before` in the address of the next, older page.
    pub older: Option<i64>,
}
