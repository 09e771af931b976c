//! Rights in the console.

use serde::{Deserialize, Serialize};

/// Which parts of the console a person may use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rights {
    /// Admin of this tenant's site.
    pub tenant: bool,
    /// Admin of the platform program.
    pub platform: bool,
}

impl Rights {
    /// Whether the person may use the console at all.
    pub fn any(self) -> bool {
        self.tenant || self.platform
    }
}
