//! Errors of a form's fields, and a refused form.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::FieldErrorCode;

/// The error message of one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// The field's name in the form and the API (`first_name`).
    pub field: String,
    /// The kind of mistake. Pages show the sentence alone, so that it does not travel to them.
    #[serde(skip)]
    pub code: FieldErrorCode,
    /// A sentence that says what to change.
    pub message: String,
}

impl FieldError {
    /// An error that only its sentence explains.
    pub fn new(field: &str, message: impl Into<String>) -> Self {
        Self::coded(FieldErrorCode::Invalid, field, message)
    }

    /// An error of this kind (`docs/rules.md` 208).
    pub fn coded(code: FieldErrorCode, field: &str, message: impl Into<String>) -> Self {
        Self {
            field: field.to_owned(),
            code,
            message: message.into(),
        }
    }
}

/// A refused form with all its errors and the typed values.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// An error message for the form as a whole.
    pub message: Option<String>,
    pub fields: Vec<FieldError>,
    /// The typed values by field, so that the person need not type them again. Never a password.
    pub typed: BTreeMap<String, String>,
}

impl Refusal {
    /// A refusal with a message for the form as a whole.
    pub fn message(message: impl Into<String>) -> Self {
        Self {
            message: Some(message.into()),
            ..Self::default()
        }
    }

    /// A refusal with errors of fields.
    pub fn fields(fields: Vec<FieldError>) -> Self {
        Self {
            fields,
            ..Self::default()
        }
    }

    /// Keeps the value typed into `field`.
    #[must_use]
    pub fn keep(mut self, field: &str, typed: &str) -> Self {
        self.typed.insert(field.to_owned(), typed.to_owned());
        self
    }

    /// The error message of `field`, if it has one.
    pub fn about(&self, field: &str) -> Option<&str> {
        self.fields
            .iter()
            .find(|error| error.field == field)
            .map(|error| error.message.as_str())
    }

    /// The value typed into `field`; empty if there is none.
    pub fn typed(&self, field: &str) -> &str {
        self.typed.get(field).map_or("", String::as_str)
    }
}
