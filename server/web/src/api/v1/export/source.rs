//! The document in parts: a head, then lists that are read in pages, so that a member with thousands of
//! rows needs no more memory than one with a few.

use std::sync::Arc;

use axum::body::Bytes;
use serde::Serialize;
use services::friends::told;
use store::{
    Id, entities::user, mails, notifications, purchases, referrals, security_log, sites::Site,
};

use super::{
    super::{referrals::ReferralEntry, shapes::Notification},
    shapes::{ExportedMail, ExportedPurchase, ExportedSecurityEntry},
};
use crate::state::AppState;

/// How many rows are read at a time.
const PAGE: u64 = 200;

/// Whose document it is.
pub struct Source {
    pub state: AppState,
    pub site: Arc<Site>,
    pub member: Arc<user::Model>,
    /// The root URL of the site, without a trailing slash.
    pub base_url: String,
}

/// A list of the document, in its order.
#[derive(Clone, Copy, PartialEq, Eq)]
enum List {
    Referrals,
    Purchases,
    Notifications,
    Mails,
    SecurityLog,
}

impl List {
    const ALL: [Self; 5] = [
        Self::Referrals,
        Self::Purchases,
        Self::Notifications,
        Self::Mails,
        Self::SecurityLog,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Referrals => "referrals",
            Self::Purchases => "purchases",
            Self::Notifications => "notifications",
            Self::Mails => "mails",
            Self::SecurityLog => "security_log",
        }
    }
}

/// How far the document is written.
#[derive(Clone, Copy)]
pub struct At {
    /// The place of the list in [`List::ALL`].
    list: usize,
    /// The id of the last row that was written; `None` at the beginning of the list.
    before: Option<i64>,
}

/// A page of a list as JSON, with the last row's id.
struct Rows {
    json: Vec<String>,
    last: Option<i64>,
}

impl Rows {
    fn of<R, S: Serialize>(
        rows: &[R],
        id: impl Fn(&R) -> i64,
        shape: impl Fn(&R) -> S,
    ) -> anyhow::Result<Self> {
        let json = rows.iter().map(|row| serde_json::to_string(&shape(row)));
        Ok(Self {
            json: json.collect::<Result<_, _>>()?,
            last: rows.last().map(id),
        })
    }
}

impl Source {
    /// The first part, and where the next one begins.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn head(&self) -> anyhow::Result<(Bytes, At)> {
        let mut text = serde_json::to_string(&self.read_head().await?)?;
        // The lists follow within the same object.
        text.pop();
        let begin = At {
            list: 0,
            before: None,
        };
        Ok((text.into(), begin))
    }

    /// The part at `at`, and where the next one begins; `None` after the last.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn next(&self, at: At) -> anyhow::Result<Option<(Bytes, At)>> {
        let Some(list) = List::ALL.get(at.list) else {
            return Ok(None);
        };
        let rows = self.rows(*list, at.before).await?;
        let is_first = at.before.is_none();
        let mut part = match is_first {
            true => format!(",\"{}\":[", list.name()),
            false if rows.json.is_empty() => String::new(),
            false => ",".to_owned(),
        };
        part.push_str(&rows.json.join(","));
        let is_last = (rows.json.len() as u64) < PAGE;
        if is_last {
            part.push(']');
            if at.list + 1 == List::ALL.len() {
                part.push('}');
            }
        }
        let next = match is_last {
            true => At {
                list: at.list + 1,
                before: None,
            },
            false => At {
                before: rows.last,
                ..at
            },
        };
        Ok(Some((part.into(), next)))
    }

    async fn rows(&self, list: List, before: Option<i64>) -> anyhow::Result<Rows> {
        let (db, site, id) = (self.state.db.reader(), self.site.id(), self.member.id);
        match list {
            List::Referrals => self.referrals(before).await,
            List::Purchases => {
                let before = before.map(Id::new);
                let rows = purchases::all_of_buyer(db, site, id, before, PAGE).await?;
                Rows::of(&rows, |row| row.id.get(), |row| ExportedPurchase::from(row))
            }
            List::Notifications => {
                let before = before.map(Id::new);
                let rows = notifications::list(db, site, id, before, PAGE).await?;
                let told = Notification::all(db, site, &rows).await?;
                Rows::of(&told, |told| told.id, |told| told.clone())
            }
            List::Mails => {
                let rows = mails::of_member(db, site, id, before.map(Id::new), PAGE).await?;
                Rows::of(&rows, |row| row.id.get(), |row| ExportedMail::from(row))
            }
            List::SecurityLog => {
                let before = before.map(Id::new);
                let rows = security_log::of_member(db, site, id, before, PAGE).await?;
                let shape = |row: &_| ExportedSecurityEntry::from(row);
                Rows::of(&rows, |row| row.id.get(), shape)
            }
        }
    }

    async fn referrals(&self, before: Option<i64>) -> anyhow::Result<Rows> {
        let (db, site) = (self.state.db.reader(), &self.site);
        let before = before.map(Id::new);
        let rows = referrals::of_referrer(db, site.id(), self.member.id, before, PAGE).await?;
        let told = told(db, site, &rows, self.state.now()).await?;
        let terms = site.settings.terms()?;
        let shape = |row: &_| ReferralEntry::of(row, &told, site, &terms);
        Rows::of(&rows, |row| row.id.get(), shape)
    }
}
