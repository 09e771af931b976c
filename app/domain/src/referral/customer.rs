//! Which Stripe customer receives a platform referrer's credits (`docs/rules.md` 25).

/// How a holder got their Stripe customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CustomerSource {
    /// We made it for them.
    Made,
    /// An admin chose it among the customers with their address.
    Chosen,
}

impl CustomerSource {
    pub const ALL: [Self; 2] = [Self::Made, Self::Chosen];

    /// The value in the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::Made => "made",
            Self::Chosen => "chosen",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.code() == code)
    }
}

/// Says to an admin how a platform referrer got their customer. Where that was not recorded, the
/// customer may have been the oldest with the address, whoever it belongs to.
pub fn source_sentence(source: Option<CustomerSource>) -> &'static str {
    match source {
        Some(CustomerSource::Made) => "It was made for this referrer.",
        Some(CustomerSource::Chosen) => "An admin chose it for this referrer.",
        None => {
            "It may have been found by its email address alone, and anybody can use any address. \
             Make sure that it belongs to this referrer, or choose another one."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_read_back() {
        for source in CustomerSource::ALL {
            assert_eq!(CustomerSource::parse(source.code()), Some(source));
        }
        assert_eq!(CustomerSource::parse("found"), None);
    }

    #[test]
    fn only_an_unknown_source_asks_for_a_check() {
        assert!(source_sentence(None).contains("Make sure"));
        for source in CustomerSource::ALL {
            assert!(!source_sentence(Some(source)).contains("Make sure"));
        }
    }
}
