//! Random schedules of refunds, disputes, ends of holds and of memberships, and jobs, in any order, late and
//! repeated, with answers that get lost and a balance that is spent meanwhile. Once everything has come to rest, the credit is what a
//! model says that knows nothing of ledgers and steps.

use proptest::prelude::*;

use super::{BeforeIssue, DisputeState, DisputeStatus, PartialRefunds, Payment, RefundStatus};
use crate::{
    credit::{Adjustment, CreditKind, CreditState, Earned, StripeAmount, reversal, take_back},
    money::{Currency, Money},
};

/// What the purchase cost, in cents, and what it earned.
const PRICE: i64 = 4_500;
const EARNED: i64 = 1_000;

/// What happens at Stripe to a refund or a dispute, or what we hear of it.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// Stripe takes the refund a step further.
    Refund { which: usize, to: RefundStatus },
    /// Stripe takes the dispute a step further.
    Dispute(DisputeStatus),
    /// The hold of the credit ends.
    HoldEnds,
    /// What was bought is a membership, and ends.
    MembershipEnds,
    /// An event arrives, perhaps again.
    Hear { which: usize },
    /// The job of the row that is due runs; its answer may be lost.
    Work { lost: bool },
    /// The referrer spends a part of the balance.
    Spend { cents: i64 },
}

/// What Stripe said, in the order in which it happened.
#[derive(Clone, Copy, Debug)]
enum Event {
    Refund { which: usize, status: RefundStatus },
    Dispute(DisputeStatus),
    Ended { in_hold: bool },
}

/// The last row of the ledger.
#[derive(Clone, Copy, Debug)]
struct Row {
    kind: CreditKind,
    state: CreditState,
    cents: i64,
    /// Stripe has it, and we do not know that.
    sent: bool,
}

struct World {
    partial: PartialRefunds,
    /// The amounts of the refunds that may be made; they make the price at most.
    amounts: Vec<i64>,
    /// What Stripe has.
    at_stripe: Vec<RefundStatus>,
    dispute_at_stripe: Option<DisputeStatus>,
    events: Vec<Event>,
    heard: Vec<bool>,
    /// What we know.
    refunds: Vec<RefundStatus>,
    dispute: Option<DisputeStatus>,
    ended_in_hold: bool,
    on_hold: bool,
    /// `None` while the credit is given up.
    row: Option<Row>,
    was_issued: bool,
    frozen: bool,
    taken: i64,
    shortfall: i64,
    balance: i64,
    spent: i64,
}

fn usd(cents: i64) -> Money {
    Money::new(cents, Currency::Usd)
}

impl World {
    fn new(amounts: Vec<i64>, partial: PartialRefunds, on_hold: bool) -> Self {
        let refunds = vec![RefundStatus::Refused; amounts.len()];
        let mut world = Self {
            partial,
            amounts,
            at_stripe: refunds.clone(),
            dispute_at_stripe: None,
            events: Vec::new(),
            heard: Vec::new(),
            refunds,
            dispute: None,
            ended_in_hold: false,
            on_hold,
            row: None,
            was_issued: false,
            frozen: false,
            taken: 0,
            shortfall: 0,
            balance: 0,
            spent: 0,
        };
        world.decide();
        world
    }

    /// The purchase is decided, perhaps again.
    fn decide(&mut self) {
        self.row = Some(Row {
            kind: CreditKind::Earned,
            state: CreditState::Due,
            cents: EARNED,
            sent: false,
        });
        self.frozen = false;
    }

    fn payment(&self) -> Payment {
        let sum = |which: fn(RefundStatus) -> bool| {
            let all = self.refunds.iter().zip(&self.amounts);
            let cents: i64 = all
                .filter(|(status, _)| which(**status))
                .map(|(_, cents)| cents)
                .sum();
            usd(cents)
        };
        Payment {
            refunded: sum(RefundStatus::counts),
            pending: sum(RefundStatus::is_open),
            dispute: DisputeState::of_all(self.dispute),
            ended_in_hold: self.ended_in_hold,
            ..Payment::whole(usd(PRICE))
        }
    }

    fn step(&mut self, step: Step) {
        match step {
            Step::Refund { which, to } => self.refund(which, to),
            Step::Dispute(to) => {
                let before = self.dispute_at_stripe;
                let after = before.map_or(to, |before| before.after(to));
                if before != Some(after) {
                    self.dispute_at_stripe = Some(after);
                    self.tell(Event::Dispute(after));
                }
            }
            Step::HoldEnds => self.on_hold = false,
            Step::MembershipEnds => {
                if !self.has_ended(|_| true) {
                    self.tell(Event::Ended {
                        in_hold: self.on_hold,
                    });
                }
            }
            Step::Hear { which } => {
                if !self.events.is_empty() {
                    self.hear(which % self.events.len());
                }
            }
            Step::Work { lost } => self.work(lost),
            Step::Spend { cents } => {
                let cents = cents.min(self.balance.max(0));
                self.balance -= cents;
                self.spent += cents;
            }
        }
    }

    fn has_ended(&self, how: fn(bool) -> bool) -> bool {
        let mut events = self.events.iter();
        events.any(|event| matches!(event, Event::Ended { in_hold } if how(*in_hold)))
    }

    fn refund(&mut self, which: usize, to: RefundStatus) {
        let which = which % self.amounts.len();
        let before = self.at_stripe[which];
        let after = before.after(to);
        if before != after {
            self.at_stripe[which] = after;
            self.tell(Event::Refund {
                which,
                status: after,
            });
        }
    }

    fn tell(&mut self, event: Event) {
        self.events.push(event);
        self.heard.push(false);
    }

    fn hear(&mut self, event: usize) {
        self.heard[event] = true;
        match self.events[event] {
            Event::Refund { which, status } => {
                self.refunds[which] = self.refunds[which].after(status);
            }
            Event::Dispute(status) => {
                let before = self.dispute;
                self.dispute = Some(before.map_or(status, |before| before.after(status)));
            }
            Event::Ended { in_hold } => self.ended_in_hold = in_hold,
        }
        self.adjust();
    }

    /// Takes steps until there is nothing to do for now.
    fn adjust(&mut self) {
        loop {
            let payment = self.payment();
            let Some(row) = self.row else {
                // What was given up is decided again once its cause is gone.
                if payment.before_issue(self.partial) == BeforeIssue::GiveUp {
                    return;
                }
                self.decide();
                continue;
            };
            let earned = Earned {
                at_stripe: take_back(row.kind, row.state, row.sent),
                frozen: self.frozen,
                given: usd(EARNED),
                taken: usd(self.taken),
                shortfall: usd(self.shortfall),
            };
            match earned.adjust(&payment, self.partial) {
                Adjustment::Nothing | Adjustment::Later => return,
                Adjustment::Freeze => self.frozen = true,
                Adjustment::Unfreeze => self.frozen = false,
                Adjustment::GiveUp => {
                    assert!(!self.was_issued, "what Stripe has is not given up");
                    self.row = None;
                }
                Adjustment::Reverse(more) => {
                    self.taken += more.cents();
                    self.add(CreditKind::Reversed, more.cents());
                }
                Adjustment::Restore { forgiven, back } => {
                    self.shortfall -= forgiven.cents();
                    if let Some(back) = back {
                        self.taken -= back.cents();
                        self.add(CreditKind::Restored, back.cents());
                    }
                }
            }
        }
    }

    fn add(&mut self, kind: CreditKind, cents: i64) {
        self.row = Some(Row {
            kind,
            state: CreditState::Due,
            cents,
            sent: false,
        });
    }

    /// Posts the row that is due, once, and records it unless the answer is lost.
    fn work(&mut self, lost: bool) {
        let due = |row: &Row| row.state == CreditState::Due;
        let Some(row) = self.row.filter(due) else {
            return;
        };
        if !row.sent {
            if row.kind == CreditKind::Earned && (self.frozen || self.on_hold) {
                return;
            }
            self.balance += match row.kind {
                CreditKind::Reversed => -row.cents,
                _ => row.cents,
            };
        }
        let state = match lost {
            true => CreditState::Due,
            false => CreditState::Issued,
        };
        self.row = Some(Row {
            state,
            sent: true,
            ..row
        });
        if lost {
            return;
        }
        self.was_issued |= row.kind == CreditKind::Earned;
        let ending = StripeAmount::of_credit(usd(self.balance)).unwrap();
        let end = reversal(usd(row.cents), Some(ending));
        match end.restored.filter(|_| row.kind == CreditKind::Reversed) {
            Some(back) => {
                self.taken -= back.cents();
                self.shortfall += back.cents();
                self.add(CreditKind::Restored, back.cents());
            }
            None => self.adjust(),
        }
    }

    fn come_to_rest(&mut self) {
        for event in 0..self.events.len() {
            if !self.heard[event] {
                self.hear(event);
            }
        }
        self.on_hold = false;
        for _ in 0..20 {
            self.work(false);
        }
        self.adjust();
    }

    /// What the referrer should have of the credit in the end; `None` while that is not decided.
    fn promised(&self) -> Option<i64> {
        let gone = |status: &RefundStatus| *status == RefundStatus::Succeeded;
        let all = self.at_stripe.iter().zip(&self.amounts);
        let back: i64 = all
            .filter(|(status, _)| gone(status))
            .map(|(_, cents)| cents)
            .sum();
        let dispute = self.dispute_at_stripe.and_then(DisputeStatus::state);
        if dispute == Some(DisputeState::Lost) || back == PRICE {
            return Some(0);
        }
        // What was given before anybody heard of the end stays.
        if self.has_ended(|in_hold| in_hold) && !self.was_issued {
            return Some(0);
        }
        if dispute == Some(DisputeState::Open) {
            // The bank has the money: what was not given waits, what was given is back.
            return self.was_issued.then_some(0);
        }
        let share = match self.partial {
            PartialRefunds::TakeNothing => 0,
            PartialRefunds::TakeTheirShare => EARNED * back / PRICE,
        };
        let pending = self.at_stripe.iter().any(|status| status.is_open());
        (self.was_issued || !pending).then_some(EARNED - share)
    }
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    use RefundStatus::{Canceled, Failed, Pending, RequiresAction, Succeeded};
    let to = prop::sample::select(vec![
        Pending,
        RequiresAction,
        Succeeded,
        Succeeded,
        Failed,
        Canceled,
    ]);
    let dispute = prop::sample::select(DisputeStatus::ALL.to_vec());
    let step = prop_oneof![
        4 => (0_usize..3, to).prop_map(|(which, to)| Step::Refund { which, to }),
        2 => dispute.prop_map(Step::Dispute),
        1 => Just(Step::HoldEnds),
        1 => Just(Step::MembershipEnds),
        8 => (0_usize..40).prop_map(|which| Step::Hear { which }),
        6 => any::<bool>().prop_map(|lost| Step::Work { lost }),
        2 => (0_i64..1_200).prop_map(|cents| Step::Spend { cents }),
    ];
    prop::collection::vec(step, 0..40)
}

proptest! {
    #[test]
    fn at_rest_the_credit_is_what_the_purchase_is_worth(
        amounts in prop::sample::select(vec![vec![4_500], vec![2_000, 2_500], vec![1_500, 700, 1]]),
        share: bool,
        on_hold: bool,
        steps in steps(),
    ) {
        let mut world = World::new(amounts, PartialRefunds::of_setting(share), on_hold);
        world.adjust();
        for step in steps {
            world.step(step);
            let asked = world.taken + world.shortfall;
            prop_assert!((0..=EARNED).contains(&asked), "never more than was earned");
            prop_assert!(world.taken >= 0 && world.shortfall >= 0);
        }
        world.come_to_rest();
        let has = match world.was_issued {
            true => EARNED - world.taken - world.shortfall,
            false => 0,
        };
        if let Some(promised) = world.promised() {
            prop_assert_eq!(has, promised);
        } else {
            prop_assert!(!world.was_issued, "it waits");
        }
        let given = if world.was_issued { EARNED } else { 0 };
        prop_assert_eq!(world.balance, given - world.taken - world.spent);
        prop_assert!(world.balance >= 0, "nobody owes anything");
    }
}
