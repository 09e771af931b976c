//! The words by which people are found. Whoever writes a row that people look for puts its words
//! here, in the same transaction.

use std::collections::BTreeSet;

use domain::search::words_of;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QuerySelect, QueryTrait, Select,
    Set,
};

use super::entities::search_word::{ActiveModel, Column, Entity};
use crate::{Scope, Write};

/// Most rows that one search finds.
pub const MOST: usize = 1_000;
/// Most words that one search reads; a row has few that begin alike.
const MOST_WORDS: usize = 10 * MOST;

/// Behind every character: a word that begins with `b` is below `b` with this.
const LAST: char = '\u{10ffff}';

/// What kind of row is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// `users`, by name and e-mail.
    Member,
    /// `platform_referrers`, by name and e-mail; of the platform program.
    Partner,
    /// `platform_referrals`, by the customer's e-mail; of the platform program.
    Customer,
}

impl Subject {
    fn code(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Partner => "partner",
            Self::Customer => "customer",
        }
    }
}

/// What a search found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Ids of rows, at most [`MOST`].
    pub ids: Vec<i64>,
    /// There are more.
    pub more: bool,
}

/// Lets the row be found by the words of `texts`, and by no others any more.
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

/// The rows of the site that have, for each of the `beginnings` (`domain::search::beginnings`), a word that
/// begins so; none without a beginning.
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

/// Reads the words of the longest beginning, which are the fewest as a rule; the others are looked
/// up in the few words of each row.
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
