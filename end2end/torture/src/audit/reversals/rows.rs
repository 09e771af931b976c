//! Who got money back, or whose membership ended, read with plain SQL.

use std::collections::HashMap;

use super::{
    Buyer, EndedInHold, Entry, Purchase, RefundedFriend,
    hold::{self, Membership},
};
use crate::{
    activity_log::ActivityLog, audit::subscriptions::AtStripe, database::Connection, demo::HOLDS,
};

/// `{hold}` stands for the site with a hold, whose memberships are all read: Stripe says which of them ended.
/// Elsewhere the end of a membership changes nothing.
const FRIENDS: &str = "\
    SELECT s.key, u.email, p.id, p.checkout_session_id, COALESCE(p.paid_cents, 0), p.refunded_cents, \
           p.dispute, r.purchase_id, COALESCE(r.taken_back_cents, 0), r.shortfall_cents, \
           p.subscription_id, p.paid_at, \
           (SELECT COUNT(*) FROM refunds f WHERE f.purchase_id = p.id) \
           + (SELECT COUNT(*) FROM disputes d WHERE d.purchase_id = p.id) \
    FROM purchases p JOIN users u ON u.id = p.buyer_id JOIN sites s ON s.id = p.site_id \
    LEFT JOIN referrals r ON r.referred_id = u.id \
    WHERE u.email LIKE 'friend-%' AND p.state = 'paid' AND NOT p.in_person \
    AND EXISTS (SELECT 1 FROM purchases q WHERE q.buyer_id = u.id AND \
        ((q.subscription_id IS NOT NULL AND s.key = '{hold}') \
         OR EXISTS (SELECT 1 FROM refunds f WHERE f.purchase_id = q.id) \
         OR EXISTS (SELECT 1 FROM disputes d WHERE d.purchase_id = q.id))) \
    ORDER BY p.id";

/// The platform has no hold in the test.
const SUBSCRIBERS: &str = "\
    SELECT p.checkout_session_id, p.id, COALESCE(p.paid_cents, 0), p.refunded_cents, p.dispute, \
           r.purchase_id, COALESCE(r.taken_back_cents, 0), r.shortfall_cents \
    FROM platform_purchases p LEFT JOIN platform_referrals r ON r.purchase_id = p.id \
    WHERE p.customer_email LIKE 'club-%' AND p.state = 'paid' \
    AND (EXISTS (SELECT 1 FROM refunds f WHERE f.platform_purchase_id = p.id) \
         OR EXISTS (SELECT 1 FROM disputes d WHERE d.platform_purchase_id = p.id)) \
    ORDER BY p.id";

const ENTRIES: &str = "\
    WITH RECURSIVE steps(id, referral_id, platform_referral_id) AS ( \
        SELECT c.id, c.referral_id, c.platform_referral_id FROM credits c WHERE c.kind = 'earned' \
        AND (c.referral_id IS NOT NULL OR c.platform_referral_id IS NOT NULL) \
        UNION ALL \
        SELECT c.id, steps.referral_id, steps.platform_referral_id \
        FROM credits c JOIN steps ON c.undoes = steps.id \
        WHERE c.kind IN ('reversed', 'restored')) \
    SELECT s.key, u.email, p.checkout_session_id, c.idempotency_key, c.state, c.amount_cents \
    FROM steps JOIN credits c ON c.id = steps.id \
    LEFT JOIN referrals r ON r.id = steps.referral_id \
    LEFT JOIN users u ON u.id = r.referred_id LEFT JOIN sites s ON s.id = r.site_id \
    LEFT JOIN platform_referrals o ON o.id = steps.platform_referral_id \
    LEFT JOIN platform_purchases p ON p.id = o.purchase_id \
    WHERE (u.email LIKE 'friend-%' OR p.customer_email LIKE 'club-%') AND c.kind <> 'earned' \
    ORDER BY c.id";

/// The friends and the subscribers in the database.
pub async fn friends(
    connection: &Connection,
    log: &ActivityLog,
    at_stripe: &HashMap<String, AtStripe>,
) -> anyhow::Result<Vec<RefundedFriend>> {
    let mut friends = of_tenants(connection, log, at_stripe).await?;
    friends.extend(of_platform(connection).await?);
    let read = |row: &sea_orm::QueryResult| {
        let entry = Entry {
            key: row.try_get_by(3)?,
            state: row.try_get_by(4)?,
            cents: row.try_get_by(5)?,
        };
        let names: (Option<String>, Option<String>) = (row.try_get_by(0)?, row.try_get_by(1)?);
        let buyer = match names {
            (Some(site), Some(email)) => Buyer::Friend { site, email },
            _ => Buyer::Subscriber {
                session: row.try_get_by(2)?,
            },
        };
        Ok((buyer, entry))
    };
    for (buyer, entry) in connection.rows(ENTRIES, read).await? {
        let friend = friends.iter_mut().find(|one| one.buyer == buyer);
        friend
            .into_iter()
            .for_each(|one| one.entries.push(entry.clone()));
    }
    Ok(friends)
}

async fn of_tenants(
    connection: &Connection,
    log: &ActivityLog,
    at_stripe: &HashMap<String, AtStripe>,
) -> anyhow::Result<Vec<RefundedFriend>> {
    let read = |row: &sea_orm::QueryResult| {
        let (site, email): (String, String) = (row.try_get_by(0)?, row.try_get_by(1)?);
        let subscription: Option<String> = row.try_get_by(10)?;
        let paid_at: Option<i64> = row.try_get_by(11)?;
        let back: i64 = row.try_get_by(12)?;
        let subscription = subscription.as_deref().filter(|_| site == HOLDS);
        let at_stripe = subscription.and_then(|id| Some((id, at_stripe.get(id)?)));
        let membership = at_stripe
            .zip(paid_at)
            .map(|((id, at_stripe), paid_at)| Membership {
                id,
                email: &email,
                paid_at: paid_at.div_euclid(1_000),
                at_stripe,
            });
        let ended = membership.map_or(EndedInHold::No, |one| hold::ended(one, log));
        let has_ended = membership.is_some_and(|one| one.at_stripe.standing.ended_at.is_some());
        let friend = RefundedFriend {
            purchases: vec![Purchase {
                id: row.try_get_by(2)?,
                session: row.try_get_by(3)?,
                paid: row.try_get_by(4)?,
                refunded: row.try_get_by(5)?,
                dispute: row.try_get_by(6)?,
                ended,
            }],
            earned_by: row.try_get_by(7)?,
            taken_back: row.try_get_by(8)?,
            shortfall: row.try_get_by::<Option<i64>, _>(9)?.unwrap_or_default(),
            entries: Vec::new(),
            buyer: Buyer::Friend { site, email },
        };
        Ok((friend, has_ended || back > 0))
    };
    // Each with whether anything became of one of the purchases.
    let mut friends: Vec<(RefundedFriend, bool)> = Vec::new();
    let sql = FRIENDS.replace("{hold}", HOLDS);
    for (row, is_touched) in connection.rows(&sql, read).await? {
        let known = friends.iter_mut().find(|(one, _)| one.buyer == row.buyer);
        match known {
            Some((friend, touched)) => {
                friend.purchases.extend(row.purchases);
                *touched |= is_touched;
            }
            None => friends.push((row, is_touched)),
        }
    }
    let touched = friends.into_iter().filter(|(_, is_touched)| *is_touched);
    Ok(touched.map(|(friend, _)| friend).collect())
}

async fn of_platform(connection: &Connection) -> anyhow::Result<Vec<RefundedFriend>> {
    let read = |row: &sea_orm::QueryResult| {
        let session: String = row.try_get_by(0)?;
        Ok(RefundedFriend {
            buyer: Buyer::Subscriber {
                session: session.clone(),
            },
            purchases: vec![Purchase {
                id: row.try_get_by(1)?,
                session: Some(session),
                paid: row.try_get_by(2)?,
                refunded: row.try_get_by(3)?,
                dispute: row.try_get_by(4)?,
                ended: EndedInHold::No,
            }],
            earned_by: row.try_get_by(5)?,
            taken_back: row.try_get_by(6)?,
            shortfall: row.try_get_by::<Option<i64>, _>(7)?.unwrap_or_default(),
            entries: Vec::new(),
        })
    };
    connection.rows(SUBSCRIBERS, read).await
}
