//! The database's shape goes up, down and up again, on both databases.

use migration::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, EntityTrait};
use server::db::{entities::session, sessions};

use crate::support::{TestApp, on_both_databases};

on_both_databases!(
    up_down_and_up_again,
    foreign_keys_are_kept,
    the_sessions_of_visitors_are_removed,
);

async fn up_down_and_up_again(app: TestApp) {
    let db = app.state.db.conn();
    Migrator::down(db, None).await.unwrap();
    let gone = db.execute_unprepared("SELECT * FROM sites").await;
    assert!(gone.is_err(), "down left a table behind");
    Migrator::up(db, None).await.unwrap();
    db.execute_unprepared("SELECT * FROM credits")
        .await
        .unwrap();
    assert!(
        Migrator::get_pending_migrations(db)
            .await
            .unwrap()
            .is_empty()
    );
}

async fn foreign_keys_are_kept(app: TestApp) {
    let db = app.state.db.conn();
    let orphan =
        "INSERT INTO notifications (site_id, user_id, text, created_at) VALUES (999, 999, 'x', 0)";
    assert!(db.execute_unprepared(orphan).await.is_err());
    let referenced = "DELETE FROM sites";
    assert!(db.execute_unprepared(referenced).await.is_err());
}

async fn the_sessions_of_visitors_are_removed(app: TestApp) {
    let db = app.state.db.conn();
    let steps = Migrator::migrations();
    let after = steps.iter().rev();
    let after = after.take_while(|step| !step.name().ends_with("_visitors"));
    let down = u32::try_from(after.count() + 1).unwrap();
    Migrator::down(db, Some(down)).await.unwrap();
    for (id, data) in [
        ("member", r#"{"member":7}"#),
        ("both", r#"{"done":"Saved.","member":8}"#),
        ("link", r#"{"referral_code":"ab3kx7mn"}"#),
        ("form", r#"{"refused":{"typed":{"email":"\"member\":1"}}}"#),
        ("nothing", "{}"),
    ] {
        let row = sessions::insert(db, id.to_owned(), data.to_owned(), i64::MAX);
        assert!(row.await.unwrap());
    }
    Migrator::up(db, None).await.unwrap();
    let left = session::Entity::find().all(db).await.unwrap();
    let mut left: Vec<_> = left.into_iter().map(|row| row.id_hash).collect();
    left.sort();
    assert_eq!(left, ["both", "member"]);
}
