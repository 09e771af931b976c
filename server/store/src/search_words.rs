//! The words by which the console's search finds people. Code that writes such a row must also
//! store its words here, in the same transaction.

use std::collections::BTreeSet;

use domain::search::words_of;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QuerySelect, QueryTrait, Select,
    Set, sea_query::OnConflict,
};

use super::entities::search_word::{ActiveModel, Column, Entity};
use crate::{Scope, Write};

/// The maximum number of rows that one search returns.
pub const MOST: usize = 1_000;
/// The maximum number of words that one search reads. Few words of one row have the same beginning.
const MOST_WORDS: usize = 10 * MOST;

/// Sorts after every character, so all words that begin with `b` sort before `b` followed by this.
const LAST: char = '\u{10ffff}';

/// The kind of row to search for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A row of `users`, by name, e-mail address and referral code.
    Member,
    /// A row of `platform_referrers`, by name, e-mail address and referral code, in the scope of
    /// the platform program.
    PlatformReferrer,
    /// A row of `platform_referrals`, by the customer's e-mail address, in the scope of the
    /// platform program.
    Customer,
    /// A row of `platform_purchases`, by the buyer's e-mail address and the referral code that came
    /// with it, in the scope of the platform program.
    PlatformBuyer,
}

impl Subject {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::Member,
        Self::PlatformReferrer,
        Self::Customer,
        Self::PlatformBuyer,
    ];

    /// The value in the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::PlatformReferrer => "partner",
            Self::Customer => "customer",
            Self::PlatformBuyer => "buyer",
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Ids of rows, at most [`MOST`].
    pub ids: Vec<i64>,
    /// Whether there are more rows than these.
    pub more: bool,
}

/// Replaces the words by which the row is found with the words of `texts`.
pub async fn put(
    db: &impl Write,
    subject: Subject,
    scope: Scope,
    row_id: i64,
    texts: &[&str],
) -> Result<(), DbErr> {
    Entity::delete_many()
        .filter(Column::Subject.eq(subject.code()))
        .filter(Column::RowId.eq(row_id))
        .filter(Column::SiteId.eq(scope.site_id()))
        .exec(db)
        .await?;
    let words = words_of(texts);
    if words.is_empty() {
        return Ok(());
    }
    let rows = words.into_iter().map(|word| ActiveModel {
        subject: Set(subject.code().to_owned()),
        site_id: Set(scope.site_id()),
        word: Set(word),
        row_id: Set(row_id),
    });
    Entity::insert_many(rows)
        .exec_without_returning(db)
        .await
        .map(|_| ())
}

/// Removes the words of a row, which no search finds any more.
pub async fn forget(
    db: &impl Write,
    subject: Subject,
    scope: Scope,
    row_id: i64,
) -> Result<(), DbErr> {
    put(db, subject, scope, row_id, &[]).await
}

/// Adds a word by which the row is found, as it is.
pub async fn add(
    db: &impl Write,
    subject: Subject,
    scope: Scope,
    row_id: i64,
    word: &str,
) -> Result<(), DbErr> {
    let row = ActiveModel {
        subject: Set(subject.code().to_owned()),
        site_id: Set(scope.site_id()),
        word: Set(word.to_owned()),
        row_id: Set(row_id),
    };
    Entity::insert(row)
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .exec_without_returning(db)
        .await
        .map(|_| ())
}

/// The scope's rows that have, for each of the `beginnings` (`domain::search::beginnings`), a word
/// with that beginning. Finds nothing without a beginning.
pub async fn find(
    db: &impl ConnectionTrait,
    subject: Subject,
    scope: Scope,
    beginnings: &[String],
) -> Result<Found, DbErr> {
    let Some(query) = query(subject, scope, beginnings) else {
        return Ok(Found::default());
    };
    let ids: Vec<i64> = query.into_tuple().all(db).await?;
    let cut_off = ids.len() == MOST_WORDS;
    let ids: BTreeSet<_> = ids.into_iter().collect();
    Ok(Found {
        more: cut_off || ids.len() > MOST,
        ids: ids.into_iter().take(MOST).collect(),
    })
}

/// The query of [`find`]; `None` without a beginning. It reads the words with the longest
/// beginning, usually the fewest, and looks the other beginnings up among the few words of each
/// row.
pub fn query(subject: Subject, scope: Scope, beginnings: &[String]) -> Option<Select<Entity>> {
    let longest = beginnings
        .iter()
        .max_by_key(|beginning| beginning.chars().count())?;
    let rows = |beginning: &String| {
        Entity::find()
            .select_only()
            .column(Column::RowId)
            .filter(Column::Subject.eq(subject.code()))
            .filter(Column::SiteId.eq(scope.site_id()))
            .filter(Column::Word.gte(beginning))
            .filter(Column::Word.lt(format!("{beginning}{LAST}")))
    };
    let others = beginnings.iter().filter(|other| *other != longest);
    let query = others.fold(rows(longest), |query, other| {
        query.filter(Column::RowId.in_subquery(rows(other).into_query()))
    });
    Some(query.limit(MOST_WORDS as u64))
}
