//! The staff of a site and of the platform program, and invitations to it.

use domain::{account::Role, credit::Program};

/// Somebody of the staff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TeamMember {
    pub id: i64,
    pub name: String,
    pub email: String,
    pub role: Role,
    /// Where they sign in, if not on this site.
    pub site: Option<String>,
    pub has_second_factor: bool,
    /// Whether it is the viewer.
    pub is_viewer: bool,
}

/// The staff of one program, which the viewer may change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Team {
    pub program: Program,
    /// Oldest first.
    pub members: Vec<TeamMember>,
}

/// An invitation that was not accepted yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    pub id: i64,
    pub email: String,
    pub role: Role,
    /// `November 22, 2026`.
    pub until: String,
}

/// What an owner sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TeamPage {
    pub teams: Vec<Team>,
    /// Newest first.
    pub invitations: Vec<Invitation>,
}

/// What the link of an invitation opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvitationOffer {
    /// To whom it was mailed.
    pub email: String,
    /// The name of who invites.
    pub inviter: String,
    pub role: Role,
    pub reader: InvitationReader,
}

/// Who opens the link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InvitationReader {
    /// The member with the address, signed in.
    Invited,
    /// A member with another address, signed in.
    SomebodyElse(String),
    /// A visitor, and the address has an account.
    Visitor,
    /// A visitor, and the address has no account.
    Newcomer,
}
