//! Stripe accounts, known by their owner, their `acct_…` and their mode: connecting, going live,
//! the customers of each, and credits that wait for a working key.

mod addresses;
mod attention;
mod balances;
mod customers;
mod endpoints;
mod health;
mod identity;
mod modes;
mod unmatched;

use domain::credit::Program;
use services::operator;

use crate::support::{PLATFORM_KEY, Platform, Referred, STRIPE_KEY, TestApp};

/// The live key of the account whose test key is [`STRIPE_KEY`].
const LIVE_KEY: &str = "sk_live_detroit";
/// The live key of the account of [`PLATFORM_KEY`].
const PLATFORM_LIVE_KEY: &str = "sk_live_platform";

/// Makes the installation one where money is real.
fn take_real_payments(app: &mut TestApp) {
    app.state.simulated_payments = false;
}

pub async fn disconnect(app: &TestApp, program: Program) {
    match program {
        Program::Tenant => operator::disconnect_stripe(&app.state, "detroit-arms").await,
        Program::Platform => operator::disconnect_platform_stripe(&app.state).await,
    }
    .unwrap();
}

/// A program with a referrer who is owed a credit once somebody else buys.
enum Stage {
    Tenant(Box<Referred>),
    Platform(Box<Platform>),
}

impl Stage {
    async fn of(app: &TestApp, program: Program) -> Self {
        match program {
            Program::Tenant => Self::Tenant(Box::new(app.referred().await)),
            Program::Platform => Self::Platform(Box::new(app.platform().await)),
        }
    }

    fn test_key(&self) -> &'static str {
        match self {
            Self::Tenant(_) => STRIPE_KEY,
            Self::Platform(_) => PLATFORM_KEY,
        }
    }

    fn live_key(&self) -> &'static str {
        match self {
            Self::Tenant(_) => LIVE_KEY,
            Self::Platform(_) => PLATFORM_LIVE_KEY,
        }
    }
}
