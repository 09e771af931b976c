//! Products as an admin edits them.

use domain::{money::Money, purchase::ProductKind};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductRow {
    pub id: i64,
    pub kind: ProductKind,
    pub name: String,
    /// Its page: `/events/ladies-night`.
    pub path: String,
    pub price: Money,
    pub withdrawn: bool,
    /// Counts the changes. A form sends it back, so that the second of two admins is refused.
    pub version: i64,
}

/// The form of a product, every field as typed. `id` and `version` are empty for a new
/// product.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductForm {
    pub id: String,
    /// The version that the form was filled from.
    pub version: String,
    /// `ProductKind::code`; it cannot change later.
    pub kind: String,
    pub name: String,
    /// One line, shown in lists.
    pub summary: String,
    /// Paragraphs, separated by blank lines.
    pub description: String,
    /// `2 hours · every Saturday`; may be empty.
    pub detail: String,
    /// The day on which an event begins, `2027-03-13`; empty for none.
    pub starts_on: String,
    /// The time there, `10:00`.
    pub starts_time: String,
    /// `on` for a shop item that is sent to the buyer.
    pub ships: String,
    /// Whole cents.
    pub price: String,
}
