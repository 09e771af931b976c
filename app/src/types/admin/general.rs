//! Site Settings > General: what a site says of itself.

use domain::policy::Policy;

/// Where the logo's file is posted to.
pub const LOGO_UPLOAD: &str = "/admin/settings/logo";

/// A policy as saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyForm {
    pub policy: Policy,
    /// A text or an address; empty for none.
    pub content: String,
    /// What the form was filled from.
    pub version: String,
}

/// What the tab shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GeneralSettings {
    /// As saved.
    pub form: GeneralForm,
    /// Time zones to choose from; others are accepted.
    pub zones: Vec<String>,
    /// The terms and the privacy policy.
    pub policies: Vec<PolicyForm>,
    /// The address of the logo's file, if there is a logo.
    pub logo: Option<String>,
    /// The site's hosts, the canonical one first.
    pub hosts: Vec<String>,
}

/// The form as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GeneralForm {
    pub name: String,
    pub tagline: String,
    /// `#b4451f`; empty for the theme's.
    pub accent: String,
    /// `America/Detroit`.
    pub time_zone: String,
    pub postal_address: String,
    pub opening_hours: String,
    pub support_email: String,
    /// The version of the settings that the form was filled from.
    pub version: String,
}
