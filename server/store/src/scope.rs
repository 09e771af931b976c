//! Whose rows are meant, where both programs keep theirs in one table.

use crate::SiteId;

/// A tenant's site, and no other, or the platform program, whatever brand sold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// The site with this id.
    Site(SiteId),
    /// The platform program.
    Platform,
}

impl Scope {
    /// The site; `None` for the platform program.
    pub fn site(self) -> Option<SiteId> {
        match self {
            Self::Site(id) => Some(id),
            Self::Platform => None,
        }
    }

    /// The `site_id` of such rows: 0 in the platform program.
    pub fn site_id(self) -> SiteId {
        self.site().unwrap_or(SiteId::new(0))
    }
}
