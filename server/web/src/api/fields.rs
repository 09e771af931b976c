//! Reads the fields of a body. A missing field is empty; a field that is not text is reported
//! together with every other mistake.

use domain::forms::{FieldError, FieldErrorCode};
use serde_json::Value;

const NO_TEXT: &str = "Send a text, in quotation marks.";

/// Reads fields, and collects mistakes in their types.
#[derive(Default)]
pub struct Fields {
    errors: Vec<FieldError>,
}

impl Fields {
    /// The text of a field; empty if it is missing, null or not text.
    pub fn text(&mut self, name: &str, sent: Option<Value>) -> String {
        match sent {
            None => String::new(),
            Some(Value::String(text)) => text,
            Some(_) => {
                let error = FieldError::coded(FieldErrorCode::WrongType, name, NO_TEXT);
                self.errors.push(error);
                String::new()
            }
        }
    }

    /// The text of a field that need not be sent; `None` if it is missing, null or not text.
    pub fn given_text(&mut self, name: &str, sent: Option<Value>) -> Option<String> {
        let sent = sent.filter(|sent| !sent.is_null());
        sent.map(|sent| self.text(name, Some(sent)))
    }

    /// All mistakes, including `complaints`: one for each field, a mistake in its type first.
    pub fn with(mut self, complaints: Vec<FieldError>) -> Vec<FieldError> {
        for complaint in complaints {
            if self
                .errors
                .iter()
                .all(|known| known.field != complaint.field)
            {
                self.errors.push(complaint);
            }
        }
        self.errors
    }
}
