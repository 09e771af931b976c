//! Random schedules: members and platform referrers refer, friends buy, Stripe fails and delivers
//! late, twice and out of order, jobs crash and get lost, and admins change settings. When
//! everything has come to rest, ledger, referrals, notifications and Stripe's balances are as the
//! model promises.
//!
//! `SCHEDULES=500` runs that many.

mod agreement;
mod model;
mod people;
mod product;
mod step;
mod stripe;
mod world;

use std::env;

use domain::credit::Program;
use proptest::test_runner::{Config, TestRunner};
use tokio::runtime::Builder;

use self::{
    step::{Step, Turn, Way},
    world::World,
};
use crate::support::TestApp;

/// How many schedules run on SQLite by default; a quarter of that run on PostgreSQL.
const SCHEDULES: u32 = 12;
/// How long a failing schedule may be shortened, in milliseconds.
const SHORTENING_MS: u32 = 60_000;

#[test]
fn on_sqlite() {
    run(schedules(), async || Some(TestApp::on_sqlite().await));
}

#[test]
fn on_postgres() {
    run(schedules().div_ceil(4), TestApp::on_postgres);
}

/// A schedule that random ones found: whoever buys again has Stripe asked about the first page, which is paid.
#[test]
fn a_payment_that_was_asked_for_counts_with_the_amount_of_its_processing() {
    let (friend, free, event) = (0, false, 0);
    let amount = |cents| Step::SetAmount {
        program: Program::Tenant,
        cents,
    };
    let mut steps = vec![
        Step::Register {
            way: Way::Web,
            through: Some(0),
            same_person: false,
        },
        Step::Buy { friend, free },
        Step::Session {
            session: 0,
            turn: Turn::Paid,
            own: false,
        },
        Step::Buy { friend, free },
    ];
    steps.extend((0..8).map(|job| Step::Work { job }));
    steps.extend([amount(700), Step::Deliver { event }]);
    in_a_runtime(async {
        let mut world = World::open(TestApp::on_sqlite().await).await;
        for step in &steps {
            world.step(step).await;
        }
        world.come_to_rest().await;
        world.assert_agreement().await;
        let credits = world.app.credits().await;
        assert_eq!(credits[0].amount_cents, -1_000, "that of its processing");
    });
}

/// A schedule that random ones found.
#[test]
fn a_credit_that_failed_without_stripe_goes_on_once_it_is_connected() {
    let connected = |connected| Step::SetStripe {
        program: Program::Tenant,
        connected,
    };
    let steps = [
        Step::Register {
            way: Way::Web,
            through: Some(0),
            same_person: false,
        },
        Step::Sell { friend: 0 },
        connected(false),
        Step::Work { job: 1 },
        connected(true),
    ];
    in_a_runtime(async {
        let mut world = World::open(TestApp::on_sqlite().await).await;
        for step in &steps {
            world.step(step).await;
        }
        let failed = world.app.credits().await;
        assert_eq!(failed.len(), 1, "it was decided without Stripe");
        world.come_to_rest().await;
        world.assert_agreement().await;
    });
}

fn in_a_runtime(work: impl Future<Output = ()>) {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(work);
}

fn schedules() -> u32 {
    env::var("SCHEDULES").map_or(SCHEDULES, |number| number.parse().unwrap())
}

/// Runs random schedules, each on an installation of its own. A failure reports the shortest
/// failing schedule that was found.
fn run(cases: u32, spawn: impl AsyncFn() -> Option<TestApp>) {
    let config = Config {
        cases,
        failure_persistence: None,
        max_shrink_time: SHORTENING_MS,
        ..Config::default()
    };
    let played = TestRunner::new(config).run(&step::schedule(), |steps| {
        in_a_runtime(async {
            if let Some(app) = spawn().await {
                play(app, &steps).await;
            }
        });
        Ok(())
    });
    if let Err(failed) = played {
        panic!("{failed}");
    }
}

async fn play(app: TestApp, steps: &[Step]) {
    let mut world = World::open(app).await;
    for step in steps {
        world.step(step).await;
    }
    world.come_to_rest().await;
    world.assert_agreement().await;
}
