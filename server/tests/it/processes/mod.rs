//! Real processes of the real program: killed at any step, stopped by SIGTERM, several on one
//! database, ten that migrate at once, and some that find a copied database.

/// Runs each of these `async fn name(app: TestApp)` on the PostgreSQL server at
/// `TEST_POSTGRES_URL`.
macro_rules! on_postgres {
    ($($test:ident),* $(,)?) => {
        mod on_postgres {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $test() {
                    if let Some(app) = $crate::support::TestApp::on_postgres().await {
                        super::$test(app).await;
                    }
                }
            )*
        }
    };
}

mod call;
mod checkout;
mod closing;
mod credit;
mod full_disk;
mod gate;
mod location;
mod many;
mod migrating;
mod platform_checkout;
mod program;
mod registration;
mod retry;
mod scene;
mod settings;
mod spending;
mod stopping;
mod stripe;
mod webhook;

pub use scene::until;
