//! Links to a page of the catalog (`docs/rules.md` 198).

use crate::purchase::ProductKind;

/// A page of the catalog, to which a member can share a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CatalogPage<'a> {
    pub kind: ProductKind,
    /// The end of the address of a product's page; `None` for the list of the kind.
    pub slug: Option<&'a str>,
}

impl<'a> CatalogPage<'a> {
    /// Reads the path of a page; `None` for any other page. Those are the home page, to which every link leads, and
    /// pages of the member's own.
    pub fn at(path: &'a str) -> Option<Self> {
        let inside = path.strip_prefix('/')?;
        let (section, slug) = match inside.split_once('/') {
            Some((section, slug)) => (section, Some(slug)),
            None => (inside, None),
        };
        let plain = |slug: &str| {
            let mut letters = slug.bytes();
            !slug.is_empty() && letters.all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        };
        let kind = ProductKind::from_section(section)?;
        slug.is_none_or(plain).then_some(Self { kind, slug })
    }

    /// The path of the page.
    pub fn path(self) -> String {
        match self.slug {
            Some(slug) => format!("/{}/{slug}", self.kind.section()),
            None => format!("/{}", self.kind.section()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_of_the_catalog_are_shared() {
        for path in [
            "/events",
            "/shop",
            "/events/steel-challenge",
            "/courses/a-2",
        ] {
            let page = CatalogPage::at(path);
            assert_eq!(page.map(CatalogPage::path).as_deref(), Some(path));
        }
        for path in [
            "",
            "/",
            "events",
            "/dashboard",
            "/purchases/5",
            "/events/",
            "/events/a/b",
            "/events/a?ref=zzzzzzzz",
            "/events/a#b",
            "/events/..",
            "//events",
            "/admin/members",
        ] {
            assert_eq!(CatalogPage::at(path), None, "{path}");
        }
    }
}
