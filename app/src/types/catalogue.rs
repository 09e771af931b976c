//! A site and what it sells, as pages show them.

use domain::{account::SiteKind, money::Money, purchase::ProductKind};
use serde::{Deserialize, Serialize};

/// How a site presents itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteBrand {
    /// A tenant or a platform brand.
    pub kind: SiteKind,
    /// `Detroit Arms`.
    pub name: String,
    /// One sentence under the name.
    pub tagline: String,
    /// The look: `data-theme` of the page (`range`, `coach`, `pewpros`, `coachpros`).
    pub theme: String,
    /// Stripe is a stand-in: a banner says that payments are simulated.
    pub simulated_payments: bool,
    /// Which database is behind it.
    pub database: DatabaseKind,
}

/// Which database is behind a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DatabaseKind {
    /// The one that serves its members.
    Original,
    /// A copy for trying things out.
    Copy,
    /// One that was moved or copied, and nobody has said which.
    Elsewhere,
}

/// One product of a catalogue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Product {
    /// Our id.
    pub id: i64,
    /// Event ticket, course, membership or shop item.
    pub kind: ProductKind,
    /// The end of its address: `/events/{slug}`.
    pub slug: String,
    /// `Ladies' Night at the Range`.
    pub name: String,
    /// One line for lists.
    pub summary: String,
    /// Paragraphs for its own page, separated by blank lines.
    pub description: String,
    /// `Saturday, December 5, 2026 · 18:00`, or how long a course takes; may be empty.
    pub detail: String,
    /// Price. A membership costs it every month.
    pub price: Money,
    /// Address of its picture.
    pub picture: String,
}

impl Product {
    /// The path of its page.
    pub fn path(&self) -> String {
        format!("/{}/{}", self.kind.section(), self.slug)
    }
}
