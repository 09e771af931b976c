//! The member who is signed in, as pages show them.

use serde::{Deserialize, Serialize};

/// The signed-in member. No secret, no id of another person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// E-mail address as typed at registration.
    pub email: String,
    /// `January 15, 1990`.
    pub date_of_birth: String,
    /// `November 22, 2026`.
    pub joined_on: String,
}
