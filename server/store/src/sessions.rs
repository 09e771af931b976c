//! Browser sessions. The table stores only a hash of the session id, so a reader of the table
//! cannot take over a session.

use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, QueryFilter, QueryTrait,
    Set, TryInsertResult, sea_query::Expr,
};

use super::{
    entities::session::{ActiveModel, Column, Entity, Model},
    prepared::Prepared,
};
use crate::{Timestamp, Write};

/// Inserts a new session; `false` if the id exists.
pub async fn insert(
    db: &impl Write,
    id_hash: String,
    data: String,
    expires_at: Timestamp,
) -> Result<bool, DbErr> {
    let row = ActiveModel {
        id_hash: Set(id_hash),
        data: Set(data),
        expires_at: Set(expires_at),
    };
    let inserted = Entity::insert(row)
        .on_conflict_do_nothing_on([Column::IdHash])
        .exec_without_returning(db)
        .await?;
    Ok(matches!(inserted, TryInsertResult::Inserted(rows) if rows > 0))
}

/// Stores a session's data. A session that was deleted meanwhile stays deleted.
pub async fn update(
    db: &impl Write,
    id_hash: &str,
    data: String,
    expires_at: Timestamp,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::Data, Expr::value(data))
        .col_expr(Column::ExpiresAt, Expr::value(expires_at))
        .filter(Column::IdHash.eq(id_hash))
        .exec(db)
        .await
        .map(|_| ())
}

/// Extends a session until `expires_at`.
pub async fn prolong(db: &impl Write, id_hash: &str, expires_at: Timestamp) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::ExpiresAt, Expr::value(expires_at))
        .filter(Column::IdHash.eq(id_hash))
        .exec(db)
        .await
        .map(|_| ())
}

/// The session, unless it has expired.
pub async fn find(
    db: &impl ConnectionTrait,
    id_hash: &str,
    now: Timestamp,
) -> Result<Option<Model>, DbErr> {
    static FIND: Prepared = Prepared::new();
    let find = FIND.with(
        db.get_database_backend(),
        vec![id_hash.into(), now.into()],
        || {
            Entity::find_by_id(id_hash)
                .filter(Column::ExpiresAt.gt(now))
                .into_query()
        },
    );
    Model::find_by_statement(find).one(db).await
}

pub async fn delete(db: &impl Write, id_hash: &str) -> Result<(), DbErr> {
    Entity::delete_by_id(id_hash).exec(db).await.map(|_| ())
}

/// Deletes expired sessions and returns their number.
pub async fn sweep(db: &impl Write, now: Timestamp) -> Result<u64, DbErr> {
    let swept = Entity::delete_many()
        .filter(Column::ExpiresAt.lte(now))
        .exec(db)
        .await?;
    Ok(swept.rows_affected)
}

pub async fn delete_all(db: &impl Write) -> Result<(), DbErr> {
    Entity::delete_many().exec(db).await.map(|_| ())
}

#[cfg(test)]
mod tests {
    use migration::{Migrator, MigratorTrait};

    use super::*;
    use crate::Db;

    #[tokio::test]
    async fn an_id_belongs_to_one_session() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!(
            "sqlite://{}?mode=rwc",
            folder.path().join("test.db").display()
        );
        let db = Db::connect(&url).await.unwrap();
        Migrator::up(db.writer(), None).await.unwrap();
        let at = |millis| Timestamp::from_millis(millis).unwrap();
        let insert = |data: &str| insert(db.writer(), "id".into(), data.into(), at(10));
        assert!(insert("mine").await.unwrap());
        assert!(!insert("another's").await.unwrap());
        assert_eq!(
            find(db.writer(), "id", at(9)).await.unwrap().unwrap().data,
            "mine"
        );
        assert_eq!(find(db.writer(), "id", at(10)).await.unwrap(), None);
    }
}
