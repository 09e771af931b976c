//! The minimum cost of a registration: hashing the password with the defaults of argon2id.

use std::sync::Arc;

use argon2::{Argon2, PasswordHasher, password_hash::SaltString};
use axum::{Router, http::StatusCode, routing::post};
use tokio::{sync::Semaphore, task::spawn_blocking};

pub fn router() -> Router {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let slots = Arc::new(Semaphore::new(cores));
    let handler = move || {
        let slots = slots.clone();
        async move {
            let slot = slots.acquire_owned().await;
            let hash = spawn_blocking(move || {
                let hash = hash();
                drop(slot);
                hash
            });
            match hash.await {
                Ok(Some(hash)) => (StatusCode::CREATED, hash),
                _ => (StatusCode::INTERNAL_SERVER_ERROR, String::new()),
            }
        }
    };
    Router::new().route("/api/v1/auth/register", post(handler))
}

fn hash() -> Option<String> {
    let salt = SaltString::encode_b64(b"sixteen bytes...").ok()?;
    let hash = Argon2::default().hash_password(b"violet harbor lantern 41", &salt);
    Some(hash.ok()?.to_string())
}
