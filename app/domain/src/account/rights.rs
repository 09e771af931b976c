//! What somebody may do in the console.

use serde::{Deserialize, Serialize};

/// What somebody may do in the console.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rights {
    /// Runs this tenant site.
    pub tenant: bool,
    /// Runs the platform program.
    pub platform: bool,
}

impl Rights {
    /// May enter the console at all.
    pub fn any(self) -> bool {
        self.tenant || self.platform
    }
}
