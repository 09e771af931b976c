//! The four kinds of things that a tenant sells.

use serde::{Deserialize, Serialize};

/// What a tenant sells; each kind counts as a purchase (`docs/rules.md` 11).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProductKind {
    /// Admission to one event.
    EventTicket,
    Course,
    /// A membership, billed periodically: subscription mode at Stripe.
    Membership,
    ShopItem,
}

impl ProductKind {
    /// Every kind, in the order of the catalog.
    pub const ALL: [Self; 4] = [
        Self::EventTicket,
        Self::Course,
        Self::Membership,
        Self::ShopItem,
    ];

    /// The value in the database and in Stripe's metadata.
    pub fn code(self) -> &'static str {
        match self {
            Self::EventTicket => "event_ticket",
            Self::Course => "course",
            Self::Membership => "membership",
            Self::ShopItem => "shop_item",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// The name on pages: `Event ticket`.
    pub fn label(self) -> &'static str {
        match self {
            Self::EventTicket => "Event ticket",
            Self::Course => "Course",
            Self::Membership => "Membership",
            Self::ShopItem => "Shop item",
        }
    }

    /// The part of the catalog's URLs: `events` for `/events` and `/events/{slug}`.
    pub fn section(self) -> &'static str {
        match self {
            Self::EventTicket => "events",
            Self::Course => "courses",
            Self::Membership => "memberships",
            Self::ShopItem => "shop",
        }
    }

    pub fn from_section(section: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.section() == section)
    }

    /// Whether Stripe applies the customer balance to it. Only invoices use the balance (Stripe,
    /// "Customer credit balance"), and of our products only a subscription makes invoices.
    pub fn spends_balance(self) -> bool {
        matches!(self, Self::Membership)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_survives_its_words() {
        for kind in ProductKind::ALL {
            assert_eq!(ProductKind::parse(kind.code()), Some(kind));
            assert_eq!(ProductKind::from_section(kind.section()), Some(kind));
        }
    }
}
