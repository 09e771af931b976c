//! Each mail was delivered, or the console lists it as failed; and each paid purchase has its receipt.

use std::collections::HashSet;

use mailbox::Mailbox;

use super::baseline::Baseline;
use crate::database::Connection;

/// Mails that count as sent and did not arrive, and purchases without a receipt. What is still due is
/// unfinished work. One that arrived twice, because a process was killed before it could write that
/// down, had the same Message-ID both times.
///
/// # Errors
/// If the database cannot be read.
pub async fn unmailed(
    connection: &Connection,
    mailbox: &Mailbox,
    baseline: &Baseline,
) -> anyhow::Result<Vec<String>> {
    let sent = "SELECT token, kind, address FROM mails WHERE state = 'sent'";
    let sent = connection.rows(sent, |row| {
        Ok((row.try_get_by(0)?, row.try_get_by(1)?, row.try_get_by(2)?))
    });
    let sent: Vec<(String, String, String)> = sent.await?;
    let arrived = mailbox.mails();
    let arrived: HashSet<&str> = arrived
        .iter()
        .map(|mail| token_of(&mail.message_id))
        .collect();
    let unreceipted = format!(
        "SELECT id FROM purchases WHERE paid_at IS NOT NULL AND id > {} AND NOT EXISTS \
         (SELECT 1 FROM mails WHERE mails.purchase_id = purchases.id)",
        baseline.purchase_id
    );
    let unreceipted = connection.rows(&unreceipted, |row| row.try_get_by::<i64, _>(0));
    let mut found: Vec<String> = sent
        .iter()
        .filter(|(token, ..)| !arrived.contains(token.as_str()))
        .map(|(_, kind, address)| format!("{kind} to {address} counts as sent and did not arrive"))
        .collect();
    let unreceipted = unreceipted.await?.into_iter();
    found.extend(unreceipted.map(|id| format!("purchase {id} is paid and has no receipt")));
    Ok(found)
}

/// The part of a Message-ID that the product chose.
fn token_of(message_id: &str) -> &str {
    let id = message_id.trim_matches(['<', '>']);
    id.split('@').next().unwrap_or(id)
}

#[cfg(test)]
mod tests {
    use sea_orm::{ConnectionTrait, Database};

    use super::*;
    use crate::database::TestDatabase;

    #[test]
    fn a_message_id_begins_with_the_token() {
        for id in ["abc@pewpros.example", "<abc@pewpros.example>"] {
            assert_eq!(token_of(id), "abc");
        }
    }

    /// Purchase 1 is the demo's, 2 has a receipt, 3 is not paid, and 4 was paid.
    #[tokio::test]
    async fn a_lost_mail_and_a_purchase_without_a_receipt_are_found() {
        const ROWS: &str = "
            CREATE TABLE purchases (id INTEGER PRIMARY KEY, paid_at INTEGER);
            CREATE TABLE mails (token TEXT, kind TEXT, address TEXT, state TEXT, purchase_id INTEGER);
            INSERT INTO purchases VALUES (1, 5), (2, 5), (3, NULL), (4, 5);
            INSERT INTO mails VALUES ('a', 'receipt', 'jane@example.com', 'failed', 2),
                ('b', 'friend_joined', 'mia@example.com', 'sent', NULL);";
        let file = format!("torture-mail-{}.db", std::process::id());
        let file = std::env::temp_dir().join(file);
        std::fs::remove_file(&file).ok();
        let database = TestDatabase::Sqlite { file: file.clone() };
        let setup = Database::connect(database.url()).await.unwrap();
        setup.execute_unprepared(ROWS).await.unwrap();
        let connection = Connection::open(&database).await.unwrap();
        let mailbox = mailbox::start(mailbox::Ports::default()).await.unwrap();
        let baseline = Baseline {
            purchase_id: 1,
            ..Baseline::default()
        };
        let found = unmailed(&connection, &mailbox, &baseline).await.unwrap();
        std::fs::remove_file(&file).ok();
        assert_eq!(
            found,
            [
                "friend_joined to mia@example.com counts as sent and did not arrive",
                "purchase 4 is paid and has no receipt",
            ]
        );
    }
}
