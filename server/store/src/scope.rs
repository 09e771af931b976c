//! Whose rows are meant, where both programs keep theirs in one table.

/// A tenant's site, and no other, or the platform program, whatever brand sold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// The site with this id.
    Site(i64),
    /// The platform program.
    Platform,
}

impl Scope {
    /// The site; `None` for the platform program.
    pub fn site(self) -> Option<i64> {
        match self {
            Self::Site(id) => Some(id),
            Self::Platform => None,
        }
    }

    /// The `site_id` of such rows: 0 in the platform program.
    pub fn site_id(self) -> i64 {
        self.site().unwrap_or(0)
    }
}
