//! How far the rows of before have the spellings of today: the keys of e-mail addresses and the words
//! of the search. The rows are read once each, in the order of their ids, a few at a time.

use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, sea_query::Expr};

use super::{
    entities::respelling::{Column, Entity},
    platform_purchases, platform_referrals, platform_referrers,
    search_words::Subject,
    users,
};
use crate::{Write, row_lock::RowLock};

/// Reads the next rows, at most `limit`, and writes what they lack. `false` if there was none. Must
/// run in a transaction, so that two processes do not write the same.
pub async fn go_on(tx: &impl Write, subject: Subject, limit: u64) -> Result<bool, DbErr> {
    let place = Entity::find_by_id(subject.code().to_owned());
    let Some(place) = place.locked().one(tx).await? else {
        return Ok(false);
    };
    let after = place.done_to;
    let last = match subject {
        Subject::Member => users::respell(tx, after, limit).await?,
        Subject::PlatformReferrer => platform_referrers::respell(tx, after, limit).await?,
        Subject::Customer => platform_referrals::respell(tx, after, limit).await?,
        Subject::PlatformBuyer => platform_purchases::respell(tx, after, limit).await?,
    };
    let Some(last) = last else {
        return Ok(false);
    };
    Entity::update_many()
        .col_expr(Column::DoneTo, Expr::value(last))
        .filter(Column::Subject.eq(subject.code()))
        .exec(tx)
        .await?;
    Ok(true)
}
