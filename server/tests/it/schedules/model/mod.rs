//! A model of what both programs promise, in the guide's words. It shares no code with the rules,
//! knows nothing of jobs, keys or faults, and says how everything ends once nothing is under way
//! any more. Tests compare the product with it.

mod event;
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    credit::Program,
    referral::{FailureReason, ReferralStatus},
};

pub use event::{Event, Payment, Sale};

/// What is promised about one referral.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Promise {
    /// The member or platform referrer who referred.
    pub referrer: i64,
    /// One of the guide's three statuses.
    pub status: ReferralStatus,
    /// Why the referral is Failed.
    pub reason: Option<FailureReason>,
    /// The credit, in cents, whether it was issued or failed; `None` while none was earned.
    pub cents: Option<i64>,
}

/// How a program is set up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Setup {
    /// What one referral earns, in cents.
    cents: i64,
    connected: bool,
}

/// The current state of both programs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Model {
    tenant: Setup,
    platform: Setup,
    /// By friend: "One credit per referred user".
    friends: BTreeMap<i64, Promise>,
    /// By purchase: "One credit per platform purchase".
    subscriptions: BTreeMap<i64, Promise>,
    /// The purchases that were paid.
    paid: BTreeMap<i64, Sale>,
    processed: BTreeSet<i64>,
}

impl Model {
    /// A model without members; Stripe is connected, and one referral earns this many cents.
    pub fn new(tenant_cents: i64, platform_cents: i64) -> Self {
        let setup = |cents| Setup {
            cents,
            connected: true,
        };
        Self {
            tenant: setup(tenant_cents),
            platform: setup(platform_cents),
            friends: BTreeMap::new(),
            subscriptions: BTreeMap::new(),
            paid: BTreeMap::new(),
            processed: BTreeSet::new(),
        }
    }

    /// Applies an event.
    pub fn happen(&mut self, event: Event) {
        match event {
            Event::AmountSet { program, cents } => self.setup(program).cents = cents,
            Event::StripeSet { program, connected } => {
                self.setup(program).connected = connected;
                self.go_on(program);
            }
            Event::Registered {
                member,
                through,
                same_person,
            } => {
                // "Self-referral is blocked (can't use your own code)".
                if let Some(referrer) = through.filter(|_| !same_person) {
                    let pending = Promise::pending(referrer);
                    self.friends.entry(member).or_insert(pending);
                }
            }
            Event::ApiResponse {
                purchase,
                sale,
                payment,
            } => {
                if payment == Payment::Arrived && sale.cents() > 0 {
                    self.pay(purchase, sale);
                }
            }
            Event::Processed { purchase } => self.process(purchase),
            Event::Retried { program } => self.go_on(program),
        }
    }

    fn setup(&mut self, program: Program) -> &mut Setup {
        match program {
            Program::Tenant => &mut self.tenant,
            Program::Platform => &mut self.platform,
        }
    }

    /// Counts a purchase, once; a subscription through a platform referrer's link becomes a
    /// referral.
    fn pay(&mut self, purchase: i64, sale: Sale) {
        if self.paid.contains_key(&purchase) {
            return;
        }
        if let Sale::Subscription {
            platform_referrer: Some(platform_referrer),
            own,
            ..
        } = sale
        {
            let mut promise = Promise::pending(platform_referrer);
            if own {
                promise.status = ReferralStatus::Failed;
                promise.reason = Some(FailureReason::SelfReferral);
            }
            self.subscriptions.insert(purchase, promise);
        }
        self.paid.insert(purchase, sale);
    }

    /// "The credit amount is read at the time of purchase processing."
    fn process(&mut self, purchase: i64) {
        let Some(sale) = self.paid.get(&purchase) else {
            return;
        };
        if !self.processed.insert(purchase) {
            return;
        }
        let (setup, promise) = match sale {
            Sale::Product { buyer, .. } => (self.tenant, self.friends.get_mut(buyer)),
            Sale::Subscription { .. } => (self.platform, self.subscriptions.get_mut(&purchase)),
        };
        let Some(promise) = promise.filter(|promise| promise.status == ReferralStatus::Pending)
        else {
            return;
        };
        // The program is off: "pending referrals won't earn credits", and this purchase never will.
        if setup.cents <= 0 {
            return;
        }
        promise.cents = Some(setup.cents);
        if setup.connected {
            promise.status = ReferralStatus::Credited;
        } else {
            promise.status = ReferralStatus::Failed;
            promise.reason = Some(FailureReason::StripeNotConnected);
        }
    }

    /// Once Stripe is connected, or an admin retries it, a credit that failed without Stripe is
    /// issued, with the amount that it was earned with.
    fn go_on(&mut self, program: Program) {
        if !self.setup(program).connected {
            return;
        }
        let promises = match program {
            Program::Tenant => &mut self.friends,
            Program::Platform => &mut self.subscriptions,
        };
        for promise in promises.values_mut() {
            if promise.reason == Some(FailureReason::StripeNotConnected) {
                promise.status = ReferralStatus::Credited;
                promise.reason = None;
            }
        }
    }

    /// Whether Stripe can be asked for this program.
    pub fn is_connected(&self, program: Program) -> bool {
        match program {
            Program::Tenant => self.tenant.connected,
            Program::Platform => self.platform.connected,
        }
    }

    /// Every referral of a program: by friend in the tenant program, by purchase in the platform
    /// program.
    pub fn referrals(&self, program: Program) -> &BTreeMap<i64, Promise> {
        match program {
            Program::Tenant => &self.friends,
            Program::Platform => &self.subscriptions,
        }
    }

    /// The credits that were issued to this member or platform referrer, in cents, the smallest
    /// first.
    pub fn credits(&self, program: Program, referrer: i64) -> Vec<i64> {
        let theirs = self.referrals(program).values().filter(|promise| {
            promise.referrer == referrer && promise.status == ReferralStatus::Credited
        });
        let mut credits: Vec<_> = theirs.filter_map(|promise| promise.cents).collect();
        credits.sort_unstable();
        credits
    }

    /// The sum of our credits on a referrer's Stripe balance, in cents, with Stripe's sign: below
    /// zero is in the customer's favor.
    pub fn balance(&self, program: Program, referrer: i64) -> i64 {
        -self.credits(program, referrer).iter().sum::<i64>()
    }

    /// The credits of which this member is notified once each, in cents, the smallest first.
    /// Platform referrers have no account here, so they get no notifications.
    pub fn notifications(&self, member: i64) -> Vec<i64> {
        self.credits(Program::Tenant, member)
    }
}

impl Promise {
    /// "Referred user registered but hasn't made a purchase yet."
    fn pending(referrer: i64) -> Self {
        Self {
            referrer,
            status: ReferralStatus::Pending,
            reason: None,
            cents: None,
        }
    }
}
