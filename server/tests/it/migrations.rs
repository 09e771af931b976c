//! The database's shape goes up, down and up again, on both databases.

use migration::{Migrator, MigratorTrait};
use sea_orm::ConnectionTrait;

use crate::support::{TestApp, on_both_databases};

on_both_databases!(up_down_and_up_again, foreign_keys_are_kept);

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
