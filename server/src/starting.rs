//! Starting while the database restarts: what is asked before the first request is asked again on another
//! connection.

use store::was_cut;

/// As often as a pool may hold connections that are gone.
const TRIES: u32 = 5;

/// Does `work`, which may be repeated, again if the connection to the database was cut meanwhile.
///
/// # Errors
/// The last one.
pub async fn again_if_cut<T>(work: impl AsyncFn() -> anyhow::Result<T>) -> anyhow::Result<T> {
    let mut tries = 1;
    loop {
        match work().await {
            Err(error) if tries < TRIES && was_cut(&error) => {
                tracing::info!("{error:#}; asking again on another connection");
                tries += 1;
            }
            done => return done,
        }
    }
}
