//! Pages of a list, newest first. Each page names where the next one begins.

use axum::{
    extract::{FromRequestParts, Query},
    http::request::Parts,
};
use domain::forms::{FieldError, FieldErrorCode};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{Failure, Kind};

const LIMIT: u64 = 20;
const LIMIT_MAX: u64 = 100;

/// Which page of a list to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// Most rows on the page.
    pub limit: u64,
    /// Only rows older than the one with this id.
    pub before: Option<i64>,
}

/// The page as it was typed in the address.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// Most entries of the page.
    #[param(value_type = Option<u64>, minimum = 1, maximum = 100, default = 20)]
    limit: Option<String>,
    /// `next_cursor` of the page before.
    #[param(value_type = Option<String>, pattern = "^[1-9][0-9]{0,17}$")]
    cursor: Option<String>,
}

impl<S: Send + Sync> FromRequestParts<S> for Page {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let invalid = |errors| Failure::of(Kind::InvalidParameters).about(errors);
        let query = Query::<PageQuery>::try_from_uri(&parts.uri);
        let Query(query) = query.map_err(|_| invalid(Vec::new()))?;
        read(&query).map_err(invalid)
    }
}

fn read(query: &PageQuery) -> Result<Page, Vec<FieldError>> {
    let mut errors = Vec::new();
    let limit = match query.limit.as_deref().map(str::parse) {
        None => LIMIT,
        Some(Ok(limit)) if (1..=LIMIT_MAX).contains(&limit) => limit,
        Some(_) => {
            let message = format!("Send a number from 1 to {LIMIT_MAX}.");
            errors.push(FieldError::coded(
                FieldErrorCode::OutOfRange,
                "limit",
                message,
            ));
            LIMIT
        }
    };
    let before = match query.cursor.as_deref().map(str::parse::<i64>) {
        None => None,
        Some(Ok(id)) if id > 0 && query.cursor == Some(id.to_string()) => Some(id),
        Some(_) => {
            let message = "Send `next_cursor` of the page before.";
            errors.push(FieldError::coded(
                FieldErrorCode::Malformed,
                "cursor",
                message,
            ));
            None
        }
    };
    if errors.is_empty() {
        Ok(Page { limit, before })
    } else {
        Err(errors)
    }
}

impl Page {
    /// How many rows to read: one more than the page shows, which tells whether there is a next
    /// page.
    pub fn rows(self) -> u64 {
        self.limit + 1
    }

    /// Cuts `rows` to the page, and returns the cursor of the next page.
    pub fn cut<T>(self, rows: &mut Vec<T>, id: impl Fn(&T) -> i64) -> Option<String> {
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        rows.last()
            .filter(|_| more)
            .map(|last| id(last).to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(limit: Option<&str>, cursor: Option<&str>) -> Result<Page, Vec<String>> {
        let (limit, cursor) = (limit.map(str::to_owned), cursor.map(str::to_owned));
        let errors = |errors: Vec<FieldError>| errors.into_iter().map(|error| error.field);
        read(&PageQuery { limit, cursor }).map_err(|all| errors(all).collect())
    }

    #[test]
    fn a_page_has_a_bound() {
        assert_eq!(page(None, None).unwrap().limit, 20);
        assert_eq!(page(Some("100"), None).unwrap().limit, 100);
        for limit in ["0", "101", "-1", "", "x", "1.5", "99999999999999999999"] {
            assert_eq!(page(Some(limit), None).unwrap_err(), ["limit"], "{limit}");
        }
    }

    #[test]
    fn a_cursor_is_one_that_we_gave() {
        assert_eq!(page(None, Some("7")).unwrap().before, Some(7));
        for cursor in ["0", "-7", "+7", "07", "", "x", "99999999999999999999"] {
            let refused = page(Some("0"), Some(cursor)).unwrap_err();
            assert_eq!(refused, ["limit", "cursor"], "{cursor}");
        }
    }

    #[test]
    fn the_last_page_names_no_next_one() {
        let page = Page {
            limit: 2,
            before: None,
        };
        let mut rows = vec![9, 8, 7];
        assert_eq!(page.cut(&mut rows, |id| *id).as_deref(), Some("8"));
        assert_eq!(rows, [9, 8]);
        assert_eq!(page.cut(&mut rows, |id| *id), None);
    }
}
