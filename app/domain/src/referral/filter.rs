//! The filter of the console's referral tables, which is kept in the URL.

use serde::{Deserialize, Serialize};
use time::{Date, format_description::FormatItem, macros::format_description};

use crate::{
    credit::Program,
    purchase::{Plan, ProductKind},
    referral::ReferralStatus,
};

const DATE: &[FormatItem<'static>] = format_description!("[year]-[month]-[day]");
/// The path of the console's referrals page.
pub const REFERRALS_PATH: &str = "/admin/referrals";
/// The maximum length of the search text in characters.
const TEXT_MAX: usize = 200;

/// The column by which the table is sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    #[default]
    Date,
    /// By credit amount; a referral without a credit counts as 0.
    Credit,
}

impl Sort {
    /// The value in the URL.
    pub fn code(self) -> &'static str {
        match self {
            Self::Date => "date",
            Self::Credit => "credit",
        }
    }
}

/// The position where a page begins: after the row with this value of the sorted column and this
/// id. Such pages stay correct while rows are added, and each one is equally fast.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// The row's date in milliseconds or credit in cents.
    pub value: i64,
    /// The row's id.
    pub id: i64,
    /// Whether the page lies before that row, toward the first page.
    pub back: bool,
}

/// Which referrals of one program to show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReferralFilter {
    pub program: Program,
    pub status: Option<ReferralStatus>,
    /// Only this product kind (`ProductKind::code`) or plan (`Plan::code`).
    pub kind: Option<String>,
    /// Not before this day in the zone of the site.
    pub from: Option<Date>,
    /// Not after this day in the zone of the site.
    pub to: Option<Date>,
    /// Only people whose names or e-mail addresses have words with these beginnings.
    pub text: String,
    pub sort: Sort,
    /// Whether the smallest value comes first.
    pub ascending: bool,
    /// The page; `None` for the first one.
    pub cursor: Option<Cursor>,
}

impl ReferralFilter {
    /// All referrals of `program`, newest first.
    pub fn all(program: Program) -> Self {
        Self {
            program,
            status: None,
            kind: None,
            from: None,
            to: None,
            text: String::new(),
            sort: Sort::Date,
            ascending: false,
            cursor: None,
        }
    }

    /// Reads the URL's parameters. Returns a sentence for each value that was ignored.
    pub fn read<'a>(
        program: Program,
        pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> (Self, Vec<String>) {
        let mut filter = Self::all(program);
        let mut left_out = Vec::new();
        for (name, value) in pairs {
            let value = value.trim();
            if value.is_empty() {
                continue;
            }
            if let Err(sentence) = filter.set(name, value) {
                left_out.push(sentence);
            }
        }
        if let (Some(from), Some(to)) = (filter.from, filter.to)
            && from > to
        {
            (filter.from, filter.to) = (Some(to), Some(from));
            left_out.push(
                "\u{201c}From\u{201d} was after \u{201c}To\u{201d}, so they were swapped."
                    .to_owned(),
            );
        }
        (filter, left_out)
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), String> {
        let unknown = |what: &str| {
            format!(
                "There is no {what} \u{201c}{}\u{201d}, so it was ignored.",
                cut(value)
            )
        };
        match name {
            "status" => {
                let status = ReferralStatus::parse(value).ok_or_else(|| unknown("status"))?;
                self.status = Some(status);
            }
            "type" | "plan" => {
                let known = kinds(self.program).iter().any(|(code, _)| *code == value);
                if !known || name != kind_name(self.program) {
                    return Err(unknown(kind_name(self.program)));
                }
                self.kind = Some(value.to_owned());
            }
            "from" | "to" => {
                let day = Date::parse(value, DATE).map_err(|_| unknown("day"))?;
                *(if name == "from" {
                    &mut self.from
                } else {
                    &mut self.to
                }) = Some(day);
            }
            "q" => self.text = cut(value),
            "sort" => {
                self.sort = [Sort::Date, Sort::Credit]
                    .into_iter()
                    .find(|sort| sort.code() == value)
                    .ok_or_else(|| unknown("sorting"))?;
            }
            "dir" => {
                self.ascending = match value {
                    "asc" => true,
                    "desc" => false,
                    _ => return Err(unknown("direction")),
                };
            }
            "after" | "before" => {
                self.cursor =
                    Some(read_cursor(value, name == "before").ok_or_else(|| unknown("page"))?);
            }
            _ => {}
        }
        Ok(())
    }

    /// Reads a URL's query; see [`Self::read`].
    pub fn from_query(program: Program, query: &str) -> (Self, Vec<String>) {
        let pairs: Vec<_> = form_urlencoded::parse(query.as_bytes()).collect();
        Self::read(
            program,
            pairs.iter().map(|(name, value)| (&**name, &**value)),
        )
    }

    /// The URL's query, including the console's tab.
    pub fn query(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        if self.program == Program::Platform {
            query.append_pair("tab", self.program.code());
        }
        query.extend_pairs(self.pairs()).finish()
    }

    /// The path and query of the page with this filter.
    pub fn path(&self) -> String {
        match self.query() {
            query if query.is_empty() => REFERRALS_PATH.to_owned(),
            query => format!("{REFERRALS_PATH}?{query}"),
        }
    }

    /// The URL's parameters without defaults. [`Self::read`] reads them back.
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let day = |day: Option<Date>| day.map(|day| day.to_string());
        let mut pairs = Vec::new();
        let mut put = |name, value: Option<String>| pairs.extend(value.map(|value| (name, value)));
        put("status", self.status.map(|status| status.code().to_owned()));
        put(kind_name(self.program), self.kind.clone());
        put("from", day(self.from));
        put("to", day(self.to));
        put("q", (!self.text.is_empty()).then(|| self.text.clone()));
        put(
            "sort",
            (self.sort != Sort::Date).then(|| self.sort.code().to_owned()),
        );
        put("dir", self.ascending.then(|| "asc".to_owned()));
        if let Some(cursor) = self.cursor {
            let name = if cursor.back { "before" } else { "after" };
            put(name, Some(format!("{}.{}", cursor.value, cursor.id)));
        }
        pairs
    }

    /// The same filter on its first page.
    #[must_use]
    pub fn from_start(self) -> Self {
        Self {
            cursor: None,
            ..self
        }
    }
}

/// The code and label of each product kind or plan by which `program` can be filtered.
pub fn kinds(program: Program) -> Vec<(&'static str, &'static str)> {
    match program {
        Program::Tenant => ProductKind::ALL
            .map(|kind| (kind.code(), kind.label()))
            .to_vec(),
        Program::Platform => Plan::ALL.map(|plan| (plan.code(), plan.label())).to_vec(),
    }
}

/// The name of the filter by product kind or plan in the URL.
pub fn kind_name(program: Program) -> &'static str {
    match program {
        Program::Tenant => "type",
        Program::Platform => "plan",
    }
}

fn read_cursor(value: &str, back: bool) -> Option<Cursor> {
    let (value, id) = value.split_once('.')?;
    Some(Cursor {
        value: value.parse().ok()?,
        id: id.parse().ok()?,
        back,
    })
}

fn cut(text: &str) -> String {
    text.chars().take(TEXT_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(program: Program, query: &[(&str, &str)]) -> (ReferralFilter, Vec<String>) {
        ReferralFilter::read(program, query.iter().copied())
    }

    #[test]
    fn a_filter_survives_its_address() {
        let query = [
            ("status", "failed"),
            ("type", "course"),
            ("from", "2026-11-01"),
            ("to", "2026-11-22"),
            ("q", "jane d"),
            ("sort", "credit"),
            ("dir", "asc"),
            ("before", "1000.7"),
        ];
        let (filter, left_out) = read(Program::Tenant, &query);
        assert!(left_out.is_empty(), "{left_out:?}");
        let pairs = filter.pairs();
        assert_eq!(
            pairs
                .iter()
                .map(|(n, v)| (*n, v.as_str()))
                .collect::<Vec<_>>(),
            query
        );
    }

    #[test]
    fn nonsense_is_left_out_and_said() {
        let query = [
            ("status", "lost"),
            ("type", "annual"),
            ("from", "2026-02-30"),
            ("sort", "name"),
            ("dir", "up"),
            ("after", "x.y"),
            ("q", "jane"),
            ("unrelated", "1"),
        ];
        let (filter, left_out) = read(Program::Tenant, &query);
        assert_eq!(left_out.len(), 6, "{left_out:?}");
        let expected = ReferralFilter {
            text: "jane".to_owned(),
            ..ReferralFilter::all(Program::Tenant)
        };
        assert_eq!(filter, expected);
    }

    #[test]
    fn each_program_has_its_own_kinds() {
        assert_eq!(
            read(Program::Platform, &[("plan", "annual")])
                .0
                .kind
                .as_deref(),
            Some("annual")
        );
        assert_eq!(read(Program::Platform, &[("type", "course")]).0.kind, None);
    }

    #[test]
    fn days_in_the_wrong_order_are_swapped() {
        let (filter, left_out) = read(
            Program::Tenant,
            &[("from", "2026-11-22"), ("to", "2026-11-01")],
        );
        assert!(filter.from < filter.to);
        assert_eq!(left_out.len(), 1);
    }
}
