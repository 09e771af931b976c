//! What can be done where somebody got nothing.

/// What can be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WhyRemedy {
    pub label: &'static str,
    /// Where; `None` if there is nothing to open, or the viewer may not.
    pub path: Option<String>,
}
