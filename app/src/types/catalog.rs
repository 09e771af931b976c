//! A site and what it sells, as pages show them.

use domain::{account::SiteKind, money::Money, policy::Policy, purchase::ProductKind};
use serde::{Deserialize, Serialize};

/// Name, look and notices of a site.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteBrand {
    pub kind: SiteKind,
    /// `Detroit Arms`.
    pub name: String,
    /// One sentence, shown under the name.
    pub tagline: String,
    /// `data-theme` of the page: `range`, `coach`, `pewpros` or `coachpros`.
    pub theme: String,
    /// The address of its logo, if it has one.
    pub logo: Option<String>,
    /// The address of the style sheet with its own accent, if it has one.
    pub accent_style: Option<String>,
    /// The zone of its times: `America/Detroit`.
    pub time_zone: String,
    /// A few lines; empty for none.
    pub postal_address: String,
    /// A few lines; empty for none.
    pub opening_hours: String,
    pub support_email: Option<String>,
    /// Those that there are.
    pub policies: Vec<Policy>,
    /// Payments go to the stand-in for Stripe; a banner says so.
    pub simulated_payments: bool,
    pub database: DatabaseKind,
}

/// What is known about the database behind a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DatabaseKind {
    /// The one in service.
    Original,
    /// A copy for trying things out.
    Copy,
    /// It was moved or copied, and the operator has not said which.
    Elsewhere,
}

/// One product of a catalog.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Product {
    pub id: i64,
    pub kind: ProductKind,
    /// The end of its address: `/events/{slug}`.
    pub slug: String,
    /// `Ladies' Night at the Range`.
    pub name: String,
    /// One line, shown in lists.
    pub summary: String,
    /// Paragraphs, separated by blank lines.
    pub description: String,
    /// When and where, or how long it takes: `2 hours · every Saturday`. May be empty.
    pub detail: String,
    /// When an event begins; `None` if it has no date, and for other kinds.
    pub starts: Option<EventTime>,
    /// A shop item that is sent to the buyer.
    pub ships: bool,
    /// A membership costs this every month.
    pub price: Money,
    /// The address of its picture; empty if it has none.
    pub picture: String,
}

/// What the home page shows of the catalog.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HomeCatalog {
    /// All products on offer, in the order of the catalog.
    pub products: Vec<Product>,
    /// The event that begins next.
    pub next_event: Option<Product>,
}

/// What the page of a product shows of the catalog.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownProduct {
    pub product: Product,
    /// An event that has begun: its tickets are not sold online any more.
    pub has_begun: bool,
    /// A few others of its kind.
    pub related: Vec<Product>,
}

/// When an event begins, in the zone of its site.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct EventTime {
    /// `Saturday, March 13, 2027 · 10:00 AM`.
    pub words: String,
    /// RFC 3339 in whole seconds: `2027-03-13T10:00:00-05:00`.
    pub moment: String,
}

impl Product {
    pub fn path(&self) -> String {
        format!("/{}/{}", self.kind.section(), self.slug)
    }

    /// Where an event is: its own words, or else where the site is. Of another kind its own words. Empty for nowhere.
    pub fn place(&self, site: &SiteBrand) -> String {
        let is_event = self.kind == ProductKind::EventTicket;
        match self.detail.is_empty() && is_event {
            true => site
                .postal_address
                .lines()
                .map(str::trim)
                .filter(|line| !line.is_empty())
                .collect::<Vec<_>>()
                .join(", "),
            false => self.detail.clone(),
        }
    }

    /// The address of its calendar file; `None` for what has no date.
    pub fn calendar_path(&self) -> Option<String> {
        let path = self.path();
        self.starts
            .is_some()
            .then(|| format!("{path}/calendar.ics"))
    }
}
