//! The filter of the console's orders, which is kept in the URL.

use serde::{Deserialize, Serialize};

use crate::{credit::Program, purchase::PurchaseState};

/// The path of the console's orders page.
pub const ORDERS_PATH: &str = "/admin/orders";
/// The maximum length of the search text in characters; the id of a Checkout session is shorter.
const TEXT_MAX: usize = 200;

/// Where a page begins: after the order that began at this time and has this id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct OrderCursor {
    /// In milliseconds, UTC.
    pub created_at: i64,
    /// The number of the order.
    pub id: i64,
}

/// Which orders of one program to show, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderFilter {
    pub program: Program,
    pub state: Option<PurchaseState>,
    /// The text that was searched for.
    pub text: String,
    /// The page; `None` for the first one.
    pub after: Option<OrderCursor>,
}

/// What a search text asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SoughtOrder<'a> {
    /// The order of this Checkout session (`cs_…`).
    Session(&'a str),
    /// The order with this number.
    Number(i64),
    /// The order with this number, and orders whose words begin with it.
    NumberOrWords(i64),
    /// Orders of buyers, and of products, that have a word with each of these beginnings.
    Words,
}

impl OrderFilter {
    /// All orders of `program`.
    pub fn all(program: Program) -> Self {
        Self {
            program,
            state: None,
            text: String::new(),
            after: None,
        }
    }

    /// Reads a URL's query. Returns a sentence for each value that was ignored.
    pub fn from_query(program: Program, query: &str) -> (Self, Vec<String>) {
        let mut filter = Self::all(program);
        let mut ignored = Vec::new();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let value = value.trim();
            if let (false, Err(what)) = (value.is_empty(), filter.set(&name, value)) {
                ignored.push(format!(
                    "There is no {what} \u{201c}{}\u{201d}, so it was ignored.",
                    cut(value)
                ));
            }
        }
        (filter, ignored)
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), &'static str> {
        match name {
            "state" => self.state = Some(PurchaseState::parse(value).ok_or("state")?),
            "q" => self.text = cut(value),
            "after" => self.after = Some(read_cursor(value).ok_or("page")?),
            _ => {}
        }
        Ok(())
    }

    /// The path and query of the page with this filter.
    pub fn path(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        if self.program == Program::Platform {
            query.append_pair("tab", self.program.code());
        }
        if !self.text.is_empty() {
            query.append_pair("q", &self.text);
        }
        if let Some(state) = self.state {
            query.append_pair("state", state.code());
        }
        if let Some(OrderCursor { created_at, id }) = self.after {
            query.append_pair("after", &format!("{created_at}.{id}"));
        }
        match query.finish() {
            query if query.is_empty() => ORDERS_PATH.to_owned(),
            query => format!("{ORDERS_PATH}?{query}"),
        }
    }

    /// The same filter on its first page.
    #[must_use]
    pub fn from_start(&self) -> Self {
        Self {
            after: None,
            ..self.clone()
        }
    }

    /// What the text asks for; `None` without a text. `#17` is only a number, and `17` may also
    /// begin a name.
    pub fn sought(&self) -> Option<SoughtOrder<'_>> {
        let text = self.text.trim();
        let number = |text: &str| text.parse().ok().filter(|number: &i64| *number > 0);
        Some(match (text, text.strip_prefix('#').and_then(number)) {
            ("", _) => return None,
            (_, Some(id)) => SoughtOrder::Number(id),
            (text, None) if text.starts_with("cs_") => SoughtOrder::Session(text),
            (text, None) => match number(text) {
                Some(id) => SoughtOrder::NumberOrWords(id),
                None => SoughtOrder::Words,
            },
        })
    }
}

fn read_cursor(value: &str) -> Option<OrderCursor> {
    let (created_at, id) = value.split_once('.')?;
    Some(OrderCursor {
        created_at: created_at.parse().ok()?,
        id: id.parse().ok()?,
    })
}

/// PostgreSQL takes no NUL in a text.
fn cut(text: &str) -> String {
    let text = text.chars().filter(|character| *character != '\0');
    text.take(TEXT_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_survives_its_address() {
        for program in [Program::Tenant, Program::Platform] {
            let filter = OrderFilter {
                state: Some(PurchaseState::Expired),
                text: "jane d&e".to_owned(),
                after: Some(OrderCursor {
                    created_at: 1_795_356_300_000,
                    id: 7,
                }),
                ..OrderFilter::all(program)
            };
            let path = filter.path();
            let (_, query) = path.split_once('?').unwrap();
            assert_eq!(
                OrderFilter::from_query(program, query),
                (filter, Vec::new())
            );
        }
        assert_eq!(OrderFilter::all(Program::Tenant).path(), ORDERS_PATH);
    }

    #[test]
    fn nonsense_is_left_out_and_said() {
        let query = "state=lost&after=1&after=x.y&q=+jane%00+&unrelated=1&state=";
        let (filter, ignored) = OrderFilter::from_query(Program::Tenant, query);
        assert_eq!(ignored.len(), 3, "{ignored:?}");
        assert_eq!(
            ignored[0],
            "There is no state \u{201c}lost\u{201d}, so it was ignored."
        );
        let jane = OrderFilter {
            text: "jane".to_owned(),
            ..OrderFilter::all(Program::Tenant)
        };
        assert_eq!(filter, jane);
    }

    #[test]
    fn a_text_is_words_a_number_or_a_session() {
        for (text, sought) in [
            ("", None),
            ("  ", None),
            ("jane doe", Some(SoughtOrder::Words)),
            ("9mm", Some(SoughtOrder::Words)),
            ("-3", Some(SoughtOrder::Words)),
            ("99999999999999999999", Some(SoughtOrder::Words)),
            ("17", Some(SoughtOrder::NumberOrWords(17))),
            ("#17", Some(SoughtOrder::Number(17))),
            ("#x", Some(SoughtOrder::Words)),
            (" cs_test_1 ", Some(SoughtOrder::Session("cs_test_1"))),
        ] {
            let filter = OrderFilter {
                text: text.to_owned(),
                ..OrderFilter::all(Program::Tenant)
            };
            assert_eq!(filter.sought(), sought, "{text}");
        }
    }
}
