//! Sets whether a refund of a part takes its share of the credit back.

use domain::refund::PartialRefunds;
use store::Scope;

use super::find;
use crate::{Engine, terms};

/// Sets whether a refund of a part of a purchase takes back its share of what the purchase earned
/// (`docs/rules.md` 121): at a site, or in the platform program without one.
///
/// # Errors
/// If there is no such site.
pub async fn set_partial_refunds(
    engine: &Engine,
    site_key: Option<&str>,
    take_share: bool,
) -> anyhow::Result<()> {
    let scope = match site_key {
        Some(key) => Scope::Site(find(engine, key).await?.id()),
        None => Scope::Platform,
    };
    terms::set_partial_refunds(engine, scope, PartialRefunds::of_setting(take_share)).await
}
