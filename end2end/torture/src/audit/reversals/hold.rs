//! Whether a membership ended while what it earned was on hold, by what Stripe says of its end.

use super::EndedInHold;
use crate::{activity_log::ActivityLog, audit::subscriptions::AtStripe};

/// How long credits are on hold in the test, where they are, in seconds.
const HOLD: i64 = 24 * 60 * 60;

/// A friend's membership where credits are on hold.
#[derive(Clone, Copy)]
pub struct Membership<'a> {
    /// `sub_…`.
    pub id: &'a str,
    /// The friend's address.
    pub email: &'a str,
    /// When the product knew that it was paid, from which the hold counts; seconds since 1970.
    pub paid_at: i64,
    pub at_stripe: &'a AtStripe,
}

/// How it stands with the end of the membership. Only a jump of the clock ends a hold: what the product could not
/// know by then may have been issued.
pub fn ended(membership: Membership<'_>, log: &ActivityLog) -> EndedInHold {
    let Membership {
        id,
        email,
        paid_at,
        at_stripe,
    } = membership;
    let Some(ended_at) = at_stripe.standing.ended_at else {
        return EndedInHold::No;
    };
    let jumps = log.jumps();
    if ended_at >= paid_at + HOLD {
        // The hold of a credit is longer by the time for which it was frozen.
        let mut meanwhile = jumps
            .iter()
            .filter(|jump| (paid_at..=ended_at).contains(&jump.at));
        return match meanwhile.any(|jump| jump.frozen.contains(email)) {
            true => EndedInHold::Perhaps,
            false => EndedInHold::No,
        };
    }
    let known_at = ended_at.max(paid_at);
    let next_jump = jumps.iter().find(|jump| jump.at >= known_at);
    let is_excused = next_jump.is_some_and(|jump| !jump.told.contains(id) || log.is_lost(jump.at));
    match at_stripe.is_left || is_excused {
        true => EndedInHold::Perhaps,
        false => EndedInHold::Yes,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        activity_log::{Jump, LostPeriod},
        audit::subscriptions::Standing,
    };

    const PAID: i64 = 1_000_000;
    const EMAIL: &str = "friend-1@example.com";

    fn at_stripe(ended_at: Option<i64>) -> AtStripe {
        AtStripe {
            standing: Standing {
                status: "canceled".to_owned(),
                cancel_at_period_end: false,
                ended_at,
            },
            is_told: false,
            is_left: false,
        }
    }

    fn jump(at: i64, told: &[&str], frozen: &[&str]) -> Jump {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Jump {
            at,
            told: owned(told),
            frozen: owned(frozen),
        }
    }

    fn found(at_stripe: &AtStripe, jumps: &[Jump], lost: &[LostPeriod]) -> EndedInHold {
        let log = ActivityLog::default();
        jumps.iter().for_each(|jump| log.record_jump(jump.clone()));
        lost.iter().for_each(|lost| log.record_lost_period(*lost));
        let membership = Membership {
            id: "sub_1",
            email: EMAIL,
            paid_at: PAID,
            at_stripe,
        };
        ended(membership, &log)
    }

    #[test]
    fn only_what_was_not_told_before_the_jump_is_excused() {
        let soon = at_stripe(Some(PAID + 10));
        let told = || jump(PAID + 11, &["sub_1"], &[]);
        let untold = || jump(PAID + 11, &["sub_2"], &[]);
        assert_eq!(found(&soon, &[told()], &[]), EndedInHold::Yes);
        assert_eq!(found(&soon, &[untold()], &[]), EndedInHold::Perhaps);
        assert_eq!(found(&soon, &[], &[]), EndedInHold::Yes, "the hold goes on");
        let before = jump(PAID - 1, &[], &[]);
        assert_eq!(found(&soon, &[before, told()], &[]), EndedInHold::Yes);
        let later = jump(PAID + 90_000, &["sub_1"], &[]);
        assert_eq!(found(&soon, &[untold(), later], &[]), EndedInHold::Perhaps);
        let lost = LostPeriod {
            from: PAID + 5,
            to: PAID + 20,
        };
        assert_eq!(found(&soon, &[told()], &[lost]), EndedInHold::Perhaps);
    }

    #[test]
    fn what_goes_on_or_was_left_in_test_mode_is_not_judged() {
        assert_eq!(found(&at_stripe(None), &[], &[]), EndedInHold::No);
        let left = AtStripe {
            is_left: true,
            ..at_stripe(Some(PAID + 10))
        };
        assert_eq!(found(&left, &[], &[]), EndedInHold::Perhaps);
    }

    #[test]
    fn a_hold_is_longer_only_if_its_credit_was_frozen_meanwhile() {
        let late = at_stripe(Some(PAID + HOLD + 3_700));
        let frozen = |at| jump(at, &[], &[EMAIL]);
        let other = jump(PAID + 10, &[], &["friend-2@example.com"]);
        assert_eq!(found(&late, &[other], &[]), EndedInHold::No);
        assert_eq!(
            found(&late, &[frozen(PAID + 10)], &[]),
            EndedInHold::Perhaps
        );
        for outside in [PAID - 1, PAID + HOLD + 3_701] {
            assert_eq!(found(&late, &[frozen(outside)], &[]), EndedInHold::No);
        }
    }
}
