//! A registration as it is typed, in the browser or on the command line.

use serde::{Deserialize, Serialize};

/// A registration as typed, with the mobile API's field names.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegistrationForm {
    #[serde(default)]
    pub email: String,
    /// In clear text: never logged, never sent back.
    #[serde(default)]
    pub password: String,
    #[serde(default)]
    pub first_name: String,
    #[serde(default)]
    pub last_name: String,
    /// `YYYY-MM-DD`.
    #[serde(default)]
    pub date_of_birth: String,
}
