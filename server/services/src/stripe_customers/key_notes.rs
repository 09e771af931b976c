//! Notes whether an account's secret key works, and whether it may write coupons, as the calls to Stripe
//! show it.

use domain::credit::StripeError;
use sea_orm::DbErr;
use store::{
    Scope, checkout_sessions, credits,
    stripe_accounts::{self, note_coupons, note_key},
};
use stripe_gateway::Ping;
use time::Duration;

use super::Connection;
use crate::Engine;

/// A key that was rejected just now may do one thing and not another: what waits for it is not woken by
/// each call that it may make.
const WORKS_AGAIN_AFTER: Duration = Duration::minutes(5);

impl Connection {
    /// Notes what a call says about the key, if that is news. Once a key works that was rejected, what
    /// waits for it is tried at once. A note that cannot be written is logged only: the next call says
    /// the same.
    pub async fn note_key<T>(&self, engine: &Engine, called: Result<&T, &StripeError>) {
        let notes = self.account.notes;
        let is_rejected = notes.key_rejected_at > notes.key_worked_at;
        let worked = match called {
            Ok(_) if is_rejected || notes.key_worked_at.is_none() => true,
            Err(StripeError::SecretKeyRejected) if !is_rejected => false,
            _ => return,
        };
        let (id, version) = (self.account.id, self.account.version);
        let noted = note_key(engine.db.writer(), id, version, worked, engine.now()).await;
        let now = engine.now();
        let rejected_before = notes.key_rejected_at;
        let long_ago = rejected_before.is_some_and(|at| now - at >= WORKS_AGAIN_AFTER);
        let noted = match noted {
            Ok(()) if worked && is_rejected && long_ago => self.wake(engine).await,
            noted => noted,
        };
        if let Err(error) = noted {
            tracing::warn!(account = id.get(), %error, "what is known of a key was not noted");
        }
    }

    /// Notes what Stripe answered to a coupon.
    pub async fn note_coupon(&self, engine: &Engine, created: Result<&(), &StripeError>) {
        match created {
            Ok(()) => self.note_coupons(engine, false).await,
            // Whether the key is worth nothing any more, another call says.
            Err(StripeError::SecretKeyRejected) => match self.gateway.ping().await {
                Ok(Ping::Answered) => self.note_coupons(engine, true).await,
                Ok(Ping::WrongKey | Ping::NotAllowed) => {
                    let rejected = StripeError::SecretKeyRejected;
                    self.note_key::<()>(engine, Err(&rejected)).await;
                }
                Err(_) => {}
            },
            Err(_) => {}
        }
    }

    async fn note_coupons(&self, engine: &Engine, refused: bool) {
        if refused == self.account.notes.coupons_refused_at.is_some() {
            return;
        }
        let (id, version) = (self.account.id, self.account.version);
        let refused_at = refused.then(|| engine.now());
        let noted = note_coupons(engine.db.writer(), id, version, refused_at).await;
        if let Err(error) = noted {
            tracing::warn!(account = id.get(), %error, "what a key may do was not noted");
        }
    }

    async fn wake(&self, engine: &Engine) -> Result<(), DbErr> {
        let (db, now) = (engine.db.writer(), engine.now());
        let row = stripe_accounts::row(db, self.account.id).await?;
        let site_id = row.and_then(|row| row.site_id);
        let scope = match (self.account.platform, site_id) {
            (true, _) => Scope::Platform,
            (false, Some(site_id)) => Scope::Site(site_id),
            (false, None) => return Ok(()),
        };
        checkout_sessions::wake(db, scope, now).await?;
        credits::wake(db, scope, now).await
    }
}
