//! The product's side: the ledger and the purchases, read with plain SQL.

use std::collections::HashSet;

use super::{baseline::Baseline, facts::Credit};
use crate::database::Connection;

/// The rows of the ledger since the baseline, each with its referral and its number of
/// notifications.
pub async fn credits(connection: &Connection, baseline: &Baseline) -> anyhow::Result<Vec<Credit>> {
    let tenant = format!(
        "SELECT c.idempotency_key, c.state, c.failure_reason, c.amount_cents, \
                c.stripe_transaction_id, r.status, u.email, s.key, m.referral_code, NULL, \
                m.email, c.livemode, \
                (SELECT COUNT(*) FROM notifications n \
                 WHERE n.credit_id = c.id AND n.user_id = m.id) \
         FROM credits c JOIN referrals r ON r.id = c.referral_id \
         JOIN users u ON u.id = r.referred_id JOIN users m ON m.id = r.referrer_id \
         JOIN sites s ON s.id = r.site_id WHERE c.id > {}",
        baseline.credit_id
    );
    let platform = format!(
        "SELECT c.idempotency_key, c.state, c.failure_reason, c.amount_cents, \
                c.stripe_transaction_id, r.status, NULL, NULL, m.code, \
                p.checkout_session_id, m.email, c.livemode, \
                (SELECT COUNT(*) FROM notifications n WHERE n.credit_id = c.id) \
         FROM credits c JOIN platform_referrals r ON r.id = c.platform_referral_id \
         JOIN platform_purchases p ON p.id = r.purchase_id \
         JOIN platform_referrers m ON m.id = r.referrer_id WHERE c.id > {}",
        baseline.credit_id
    );
    let mut all = Vec::new();
    for sql in [tenant, platform] {
        let rows = connection.rows(&sql, |row| {
            Ok(Credit {
                key: row.try_get_by(0)?,
                state: row.try_get_by(1)?,
                reason: row.try_get_by(2)?,
                cents: row.try_get_by(3)?,
                transaction_id: row.try_get_by(4)?,
                status: row.try_get_by(5)?,
                email: row.try_get_by(6)?,
                site: row.try_get_by(7)?,
                code: row.try_get_by(8)?,
                session: row.try_get_by(9)?,
                referrer: row.try_get_by(10)?,
                live: row.try_get_by(11)?,
                notifications: row.try_get_by(12)?,
            })
        });
        all.extend(rows.await?);
    }
    Ok(all)
}

/// Checkout sessions with a paid purchase.
pub async fn paid_sessions(connection: &Connection) -> anyhow::Result<HashSet<String>> {
    let sql = "SELECT checkout_session_id FROM purchases \
               WHERE state = 'paid' AND checkout_session_id IS NOT NULL \
               UNION ALL SELECT checkout_session_id FROM platform_purchases WHERE state = 'paid'";
    let sessions = connection.rows(sql, |row| row.try_get_by(0)).await?;
    Ok(sessions.into_iter().collect())
}
