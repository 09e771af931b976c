//! Selects the rows of one tenant or of the platform program in tables that both programs share.

use serde::{Deserialize, Serialize};

use crate::SiteId;

/// One tenant's site, or the platform program with all its brands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Scope {
    Site(SiteId),
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

    /// The value of `site_id` in the shared tables: 0 for the platform program.
    pub fn site_id(self) -> SiteId {
        self.site().unwrap_or(SiteId::new(0))
    }
}
