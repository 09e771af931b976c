//! Which rows count, on a database with the columns that are asked for.

use sea_orm::{ConnectionTrait, Database};

use super::*;
use crate::database::Place;

const TABLES: &str = "
    CREATE TABLE credits (id INTEGER PRIMARY KEY, state TEXT, failure_reason TEXT);
    CREATE TABLE purchases (credit_check TEXT);
    CREATE TABLE platform_purchases (credit_check TEXT);
    CREATE TABLE Jobs (status TEXT);";

/// What is counted once `rows` are there; the demo has the credits 1 to 3.
async fn counted(name: &str, rows: &str) -> Unfinished {
    let file = format!("torture-unfinished-{}-{name}.db", std::process::id());
    let file = std::env::temp_dir().join(file);
    std::fs::remove_file(&file).ok();
    let place = Place::Sqlite { file: file.clone() };
    let database = Database::connect(place.url()).await.unwrap();
    database.execute_unprepared(TABLES).await.unwrap();
    database.execute_unprepared(rows).await.unwrap();
    let from = Start {
        credit_id: 3,
        ..Start::default()
    };
    let counted = unfinished(&Look::at(&place).await.unwrap(), &from).await;
    std::fs::remove_file(&file).ok();
    counted.unwrap()
}

#[tokio::test]
async fn failed_credits_count_unless_they_are_the_demos_or_of_test_mode() {
    let rows = r#"INSERT INTO credits (id, state, failure_reason) VALUES
        (1, 'failed', '"unreachable"'),
        (2, 'failed', '"unreachable"'),
        (3, 'issued', NULL),
        (4, 'issued', NULL),
        (5, 'failed', '{"other_mode":"test"}')"#;
    assert_eq!(counted("excused", rows).await, Unfinished::default());
    for (name, reason) in [
        ("unreachable", r#"'"unreachable"'"#),
        ("not-connected", r#"'"stripe_not_connected"'"#),
        ("live", r#"'{"other_mode":"live"}'"#),
        ("none", "NULL"),
    ] {
        let rows = format!("{rows}, (6, 'failed', {reason})");
        let wanted = Unfinished {
            failed_credits: 1,
            ..Unfinished::default()
        };
        assert_eq!(counted(name, &rows).await, wanted, "{reason}");
    }
}

#[tokio::test]
async fn what_is_due_or_under_way_counts() {
    let rows = "INSERT INTO credits (id, state) VALUES (4, 'due');
        INSERT INTO purchases VALUES ('due'), ('done'), ('none');
        INSERT INTO platform_purchases VALUES ('due'), ('done');
        INSERT INTO Jobs VALUES ('Pending'), ('Running'), ('Queued'), ('Done'), ('Failed')";
    let wanted = Unfinished {
        due_credits: 1,
        failed_credits: 0,
        undecided: 2,
        jobs: 3,
    };
    assert_eq!(counted("due", rows).await, wanted);
}
