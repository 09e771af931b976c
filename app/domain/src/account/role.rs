//! The role of a member on a tenant's site.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Buys and refers.
    Member,
    /// Also manages the site.
    Admin,
}

impl Role {
    /// The value in the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Admin => "admin",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        [Self::Member, Self::Admin]
            .into_iter()
            .find(|role| role.code() == code)
    }
}
