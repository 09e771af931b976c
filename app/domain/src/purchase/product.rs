//! The four kinds of things that a tenant sells.

use serde::{Deserialize, Serialize};

/// What is bought (`docs/rules.md` 11).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProductKind {
    /// Admission to one event.
    EventTicket,
    /// A course.
    Course,
    /// A membership, paid again and again: Stripe's subscription mode.
    Membership,
    /// Something from the shop.
    ShopItem,
}

impl ProductKind {
    /// Every kind, in the order in which a catalogue shows them.
    pub const ALL: [Self; 4] = [
        Self::EventTicket,
        Self::Course,
        Self::Membership,
        Self::ShopItem,
    ];

    /// The word in the database and in Stripe's metadata.
    pub fn code(self) -> &'static str {
        match self {
            Self::EventTicket => "event_ticket",
            Self::Course => "course",
            Self::Membership => "membership",
            Self::ShopItem => "shop_item",
        }
    }

    /// Reads [`Self::code`] back.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// The word for people: `Event ticket`.
    pub fn label(self) -> &'static str {
        match self {
            Self::EventTicket => "Event ticket",
            Self::Course => "Course",
            Self::Membership => "Membership",
            Self::ShopItem => "Shop item",
        }
    }

    /// Where its part of the catalogue lives: `events` for `/events` and `/events/{slug}`.
    pub fn section(self) -> &'static str {
        match self {
            Self::EventTicket => "events",
            Self::Course => "courses",
            Self::Membership => "memberships",
            Self::ShopItem => "shop",
        }
    }

    /// Reads [`Self::section`] back.
    pub fn from_section(section: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.section() == section)
    }

    /// Paid by subscription, so that Stripe spends a customer balance on it (Stripe, "Customer
    /// credit balance": only invoices spend it, and only a subscription makes one here).
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
