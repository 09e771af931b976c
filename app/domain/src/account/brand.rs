//! Which platform brand a tenant belongs to.

/// The themes of a tenant with the theme of its brand: a shooting range belongs to PewPros, a coach
/// to CoachPros.
const BRANDS: [(&str, &str); 2] = [("range", "pewpros"), ("coach", "coachpros")];

/// The place of the brand of a tenant with this `theme` among the themes of all brands, oldest first:
/// the tenant's own, or else the oldest. `None` if there is no brand.
pub fn brand_of(theme: &str, brands: &[&str]) -> Option<usize> {
    let own = BRANDS.iter().find(|(tenant, _)| *tenant == theme);
    let own = own.and_then(|(_, brand)| brands.iter().position(|one| one == brand));
    own.or((!brands.is_empty()).then_some(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_tenant_has_its_brand() {
        let both = ["pewpros", "coachpros"];
        assert_eq!(brand_of("range", &both), Some(0));
        assert_eq!(brand_of("coach", &both), Some(1));
        assert_eq!(brand_of("another", &both), Some(0));
        assert_eq!(brand_of("coach", &["pewpros"]), Some(0));
        assert_eq!(brand_of("range", &[]), None);
    }
}
