//! The addresses of what makes a page look like its site's. They change with their content.

use store::entities::site;

pub const LOGO: &str = "/site/logo";
pub const ACCENT: &str = "/site/accent.css";

/// The address of the site's logo, if it has one.
pub fn logo_address(site: &site::Model) -> Option<String> {
    site.logo_hash.as_ref().map(|hash| format!("{LOGO}?{hash}"))
}

/// The address of the site's own accent, if it has one.
pub fn accent_address(site: &site::Model) -> Option<String> {
    let color = site.accent.map(|accent| accent.to_string())?;
    Some(format!("{ACCENT}?{}", color.trim_start_matches('#')))
}
