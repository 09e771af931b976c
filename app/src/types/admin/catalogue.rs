//! Products as an admin edits them.

use domain::{money::Money, purchase::ProductKind};
use serde::{Deserialize, Serialize};

/// One product in the admin's list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductRow {
    /// Our id.
    pub id: i64,
    /// Event ticket, course, membership or shop item.
    pub kind: ProductKind,
    /// Its name.
    pub name: String,
    /// Its page: `/events/ladies-night`.
    pub path: String,
    /// Its price.
    pub price: Money,
    /// No longer on offer.
    pub withdrawn: bool,
    /// Counts the changes: sent back with a change, so that the second of two admins is told.
    pub version: i64,
}

/// A product as it stands in the form; every field as typed. `id` and `version` are empty for a new
/// product.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductForm {
    /// Our id.
    pub id: String,
    /// The version that the form was filled from.
    pub version: String,
    /// `ProductKind::code`; cannot be changed later.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// One line for lists.
    pub summary: String,
    /// Paragraphs, separated by blank lines.
    pub description: String,
    /// `Saturday, December 5, 2026 · 18:00`; may be empty.
    pub detail: String,
    /// Whole cents.
    pub price: String,
}
