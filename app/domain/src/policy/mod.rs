//! What a site says of its rules and of people's data: its terms and its privacy policy (`docs/rules.md` 224).

#[cfg(feature = "server")]
mod content;

use serde::{Deserialize, Serialize};

#[cfg(feature = "server")]
pub use content::{CONTENT_MAX, page_address, page_host, read_content};

/// A text with a page of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Policy {
    Terms,
    Privacy,
}

impl Policy {
    pub const ALL: [Self; 2] = [Self::Terms, Self::Privacy];

    /// The value in the database and in forms.
    pub fn code(self) -> &'static str {
        match self {
            Self::Terms => "terms",
            Self::Privacy => "privacy",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|policy| policy.code() == code)
    }

    /// The path of its page.
    pub fn path(self) -> &'static str {
        match self {
            Self::Terms => "/terms",
            Self::Privacy => "/privacy",
        }
    }

    /// Where there is little room.
    pub fn label(self) -> &'static str {
        match self {
            Self::Terms => "Terms",
            Self::Privacy => "Privacy",
        }
    }

    pub fn title(self) -> &'static str {
        match self {
            Self::Terms => "Terms of Service",
            Self::Privacy => "Privacy Policy",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_policy_has_its_own_page() {
        for policy in Policy::ALL {
            assert_eq!(Policy::parse(policy.code()), Some(policy));
            assert_eq!(policy.path(), format!("/{}", policy.code()));
        }
        assert_eq!(Policy::parse("Terms"), None);
    }
}
