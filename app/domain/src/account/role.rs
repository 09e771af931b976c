//! What a person with an account on a tenant's site is there.

/// What a person with an account on a tenant's site is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Buys and refers.
    Member,
    /// Runs the site, too.
    Admin,
}

impl Role {
    /// The word in the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Admin => "admin",
        }
    }

    /// Reads [`Self::code`] back.
    pub fn parse(code: &str) -> Option<Self> {
        [Self::Member, Self::Admin]
            .into_iter()
            .find(|role| role.code() == code)
    }
}
