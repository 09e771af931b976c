//! Site Settings, Mobile app tab. Its page is plain, so nothing here reaches the browser as data.

/// The form, every field as typed: one entry in a line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MobileAppsForm {
    pub return_addresses: String,
    pub ios_apps: String,
    pub android_apps: String,
}
