//! The filter of the console's memberships and plans, which is kept in the URL.

use crate::{credit::Program, purchase::StandingFilter};

/// The path of the console's page.
pub const SUBSCRIPTIONS_PATH: &str = "/admin/orders/subscriptions";

/// Which memberships and plans of one program to show, newest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SubscriptionFilter {
    pub program: Program,
    pub standing: Option<StandingFilter>,
    /// The page: after the row with this id; `None` for the first one.
    pub after: Option<i64>,
}

impl SubscriptionFilter {
    /// All of `program`.
    pub fn all(program: Program) -> Self {
        Self {
            program,
            standing: None,
            after: None,
        }
    }

    /// Reads a URL's query. Returns a sentence for each value that was ignored.
    pub fn from_query(program: Program, query: &str) -> (Self, Vec<String>) {
        let mut filter = Self::all(program);
        let mut ignored = Vec::new();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match (&*name, value.trim()) {
                (_, "") => {}
                ("state", value) => match StandingFilter::parse(value) {
                    Some(standing) => filter.standing = Some(standing),
                    None => ignored.push("There is no such state, so it was ignored.".to_owned()),
                },
                ("after", value) => match value.parse() {
                    Ok(id) => filter.after = Some(id),
                    Err(_) => ignored.push("There is no such page, so it was ignored.".to_owned()),
                },
                _ => {}
            }
        }
        (filter, ignored)
    }

    /// The path and query of the page with this filter.
    pub fn path(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        if self.program == Program::Platform {
            query.append_pair("tab", self.program.code());
        }
        if let Some(standing) = self.standing {
            query.append_pair("state", standing.code());
        }
        if let Some(after) = self.after {
            query.append_pair("after", &after.to_string());
        }
        match query.finish() {
            query if query.is_empty() => SUBSCRIPTIONS_PATH.to_owned(),
            query => format!("{SUBSCRIPTIONS_PATH}?{query}"),
        }
    }

    /// The same filter on its first page.
    #[must_use]
    pub fn from_start(self) -> Self {
        Self {
            after: None,
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_unknown_is_ignored_and_told() {
        let (filter, ignored) =
            SubscriptionFilter::from_query(Program::Tenant, "state=gone&after=x&q=1&tab=");
        assert_eq!(filter, SubscriptionFilter::all(Program::Tenant));
        assert_eq!(ignored.len(), 2);
        assert_eq!(filter.path(), SUBSCRIPTIONS_PATH);
    }

    proptest! {
        #[test]
        fn a_filter_survives_its_address(
            platform: bool,
            standing in prop::option::of(prop::sample::select(StandingFilter::ALL.to_vec())),
            after in prop::option::of(1_i64..1_000_000),
        ) {
            let program = if platform { Program::Platform } else { Program::Tenant };
            let filter = SubscriptionFilter { program, standing, after };
            let path = filter.path();
            let query = path.split_once('?').map_or("", |(_, query)| query);
            let read = SubscriptionFilter::from_query(program, query);
            prop_assert_eq!(read, (filter, Vec::new()));
        }
    }
}
