//! The tiles at the top of the dashboard.

use serde::{Deserialize, Serialize};

use super::{FriendTotals, Membership};

/// What the tiles say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tiles {
    /// What is on the member's balance, in a word: `$10.00`.
    pub available: String,
    /// The note below it: `$20.00 reserved`.
    pub credit_note: String,
    pub membership: MembershipTile,
    /// `None` for who has no ticket for an event to come.
    pub event: Option<EventTile>,
    /// `None` while the program is off.
    pub friends: Option<FriendTotals>,
}

/// The tile of the next event for which the member has a ticket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventTile {
    /// `Steel Challenge`.
    pub name: String,
    /// `Saturday, March 13, 2027 · 10:00 AM`.
    pub time: String,
    /// The receipt.
    pub path: String,
}

/// The tile of a membership, or of none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MembershipTile {
    /// `Active`, `No membership`.
    pub value: String,
    /// `Next payment on November 22, 2026`.
    pub note: String,
    /// Where it leads.
    pub path: String,
}

impl MembershipTile {
    /// About the newest membership that goes on, or else the newest.
    pub fn of(memberships: &[Membership]) -> Self {
        let goes_on = memberships.iter().find(|one| one.goes_on);
        match goes_on.or(memberships.first()) {
            None => Self {
                value: "No membership".to_owned(),
                note: "See memberships".to_owned(),
                path: "/memberships".to_owned(),
            },
            Some(one) => Self {
                // Stripe has said nothing of it yet.
                value: one.label.unwrap_or("New").to_owned(),
                note: match one.words.is_empty() {
                    true => one.name.clone(),
                    false => one.words.clone(),
                },
                path: "#memberships".to_owned(),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_membership_that_goes_on_is_shown() {
        let of = |label, goes_on| Membership {
            purchase_id: 1,
            name: "Range Membership".to_owned(),
            label,
            badge: "paid",
            words: String::new(),
            goes_on,
        };
        let tile = MembershipTile::of(&[of(Some("Ended"), false), of(Some("Active"), true)]);
        assert_eq!(
            (tile.value.as_str(), tile.path.as_str()),
            ("Active", "#memberships")
        );
        assert_eq!(tile.note, "Range Membership");
        assert_eq!(MembershipTile::of(&[of(None, true)]).value, "New");
        assert_eq!(MembershipTile::of(&[]).path, "/memberships");
    }
}
