//! Reads fields that may have another shape in another API version.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// Treats a field of an unexpected shape as missing, so that the other fields can still be read.
pub fn lenient<'de, D: Deserializer<'de>, T: for<'a> Deserialize<'a>>(
    from: D,
) -> Result<Option<T>, D::Error> {
    Ok(T::deserialize(Value::deserialize(from)?).ok())
}

/// An object's id, either alone or inside the expanded object.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Reference {
    Id(String),
    Expanded { id: String },
}

impl From<Reference> for String {
    fn from(reference: Reference) -> Self {
        match reference {
            Reference::Id(id) | Reference::Expanded { id } => id,
        }
    }
}

/// Drops text with NUL, which PostgreSQL text cannot hold and which we never write, and empty text.
pub fn storable(text: Option<impl Into<String>>) -> Option<String> {
    let text: String = text?.into();
    (!text.is_empty() && !text.contains('\0')).then_some(text)
}
