//! The member who is signed in, as pages show them.

use serde::{Deserialize, Serialize};

/// The signed-in member, without secrets and without ids of other people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    pub first_name: String,
    pub last_name: String,
    /// As typed at registration.
    pub email: String,
    /// `January 15, 1990`.
    pub date_of_birth: String,
    /// `November 22, 2026`.
    pub joined_on: String,
}

/// A phone that is signed in with the mobile app.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    pub id: i64,
    /// `Jane's iPhone`.
    pub name: String,
    /// `November 22, 2026`.
    pub signed_in_on: String,
    /// ISO 8601, for `<time datetime>`.
    pub signed_in_at: String,
    /// `November 22, 2026`.
    pub last_used_on: String,
    /// ISO 8601, for `<time datetime>`.
    pub last_used_at: String,
}
