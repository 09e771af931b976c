//! What every test starts from: the app, its database, browsers, phones and Stripe.

mod admins;
mod app;
pub mod authenticator;
mod backup;
mod browser;
mod clock;
pub mod contract;
mod data;
mod database;
mod explained;
mod given_up;
mod leftover;
mod money_back;
mod phone;
mod platform;
mod referral;
mod settled;
pub mod stripe;

pub use app::{TestApp, settings};
pub use browser::{Browser, Page};
pub use clock::{moment, never};
pub use data::{GOOD_FORM, PASSWORD, STRIPE_KEY, WEBHOOK_SECRET};
pub use database::Database;
pub use explained::Explained;
pub use given_up::given_up_after;
pub use phone::{ApiResponse, Phone};
pub use platform::{PLATFORM_KEY, PLATFORM_SECRET, Platform, subscription};
pub use referral::{CODE, Referred};
pub use stripe::{REFUSED, event, purchase_in, session, signature, v1};

/// Runs each of these `async fn name(app: TestApp)` on SQLite and on the PostgreSQL server at
/// `TEST_POSTGRES_URL`. Without a server the PostgreSQL tests fail, unless `SKIP_POSTGRES=1` leaves
/// them out.
macro_rules! on_both_databases {
    (with mail: $($test:ident),* $(,)?) => {
        $crate::support::on_both_databases!(@ on_sqlite_with_mail on_postgres_with_mail: $($test),*);
    };
    (@ $sqlite:ident $postgres:ident: $($test:ident),*) => {
        mod on_sqlite {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $test() {
                    super::$test($crate::support::TestApp::$sqlite().await).await;
                }
            )*
        }
        mod on_postgres {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $test() {
                    if let Some(app) = $crate::support::TestApp::$postgres().await {
                        super::$test(app).await;
                    }
                }
            )*
        }
    };
    ($($test:ident),* $(,)?) => {
        $crate::support::on_both_databases!(@ on_sqlite on_postgres: $($test),*);
    };
}

pub(crate) use on_both_databases;
