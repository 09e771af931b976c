//! Browser sessions. The table stores only a hash of the session id, so a reader of the table
//! cannot take over a session.

use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, QueryFilter, QueryOrder,
    QueryTrait, Set, TryInsertResult, sea_query::Expr,
};

use super::{
    entities::session::{ActiveModel, Column, Entity, Model},
    prepared::Prepared,
};
use crate::{MemberId, Timestamp, Write};

/// Inserts a new session; `false` if the id exists.
pub async fn insert(db: &impl Write, session: Model) -> Result<bool, DbErr> {
    let row = ActiveModel {
        id_hash: Set(session.id_hash),
        user_id: Set(session.user_id),
        data: Set(session.data),
        expires_at: Set(session.expires_at),
    };
    let inserted = Entity::insert(row)
        .on_conflict_do_nothing_on([Column::IdHash])
        .exec_without_returning(db)
        .await?;
    Ok(matches!(inserted, TryInsertResult::Inserted(rows) if rows > 0))
}

/// Stores a session's data. A session that was deleted meanwhile stays deleted.
pub async fn update(db: &impl Write, session: Model) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::UserId, Expr::value(session.user_id))
        .col_expr(Column::Data, Expr::value(session.data))
        .col_expr(Column::ExpiresAt, Expr::value(session.expires_at))
        .filter(Column::IdHash.eq(session.id_hash))
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

/// The member's sessions that have not expired.
pub async fn of_member(
    db: &impl ConnectionTrait,
    user_id: MemberId,
    now: Timestamp,
) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Column::UserId.eq(user_id))
        .filter(Column::ExpiresAt.gt(now))
        .order_by_desc(Column::ExpiresAt)
        .order_by_asc(Column::IdHash)
        .all(db)
        .await
}

/// Ends one of the member's sessions.
pub async fn end(db: &impl Write, user_id: MemberId, id_hash: &str) -> Result<(), DbErr> {
    Entity::delete_by_id(id_hash)
        .filter(Column::UserId.eq(user_id))
        .exec(db)
        .await
        .map(|_| ())
}

/// Ends all of the member's sessions but `kept`.
pub async fn end_others(
    db: &impl Write,
    user_id: MemberId,
    kept: Option<&str>,
) -> Result<(), DbErr> {
    Entity::delete_many()
        .filter(Column::UserId.eq(user_id))
        .apply_if(kept, |sessions, kept| {
            sessions.filter(Column::IdHash.ne(kept))
        })
        .exec(db)
        .await
        .map(|_| ())
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
        let insert = |data: &str| {
            let session = Model {
                id_hash: "id".into(),
                user_id: None,
                data: data.into(),
                expires_at: at(10),
            };
            insert(db.writer(), session)
        };
        assert!(insert("mine").await.unwrap());
        assert!(!insert("another's").await.unwrap());
        assert_eq!(
            find(db.writer(), "id", at(9)).await.unwrap().unwrap().data,
            "mine"
        );
        assert_eq!(find(db.writer(), "id", at(10)).await.unwrap(), None);
    }
}
