//! The terms and the privacy policy of each site of the demo, from `demo/policies`.

use anyhow::anyhow;
use domain::{account::SiteKind, policy::Policy};
use services::{Engine, site_policy};
use store::sites::Site;

/// Sets both, with the site's name and `contact`, an email address, in them.
pub async fn set(state: &Engine, site: &Site, contact: &str) -> anyhow::Result<()> {
    for policy in Policy::ALL {
        let text = text(site.kind(), policy)
            .replace("{site}", &site.row.name)
            .replace("{contact}", contact);
        let saved = site_policy::save(state, site.id(), None, policy, &text, None).await?;
        saved.map_err(|refusal| anyhow!("{}: {refusal:?}", policy.title()))?;
    }
    Ok(())
}

fn text(kind: SiteKind, policy: Policy) -> &'static str {
    match (kind, policy) {
        (SiteKind::Tenant, Policy::Terms) => include_str!("../../demo/policies/tenant-terms.txt"),
        (SiteKind::Tenant, Policy::Privacy) => {
            include_str!("../../demo/policies/tenant-privacy.txt")
        }
        (SiteKind::Platform, Policy::Terms) => include_str!("../../demo/policies/brand-terms.txt"),
        (SiteKind::Platform, Policy::Privacy) => {
            include_str!("../../demo/policies/brand-privacy.txt")
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::policy::{CONTENT_MAX, read_content};

    use super::*;

    #[test]
    fn each_text_can_be_saved_and_says_whom_to_ask() {
        for kind in [SiteKind::Tenant, SiteKind::Platform] {
            for policy in Policy::ALL {
                let text = text(kind, policy);
                let read = read_content(text).unwrap().unwrap();
                assert_eq!(read, text.trim_end());
                assert!(read.chars().count() < CONTENT_MAX);
                assert!(read.contains("{site}") && read.ends_with("Write to {contact}."));
            }
        }
    }
}
