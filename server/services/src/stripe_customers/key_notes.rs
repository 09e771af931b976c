//! Notes whether an account's secret key works, as the calls to Stripe show it.

use domain::credit::StripeError;
use store::stripe_accounts::note_key;

use super::Connection;
use crate::Engine;

impl Connection {
    /// Notes what a call says about the key, if that is news. A note that cannot be written is
    /// logged only: the next call says the same.
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
        if let Err(error) = noted {
            tracing::warn!(account = id.get(), %error, "what is known of a key was not noted");
        }
    }
}
