//! Reads the fields of a body: what is missing is empty, what is no text is complained about beside
//! everything else that is wrong.

use domain::forms::FieldError;
use serde_json::Value;

const NO_TEXT: &str = "Send a text, in quotation marks.";

/// Reads fields, and collects what is wrong with their types.
#[derive(Default)]
pub struct Fields {
    errors: Vec<FieldError>,
}

impl Fields {
    /// The text of a field; empty if it is missing, null or no text.
    pub fn text(&mut self, name: &str, sent: Option<Value>) -> String {
        match sent {
            None => String::new(),
            Some(Value::String(text)) => text,
            Some(_) => {
                self.errors.push(FieldError::new(name, NO_TEXT));
                String::new()
            }
        }
    }

    /// What is wrong, these complaints too: one for each field, the one about its type first.
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
