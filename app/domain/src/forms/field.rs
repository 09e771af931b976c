//! What is said beside a field of a form when its content cannot be taken.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// One complaint: which field, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// The name of the form's field, as in the API (`first_name`).
    pub field: String,
    /// A sentence for the person who typed it.
    pub message: String,
}

impl FieldError {
    /// `message` beside `field`.
    pub fn new(field: &str, message: impl Into<String>) -> Self {
        Self {
            field: field.to_owned(),
            message: message.into(),
        }
    }
}

/// A form that was not taken: everything that is wrong with it, and what was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// What concerns the form as a whole.
    pub message: Option<String>,
    /// What concerns single fields, all at once.
    pub fields: Vec<FieldError>,
    /// What was typed, by field, so that nothing is lost. Never a password.
    pub typed: BTreeMap<String, String>,
}

impl Refusal {
    /// A refusal that concerns the form as a whole.
    pub fn message(message: impl Into<String>) -> Self {
        Self {
            message: Some(message.into()),
            ..Self::default()
        }
    }

    /// A refusal that concerns single fields.
    pub fn fields(fields: Vec<FieldError>) -> Self {
        Self {
            fields,
            ..Self::default()
        }
    }

    /// Keeps what was typed into `field`.
    #[must_use]
    pub fn keep(mut self, field: &str, typed: &str) -> Self {
        self.typed.insert(field.to_owned(), typed.to_owned());
        self
    }

    /// The complaint about `field`, if there is one.
    pub fn about(&self, field: &str) -> Option<&str> {
        self.fields
            .iter()
            .find(|error| error.field == field)
            .map(|error| error.message.as_str())
    }

    /// What was typed into `field`; empty if nothing was.
    pub fn typed(&self, field: &str) -> &str {
        self.typed.get(field).map_or("", String::as_str)
    }
}
