//! Gives the rows of before the spellings of today, a few thousand in each sweep: keys of e-mail
//! addresses and words of the search (`docs/rules.md` 76 and 79).

use store::{respellings, search_words::Subject};

use crate::Engine;

/// Rows in one transaction, which keeps other writers waiting on SQLite.
const AT_ONCE: u64 = 500;
/// Transactions for each subject in one sweep.
const ROUNDS: u64 = 10;

/// Goes on where it stopped. When there is nothing to do, it reads a row of each subject.
///
/// # Errors
/// If the database fails. What was written before stays.
pub async fn go_on(engine: &Engine) -> anyhow::Result<()> {
    for subject in Subject::ALL {
        for _ in 0..ROUNDS {
            let tx = engine.db.begin().await?;
            if !respellings::go_on(&tx, subject, AT_ONCE).await? {
                break;
            }
            tx.commit().await?;
        }
    }
    Ok(())
}
