//! What both programs promise, in the guide's words: a second opinion. It shares no code with the
//! rules, knows nothing of jobs, keys or faults, and says how everything ends once nothing is under
//! way any more. Tests hold the product against it.

mod event;
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    credit::Program,
    referral::{FailureReason, ReferralStatus},
};

pub use event::{Event, Payment, Sale};

/// What is promised of one referral.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Promise {
    /// The member or partner who referred.
    pub referrer: i64,
    /// One of the guide's three words.
    pub status: ReferralStatus,
    /// Why it is Failed.
    pub reason: Option<FailureReason>,
    /// The credit, in cents, whether Stripe has it or it failed; `None` while none was earned.
    pub cents: Option<i64>,
}

/// How a program is set up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Setup {
    /// What one referral earns.
    cents: i64,
    connected: bool,
}

/// Both programs, as they stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Model {
    tenant: Setup,
    platform: Setup,
    /// By the friend: "One credit per referred user".
    friends: BTreeMap<i64, Promise>,
    /// By the purchase: "One credit per platform purchase".
    subscriptions: BTreeMap<i64, Promise>,
    /// Purchases that count.
    paid: BTreeMap<i64, Sale>,
    processed: BTreeSet<i64>,
}

impl Model {
    /// Nobody is there yet; Stripe is connected, and one referral earns these cents.
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

    /// Lets something happen.
    pub fn happen(&mut self, event: Event) {
        match event {
            Event::AmountSet { program, cents } => self.setup(program).cents = cents,
            Event::StripeSet { program, connected } => self.setup(program).connected = connected,
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
            Event::Told {
                purchase,
                sale,
                payment,
            } => {
                if payment == Payment::Arrived && sale.cents() > 0 {
                    self.pay(purchase, sale);
                }
            }
            Event::Processed { purchase } => self.process(purchase),
            Event::Retried { program } => self.retry(program),
        }
    }

    fn setup(&mut self, program: Program) -> &mut Setup {
        match program {
            Program::Tenant => &mut self.tenant,
            Program::Platform => &mut self.platform,
        }
    }

    /// A purchase counts, once; a subscription that a partner brought is a referral from now on.
    fn pay(&mut self, purchase: i64, sale: Sale) {
        if self.paid.contains_key(&purchase) {
            return;
        }
        if let Sale::Subscription {
            partner: Some(partner),
            own,
            ..
        } = sale
        {
            let mut promise = Promise::pending(partner);
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
        // Off: "pending referrals won't earn credits", and this purchase never will.
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

    /// A credit keeps the amount that it was earned with.
    fn retry(&mut self, program: Program) {
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

    /// Stripe can be asked for this program.
    pub fn is_connected(&self, program: Program) -> bool {
        match program {
            Program::Tenant => self.tenant.connected,
            Program::Platform => self.platform.connected,
        }
    }

    /// Every referral of a program: by the friend in the tenant program, by the purchase in the
    /// platform's.
    pub fn referrals(&self, program: Program) -> &BTreeMap<i64, Promise> {
        match program {
            Program::Tenant => &self.friends,
            Program::Platform => &self.subscriptions,
        }
    }

    /// The credits that this member or partner has, in cents, the smallest first.
    pub fn credits(&self, program: Program, referrer: i64) -> Vec<i64> {
        let theirs = self.referrals(program).values().filter(|promise| {
            promise.referrer == referrer && promise.status == ReferralStatus::Credited
        });
        let mut credits: Vec<_> = theirs.filter_map(|promise| promise.cents).collect();
        credits.sort_unstable();
        credits
    }

    /// What a referrer's Stripe balance holds of our credits, in cents, as Stripe signs it: negative
    /// is a credit.
    pub fn balance(&self, program: Program, referrer: i64) -> i64 {
        -self.credits(program, referrer).iter().sum::<i64>()
    }

    /// The credits that this member is told of, in cents, the smallest first: each once. Partners
    /// have no account here, so nobody tells them.
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
