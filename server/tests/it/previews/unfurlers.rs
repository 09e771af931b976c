//! Programs that open a link to show a preview of it.

use std::collections::BTreeMap;

use domain::purchase::ProductKind;
use reqwest::{Method, header::USER_AGENT};
use sea_orm::{ConnectionTrait, DbBackend, Statement};

use super::{CODE, NOBODYS, PICTURE};
use crate::support::{TestApp, on_both_databases};

on_both_databases!(they_write_nothing);

/// What they call themselves.
const UNFURLERS: [&str; 7] = [
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "WhatsApp/2.23.20.0",
    "Twitterbot/1.0",
    "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)",
    "LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)",
    // iMessage's.
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_11_1) AppleWebKit/601.2.4 (KHTML, like Gecko) Version/9.0.1 \
     Safari/601.2.4 facebookexternalhit/1.1 Facebot Twitterbot/1.0",
];

/// How many rows each table has.
async fn rows(app: &TestApp) -> BTreeMap<String, i64> {
    let db = app.state.db.writer();
    let tables = match db.get_database_backend() {
        DbBackend::Sqlite => "SELECT '\"' || name || '\"' FROM sqlite_master WHERE type = 'table'",
        _ => {
            "SELECT quote_ident(table_schema) || '.' || quote_ident(table_name) \
             FROM information_schema.tables \
             WHERE table_type = 'BASE TABLE' AND table_schema IN ('public', 'apalis')"
        }
    };
    let select = |sql: String| Statement::from_string(db.get_database_backend(), sql);
    let tables = db.query_all_raw(select(tables.to_owned())).await.unwrap();
    let mut rows = BTreeMap::new();
    for table in tables {
        let table: String = table.try_get_by(0).unwrap();
        let count = select(format!("SELECT COUNT(*) FROM {table}"));
        let count = db.query_one_raw(count).await.unwrap().unwrap();
        rows.insert(table, count.try_get_by(0).unwrap());
    }
    assert!(rows.len() > 30, "{rows:?}");
    rows
}

async fn they_write_nothing(app: TestApp) {
    app.referrer(&app.detroit, "mia@example.com", CODE).await;
    let ticket = app.product(&app.detroit, ProductKind::EventTicket, "night-shoot", 2500);
    ticket.await;
    let before = rows(&app).await;
    for unfurler in UNFURLERS {
        for path in [
            "/".to_owned(),
            format!("/?ref={CODE}"),
            format!("/?ref={NOBODYS}"),
            format!("/events/night-shoot?ref={CODE}"),
            format!("/register?ref={CODE}"),
            format!("/dashboard?ref={CODE}"),
            PICTURE.to_owned(),
            format!("{PICTURE}?page=/events/night-shoot&code={CODE}"),
        ] {
            for method in [Method::HEAD, Method::GET] {
                let visitor = app.browser();
                let request = visitor.request(method, &path).header(USER_AGENT, unfurler);
                let status = request.send().await.unwrap().status();
                assert!(
                    status.is_success() || status.is_redirection(),
                    "{path}: {status}"
                );
            }
        }
    }
    assert_eq!(rows(&app).await, before);
}
