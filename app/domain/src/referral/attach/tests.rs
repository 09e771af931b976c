//! Who is linked afterwards, and who is not.

use proptest::prelude::*;
use time::macros::datetime;

use super::*;

const REGISTERED: OffsetDateTime = datetime!(2026-11-01 12:00 UTC);

fn person(member_id: i64, email: &str) -> Referrer<i64> {
    Referrer {
        member_id,
        email: Email::parse(email).unwrap(),
    }
}

fn jane() -> Friend<i64> {
    Friend {
        member_id: 5,
        email: Email::parse("jane@gmail.com").unwrap(),
        is_referred: false,
        has_bought: false,
        is_leaving: false,
        registered_at: REGISTERED,
    }
}

fn mia() -> Named<i64> {
    Named {
        referrer: person(7, "mia@example.com"),
        is_blocked: false,
        is_leaving: false,
        is_friends_friend: false,
    }
}

fn dana() -> AttachedBy<i64> {
    AttachedBy::Staff(person(1, "dana@example.com"))
}

fn herself(days: i64, now: OffsetDateTime) -> AttachedBy<i64> {
    AttachedBy::Friend { days, now }
}

#[test]
fn a_friend_without_a_referral_is_linked() {
    assert_eq!(attach(&jane(), Some(&mia()), &dana()), Ok(7));
    let soon = herself(7, REGISTERED + Duration::hours(1));
    assert_eq!(attach(&jane(), Some(&mia()), &soon), Ok(7));
    assert_eq!(attach(&jane(), None, &dana()), Err(NotAttached::Unknown));
}

#[test]
fn only_who_is_new_and_was_referred_by_nobody_is() {
    for (friend, why) in [
        (
            Friend {
                is_referred: true,
                ..jane()
            },
            NotAttached::AlreadyReferred,
        ),
        (
            Friend {
                has_bought: true,
                ..jane()
            },
            NotAttached::Bought,
        ),
        (
            Friend {
                is_leaving: true,
                ..jane()
            },
            NotAttached::Leaving,
        ),
    ] {
        for by in [dana(), herself(7, REGISTERED)] {
            assert_eq!(attach(&friend, Some(&mia()), &by), Err(why));
            assert_eq!(may_attach(&friend, &by), Err(why));
        }
    }
}

#[test]
fn nobody_refers_themselves_and_staff_gains_nothing() {
    let named = |referrer| Named { referrer, ..mia() };
    for own in [
        person(5, "new@example.com"),
        person(9, "j.ane+2@googlemail.com"),
    ] {
        let own = named(own);
        assert_eq!(
            attach(&jane(), Some(&own), &dana()),
            Err(NotAttached::SelfReferral)
        );
    }
    for staff in [
        person(1, "dana@example.com"),
        person(8, "dana+x@example.com"),
    ] {
        let staff = named(staff);
        assert_eq!(
            attach(&jane(), Some(&staff), &dana()),
            Err(NotAttached::OwnReferral)
        );
    }
    let own_account = Friend {
        email: Email::parse("dana+range@example.com").unwrap(),
        ..jane()
    };
    assert_eq!(
        attach(&own_account, Some(&mia()), &dana()),
        Err(NotAttached::OwnAccount)
    );
}

#[test]
fn a_link_that_earns_nothing_links_nobody() {
    for (named, why) in [
        (
            Named {
                is_blocked: true,
                ..mia()
            },
            NotAttached::Blocked,
        ),
        (
            Named {
                is_leaving: true,
                ..mia()
            },
            NotAttached::ReferrerLeaving,
        ),
        (
            Named {
                is_friends_friend: true,
                ..mia()
            },
            NotAttached::EachOther,
        ),
    ] {
        assert_eq!(attach(&jane(), Some(&named), &dana()), Err(why));
    }
}

#[test]
fn members_have_the_days_of_the_setting() {
    let week = Duration::days(7);
    let ask = |days, now| may_attach(&jane(), &herself(days, now));
    assert_eq!(ask(0, REGISTERED), Err(NotAttached::NotOffered));
    assert_eq!(ask(7, REGISTERED + week - Duration::SECOND), Ok(()));
    assert_eq!(ask(7, REGISTERED + week), Err(NotAttached::TooLate));
    // The staff may at any time.
    assert_eq!(may_attach(&jane(), &dana()), Ok(()));
}

#[test]
fn a_member_does_not_learn_who_is_blocked() {
    let [unknown, blocked, leaving] = [
        NotAttached::Unknown,
        NotAttached::Blocked,
        NotAttached::ReferrerLeaving,
    ]
    .map(NotAttached::member_sentence);
    assert!(unknown == blocked && unknown == leaving);
    for why in NotAttached::ALL {
        assert!(why.staff_sentence().ends_with('.') && why.member_sentence().ends_with('.'));
    }
}

proptest! {
    /// Whatever else holds, nobody is linked who was, who bought or who is gone, and nobody to themselves.
    #[test]
    fn whoever_is_linked_is_new(
        is_referred: bool,
        has_bought: bool,
        is_leaving: bool,
        is_blocked: bool,
        days in 0_i64..100,
        hours in 0_i64..3_000,
        referrer in 4_i64..8,
        by_staff: bool,
    ) {
        let friend = Friend { is_referred, has_bought, is_leaving, ..jane() };
        let referrer = person(referrer, &format!("{referrer}@example.com"));
        let named = Named { referrer, is_blocked, ..mia() };
        let by = match by_staff {
            true => dana(),
            false => herself(days, REGISTERED + Duration::hours(hours)),
        };
        if let Ok(linked) = attach(&friend, Some(&named), &by) {
            prop_assert!(!is_referred && !has_bought && !is_leaving && !is_blocked);
            prop_assert!(linked != friend.member_id);
            prop_assert!(by_staff || hours < days.min(90) * 24);
        }
    }
}
