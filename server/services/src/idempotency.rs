//! Repeatable API calls: the first call with an idempotency key does the work, and repeated calls
//! get its answer (the draft "The Idempotency-Key HTTP Header Field" of the IETF's HTTPAPI group).

use anyhow::Context;
use serde::{Deserialize, Serialize};
use store::{Timestamp, entities::idempotency_key, idempotency_keys};
use time::Duration;

use crate::Engine;

/// How long an answer is kept: as long as Stripe keeps its own.
const KEPT: Duration = Duration::hours(24);
/// How long a claim lasts: longer than both requests to Stripe together. After that a repeated call
/// may take over the work.
const CLAIM: Duration = Duration::minutes(1);

/// What identifies a call.
pub struct Call<'a> {
    /// The idempotency key, with the caller and the address of the call.
    pub key: &'a [u8],
    /// What was sent, normalized: the same bytes for the same meaning.
    pub content: &'a [u8],
}

/// A stored answer, which repeated calls get.
#[derive(Serialize, Deserialize)]
pub struct Kept {
    /// The HTTP status.
    pub status: u16,
    /// Header names and values.
    pub headers: Vec<(String, String)>,
    pub body: String,
}

pub struct Claim {
    key_hash: String,
    until: Timestamp,
    /// When an earlier call began the work without finishing it. How far that call came is unknown.
    pub begun_before: Option<Timestamp>,
}

/// What the caller must do.
pub enum Standing {
    /// Do the work: the call is claimed.
    Ours(Claim),
    /// The work was done: return this answer.
    Done(Kept),
    /// Another call is doing the work.
    UnderWay,
    /// The key was used for a call with other content.
    Reused,
}

/// Claims the call, unless it was done or another call holds the claim.
///
/// # Errors
/// If the database fails, or the stored answer cannot be opened.
pub async fn claim(engine: &Engine, call: &Call<'_>) -> anyhow::Result<Standing> {
    let (db, now) = (engine.db.writer(), engine.now());
    let new = idempotency_key::Model {
        key_hash: engine.sealer.fingerprint("idempotency key", call.key),
        fingerprint: engine.sealer.fingerprint("idempotent call", call.content),
        sealed_answer: None,
        created_at: now,
        claimed_until: now + CLAIM,
        expires_at: now + KEPT,
    };
    let ours = |begun_before| {
        Standing::Ours(Claim {
            key_hash: new.key_hash.clone(),
            until: new.claimed_until,
            begun_before,
        })
    };
    if idempotency_keys::insert(db, &new).await? {
        return Ok(ours(None));
    }
    let known = idempotency_keys::find(db, &new.key_hash).await?;
    let Some(known) = known.filter(|known| known.expires_at > now) else {
        // The key has expired or was just released: the first call that inserts it gets the claim.
        idempotency_keys::sweep(db, Some(&new.key_hash), now).await?;
        return Ok(match idempotency_keys::insert(db, &new).await? {
            true => ours(None),
            false => Standing::UnderWay,
        });
    };
    if known.fingerprint != new.fingerprint {
        return Ok(Standing::Reused);
    }
    if let Some(sealed) = &known.sealed_answer {
        let answer = engine.sealer.open(&known.key_hash, sealed)?;
        let kept = serde_json::from_str(&answer).context("a kept answer")?;
        return Ok(Standing::Done(kept));
    }
    let left = known.claimed_until <= now;
    if left && idempotency_keys::claim_again(db, &known, new.claimed_until).await? {
        return Ok(ours(Some(known.created_at)));
    }
    Ok(Standing::UnderWay)
}

/// Stores the answer when the work is done.
pub async fn keep(engine: &Engine, claim: &Claim, answer: &Kept) -> anyhow::Result<()> {
    let answer = serde_json::to_string(answer)?;
    let sealed = engine.sealer.seal(&claim.key_hash, &answer)?;
    let db = engine.db.writer();
    Ok(idempotency_keys::answer(db, &claim.key_hash, claim.until, sealed).await?)
}

/// Ends the claim after an internal error. How far the work came is unknown, and a repeated call
/// takes it over.
pub async fn leave(engine: &Engine, claim: &Claim) -> anyhow::Result<()> {
    let (db, now) = (engine.db.writer(), engine.now());
    Ok(idempotency_keys::leave(db, &claim.key_hash, claim.until, now).await?)
}

/// Deletes the key when nothing was done, so that it can be used again, even with other content.
pub async fn release(engine: &Engine, claim: &Claim) -> anyhow::Result<()> {
    Ok(idempotency_keys::release(engine.db.writer(), &claim.key_hash, claim.until).await?)
}
