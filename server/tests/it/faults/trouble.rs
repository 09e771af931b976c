//! Everything that can go wrong at a call, and a macro that makes a test of each.

use std::time::Duration;

use stripe_stand_in::FaultKind;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use web::listen::listen;

use super::Call;
use crate::support::TestApp;

/// What goes wrong at a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The call fails in this way.
    Fault(FaultKind),
    /// The answer is lost, and the next attempt is so late that Stripe has forgotten the
    /// idempotency key.
    ForgottenKey,
    /// The answer is lost, and two customers have the same address.
    SharedAddress,
    /// The answer is lost, and the customer that we remember was deleted.
    DeletedCustomer,
    /// Every such call fails, until we give up.
    Outage,
}

/// Longer than Stripe remembers an idempotency key.
pub const A_DAY_AND_MORE: Duration = Duration::from_secs(25 * 60 * 60);
/// How many calls fail in an outage: more than any test makes.
pub const OUTAGE: u32 = 1_000;

impl Trouble {
    /// Lets the next such call fail; all of them in an outage.
    pub fn strike(self, app: &TestApp, call: Call) {
        let fault = match self {
            Self::Fault(kind) => call.fault(kind),
            Self::ForgottenKey | Self::SharedAddress | Self::DeletedCustomer => {
                call.fault(FaultKind::DropAfter)
            }
            Self::Outage => call.fault(FaultKind::BadGateway).times(OUTAGE),
        };
        app.stripe.fault(fault);
    }

    /// Releases the calls that hang at Stripe, after we have given up waiting, until Stripe has
    /// finished; then lets the time pass that this trouble needs.
    pub async fn pass(self, app: &TestApp) {
        app.stripe.release_hung();
        app.stripe.wait_until_requests_finish().await.unwrap();
        if self == Self::ForgottenKey {
            app.advance(A_DAY_AND_MORE);
        }
    }

    /// Does the same, and asserts that the trouble struck. The rest of an outage ends.
    pub async fn end(self, app: &TestApp) {
        self.pass(app).await;
        let unused = app.stripe.clear_faults();
        match self {
            Self::Outage => assert!((1..OUTAGE).contains(&unused), "{unused}"),
            _ => assert_eq!(unused, 0, "it struck"),
        }
    }

    /// Shortens the time that jobs wait for a call, if this trouble hangs; other troubles keep the
    /// product's own.
    pub fn shorten_patience(self, app: &mut TestApp) {
        if self.hangs() {
            app.shorten_patience();
        }
    }

    /// Does the same for the web server, which is started anew.
    pub async fn shorten_patience_of_the_web(self, app: &mut TestApp) {
        if self.hangs() {
            self.shorten_patience(app);
            let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
            app.address = listener.local_addr().unwrap();
            let web = listen(app.state.clone(), listener, CancellationToken::new());
            app.web = tokio::spawn(web);
        }
    }

    fn hangs(self) -> bool {
        matches!(self, Self::Fault(FaultKind::Hang | FaultKind::HangAfter))
    }
}

/// Makes a test on each database of every trouble at one call: `$run(app, $at, trouble)`.
macro_rules! each_trouble {
    ($run:path, $at:expr) => {
        $crate::faults::trouble::pairs! {
            $run, $at;
            fail_before => FailBefore,
            fail_after => FailAfter,
            drop_before => DropBefore,
            drop_after => DropAfter,
            too_many_requests => TooManyRequests,
            conflict => Conflict,
            sticky_500 => Sticky500,
            sticky_500_after => Sticky500After,
            bad_gateway => BadGateway,
            bad_gateway_after => BadGatewayAfter,
            hang => Hang,
            hang_after => HangAfter;
            forgotten_key => ForgottenKey,
            shared_address => SharedAddress,
            deleted_customer => DeletedCustomer,
            outage => Outage
        }
    };
}

/// Does the same for these faults and these other troubles.
macro_rules! pairs {
    (
        $run:path, $at:expr;
        $($fault:ident => $kind:ident),*;
        $($name:ident => $trouble:ident),*
    ) => {
        $(
            async fn $fault(app: $crate::support::TestApp) {
                let kind = stripe_stand_in::FaultKind::$kind;
                $run(app, $at, $crate::faults::Trouble::Fault(kind)).await;
            }
        )*
        $(
            async fn $name(app: $crate::support::TestApp) {
                $run(app, $at, $crate::faults::Trouble::$trouble).await;
            }
        )*
        $crate::support::on_both_databases!($($fault,)* $($name),*);
    };
}

pub(crate) use each_trouble;
pub(crate) use pairs;
