//! The audit log: who changed which setting or record by hand, from what to what.

use serde::{Deserialize, Serialize};

/// One change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// Our id.
    pub id: i64,
    /// Whose name: `Dana Cole`, or `the command line`.
    pub actor: String,
    /// What was changed: `Settings`, `Product Ladies' Night`.
    pub subject: String,
    /// Which part of it: `Tenant Referral Credit Amount`.
    pub field: String,
    /// What it was; `None`: it did not exist.
    pub old: Option<String>,
    /// What it is; `None`: it is gone.
    pub new: Option<String>,
    /// Something of the platform program, not of this site.
    pub platform: bool,
    /// `November 22, 2026, 14:05 UTC`.
    pub on: String,
    /// ISO 8601, for `<time datetime>`.
    pub at: String,
}

/// A page of the log, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditPage {
    /// The changes.
    pub entries: Vec<AuditEntry>,
    /// `?before=` of the next, older page.
    pub older: Option<i64>,
}
