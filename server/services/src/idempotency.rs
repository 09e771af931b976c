//! Calls that may be repeated: the first with a key does the work, the others get its answer
//! (the draft "The Idempotency-Key HTTP Header Field" of the IETF's HTTPAPI group).

use anyhow::Context;
use serde::{Deserialize, Serialize};
use store::Timestamp;
use store::{entities::idempotency_key, idempotency_keys};
use time::Duration;

use crate::Engine;

/// How long an answer is kept: as long as Stripe keeps its own.
const KEPT: Duration = Duration::hours(24);
/// How long a call may take before another may take it up: longer than both of its
/// questions to Stripe together.
const CLAIM: Duration = Duration::minutes(1);

/// A call as its key knows it.
pub struct Call<'a> {
    /// What names it: the key, whose it is, and where it was sent.
    pub key: &'a [u8],
    /// What was sent, the same bytes for the same meaning.
    pub content: &'a [u8],
}

/// An answer, to be given again.
#[derive(Serialize, Deserialize)]
pub struct Kept {
    /// HTTP status.
    pub status: u16,
    /// Names and values.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
}

/// The right to do the work of a call.
pub struct Claim {
    key_hash: String,
    until: Timestamp,
    /// The work was begun before at this moment, and nobody knows how far it came.
    pub begun_before: Option<Timestamp>,
}

/// What is to be done about a call.
pub enum Standing {
    /// It is the caller's to do.
    Ours(Claim),
    /// It was done.
    Done(Kept),
    /// Somebody is at it.
    UnderWay,
    /// The key belongs to a call with another content.
    Reused,
}

/// Claims the call, if it is not done and nobody is at it.
///
/// # Errors
/// If the database fails, or an answer cannot be opened.
pub async fn claim(state: &Engine, call: &Call<'_>) -> anyhow::Result<Standing> {
    let (db, now) = (state.db.writer(), state.now());
    let new = idempotency_key::Model {
        key_hash: state.sealer.fingerprint("idempotency key", call.key),
        fingerprint: state.sealer.fingerprint("idempotent call", call.content),
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
        // Expired, or released just now: free for whoever takes it first.
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
        let answer = state.sealer.open(&known.key_hash, sealed)?;
        let kept = serde_json::from_str(&answer).context("a kept answer")?;
        return Ok(Standing::Done(kept));
    }
    let left = known.claimed_until <= now;
    if left && idempotency_keys::claim_again(db, &known, new.claimed_until).await? {
        return Ok(ours(Some(known.created_at)));
    }
    Ok(Standing::UnderWay)
}

/// The work is done: keeps its answer.
///
/// # Errors
/// If the database fails.
pub async fn keep(state: &Engine, claim: &Claim, answer: &Kept) -> anyhow::Result<()> {
    let answer = serde_json::to_string(answer)?;
    let sealed = state.sealer.seal(&claim.key_hash, &answer)?;
    let db = state.db.writer();
    Ok(idempotency_keys::answer(db, &claim.key_hash, claim.until, sealed).await?)
}

/// Something broke, and nobody knows how far it came: whoever repeats the call takes it up.
///
/// # Errors
/// If the database fails.
pub async fn leave(state: &Engine, claim: &Claim) -> anyhow::Result<()> {
    let (db, now) = (state.db.writer(), state.now());
    Ok(idempotency_keys::leave(db, &claim.key_hash, claim.until, now).await?)
}

/// Nothing was done: the key may be used again, with another content too.
///
/// # Errors
/// If the database fails.
pub async fn release(state: &Engine, claim: &Claim) -> anyhow::Result<()> {
    Ok(idempotency_keys::release(state.db.writer(), &claim.key_hash, claim.until).await?)
}
