//! The steps of a schedule, and how a random schedule is drawn. A `u8` picks one of the things that
//! exist by then; if there is none, nothing happens.

use domain::{credit::Program, purchase::Plan};
use proptest::{collection::vec, option, prelude::*, sample::select};
use stripe_stand_in::FaultKind;

use crate::faults::Call;

/// How a friend comes, and how they buy.
#[derive(Clone, Copy, Debug)]
pub enum Way {
    Web,
    Api,
}

/// How a Checkout session continues, if it can.
#[derive(Clone, Copy, Debug)]
pub enum Turn {
    Paid,
    PaidSlowly,
    Arrived,
    Refused,
    Expired,
}

/// One step of a schedule.
#[derive(Clone, Debug)]
pub enum Step {
    /// A friend registers through a member's link, or that member registers again.
    Register {
        way: Way,
        through: Option<u8>,
        same_person: bool,
    },
    /// A friend begins a Checkout session.
    Buy {
        friend: u8,
        free: bool,
    },
    /// A friend pays at the counter.
    Sell {
        friend: u8,
    },
    /// Somebody begins a Checkout session for a subscription, through a platform referrer's link.
    Subscribe {
        host: &'static str,
        plan: Plan,
        platform_referrer: Option<u8>,
    },
    /// A Checkout session continues; with `own`, the subscriber is the platform referrer.
    Session {
        session: u8,
        turn: Turn,
        own: bool,
    },
    /// Stripe delivers an event, for the first time or again.
    Deliver {
        event: u8,
    },
    /// The next such call fails.
    Fault {
        call: Call,
        kind: FaultKind,
    },
    /// One of the jobs that are or were in the queue runs.
    Work {
        job: u8,
    },
    /// The process dies in a job, once Stripe has received the call; with `executed`, Stripe
    /// executes it.
    Crash {
        job: u8,
        call: Call,
        executed: bool,
    },
    /// The process dies before it enqueues its jobs.
    LoseJobs,
    Sweep,
    /// An admin retries every Failed referral.
    Retry {
        program: Program,
    },
    SetAmount {
        program: Program,
        cents: i64,
    },
    SetStripe {
        program: Program,
        connected: bool,
    },
    /// An admin rolls the secret key at Stripe and connects the new one: as a key of the same
    /// account, or `anew`.
    RollKey {
        program: Program,
        anew: bool,
    },
    Wait {
        seconds: u64,
    },
}

/// The calls that a job makes.
const CALLS: [Call; 5] = [
    Call::CustomerById,
    Call::CustomersByEmail,
    Call::CreateCustomer,
    Call::FindBalance,
    Call::PostBalance,
];

/// A schedule of 10 to 40 steps.
pub fn schedule() -> impl Strategy<Value = Vec<Step>> {
    vec(step(), 10..=40)
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        5 => register(),
        6 => (any::<u8>(), prop::bool::weighted(0.1))
            .prop_map(|(friend, free)| Step::Buy { friend, free }),
        1 => any::<u8>().prop_map(|friend| Step::Sell { friend }),
        4 => subscribe(),
        9 => session(),
        8 => any::<u8>().prop_map(|event| Step::Deliver { event }),
        5 => fault(),
        7 => any::<u8>().prop_map(|job| Step::Work { job }),
        3 => crash(),
        1 => Just(Step::LoseJobs),
        2 => Just(Step::Sweep),
        2 => program().prop_map(|program| Step::Retry { program }),
        2 => (program(), select(vec![0_i64, 1, 700, 2_500]))
            .prop_map(|(program, cents)| Step::SetAmount { program, cents }),
        2 => (program(), any::<bool>())
            .prop_map(|(program, connected)| Step::SetStripe { program, connected }),
        2 => (program(), any::<bool>())
            .prop_map(|(program, anew)| Step::RollKey { program, anew }),
        3 => select(vec![1_u64, 60, 600, 10_800, 90_000]).prop_map(|seconds| Step::Wait { seconds }),
    ]
}

fn program() -> impl Strategy<Value = Program> {
    select(vec![Program::Tenant, Program::Platform])
}

fn register() -> impl Strategy<Value = Step> {
    let way = select(vec![Way::Web, Way::Api]);
    let through = option::weighted(0.9, any::<u8>());
    (way, through, prop::bool::weighted(0.1)).prop_map(|(way, through, same_person)| {
        Step::Register {
            way,
            through,
            same_person,
        }
    })
}

fn subscribe() -> impl Strategy<Value = Step> {
    let host = select(vec!["pewpros.localhost", "coachpros.localhost"]);
    let plan = select(Plan::ALL.to_vec());
    let platform_referrer = option::weighted(0.9, any::<u8>());
    (host, plan, platform_referrer).prop_map(|(host, plan, platform_referrer)| Step::Subscribe {
        host,
        plan,
        platform_referrer,
    })
}

fn session() -> impl Strategy<Value = Step> {
    let turn = prop_oneof![
        5 => Just(Turn::Paid),
        2 => Just(Turn::PaidSlowly),
        2 => Just(Turn::Arrived),
        1 => Just(Turn::Refused),
        1 => Just(Turn::Expired),
    ];
    (any::<u8>(), turn, prop::bool::weighted(0.1)).prop_map(|(session, turn, own)| Step::Session {
        session,
        turn,
        own,
    })
}

/// The web waits for Stripe as long as people do, so no call that hangs is drawn for it.
fn fault() -> impl Strategy<Value = Step> {
    let of = |calls: &[Call], kinds: &[FaultKind]| {
        let call_and_kind = (select(calls.to_vec()), select(kinds.to_vec()));
        call_and_kind.prop_map(|(call, kind)| Step::Fault { call, kind })
    };
    prop_oneof![
        4 => of(&CALLS, &FaultKind::PASSING),
        1 => of(&[Call::CreateCheckout], &FaultKind::PASSING[..10]),
    ]
}

fn crash() -> impl Strategy<Value = Step> {
    (any::<u8>(), select(CALLS.to_vec()), any::<bool>()).prop_map(|(job, call, executed)| {
        Step::Crash {
            job,
            call,
            executed,
        }
    })
}
