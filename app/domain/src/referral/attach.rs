//! Decides whether a member who came without a referral is linked to who referred them afterwards
//! (`docs/rules.md` 191 to 193).

use time::{Duration, OffsetDateTime};

use super::{Attribution, Ignored, Referrer, attribute};
use crate::account::Email;

/// The most days after registering in which a site may let members name their referrer.
pub const REFERRER_DAYS_MAX: i64 = 90;

/// The member who was referred, as far as it matters.
#[derive(Clone, Debug)]
pub struct Friend<MemberId> {
    pub member_id: MemberId,
    pub email: Email,
    /// Somebody referred them already.
    pub is_referred: bool,
    /// They made a first purchase, in this account or in one that was deleted.
    pub has_bought: bool,
    /// The account is deleted, or being deleted.
    pub is_leaving: bool,
    pub registered_at: OffsetDateTime,
}

/// Who was found for the code, link or address that was typed.
#[derive(Clone, Debug)]
pub struct Named<MemberId> {
    pub referrer: Referrer<MemberId>,
    /// They are kept out, so that their link earns nothing.
    pub is_blocked: bool,
    /// Their account is deleted, or being deleted.
    pub is_leaving: bool,
    /// The friend referred them.
    pub is_friends_friend: bool,
}

/// Who asks for the link.
#[derive(Clone, Debug)]
pub enum AttachedBy<MemberId> {
    /// One of the staff, who has an account here as well.
    Staff(Referrer<MemberId>),
    /// The friend, on a site that lets members do so for this many `days` after they register; 0 for never.
    Friend { days: i64, now: OffsetDateTime },
}

/// Why nobody is linked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotAttached {
    /// The account is deleted, or being deleted.
    Leaving,
    AlreadyReferred,
    /// A first purchase was made before.
    Bought,
    /// The site does not let members name their referrer.
    NotOffered,
    /// The days in which a member can name their referrer are over.
    TooLate,
    /// The one of the staff who asks is the member.
    OwnAccount,
    /// Nobody on this site has the code or address.
    Unknown,
    /// The one of the staff who asks would be the referrer.
    OwnReferral,
    /// Members cannot refer themselves (`docs/rules.md` 9).
    SelfReferral,
    /// The one who was found is blocked.
    Blocked,
    /// The account of the one who was found is deleted, or being deleted.
    ReferrerLeaving,
    /// The member referred the one who was found.
    EachOther,
}

impl NotAttached {
    /// Every reason, for the tables of tests.
    pub const ALL: [Self; 12] = [
        Self::Leaving,
        Self::AlreadyReferred,
        Self::Bought,
        Self::NotOffered,
        Self::TooLate,
        Self::OwnAccount,
        Self::Unknown,
        Self::OwnReferral,
        Self::SelfReferral,
        Self::Blocked,
        Self::ReferrerLeaving,
        Self::EachOther,
    ];

    /// Whether it is about the one who was found, and not about the member or who asks.
    pub fn is_about_referrer(self) -> bool {
        matches!(
            self,
            Self::Unknown
                | Self::OwnReferral
                | Self::SelfReferral
                | Self::Blocked
                | Self::ReferrerLeaving
                | Self::EachOther
        )
    }

    /// The sentence for the staff.
    pub fn staff_sentence(self) -> &'static str {
        match self {
            Self::Leaving => "This account is deleted, or being deleted.",
            Self::AlreadyReferred => "This member was referred already.",
            Self::Bought => {
                "This member made a first purchase before, in this account or in one that was deleted. Only \
                 friends who are new count."
            }
            Self::NotOffered => "Members cannot name their referrer here.",
            Self::TooLate => "The time to name a referrer is over.",
            Self::OwnAccount => "This is your own account. Ask somebody else of the staff.",
            Self::Unknown => "No member here has this code or email address.",
            Self::OwnReferral => {
                "You cannot make yourself the referrer. Ask somebody else of the staff."
            }
            Self::SelfReferral => "Members cannot refer themselves.",
            Self::Blocked => "This member is blocked, so their link earns nothing.",
            Self::ReferrerLeaving => "Their account is deleted, or being deleted.",
            Self::EachOther => "This member referred them. Two members cannot refer each other.",
        }
    }

    /// The sentence for the member. It does not say whether somebody is blocked.
    pub fn member_sentence(self) -> &'static str {
        match self {
            Self::Leaving => "Your account is being deleted.",
            Self::AlreadyReferred => "You were already referred.",
            Self::Bought => {
                "You already made your first purchase. Only new friends can be referred."
            }
            Self::NotOffered => "This site does not let members name their referrer.",
            Self::TooLate => "The time to name who referred you is over.",
            Self::OwnAccount | Self::OwnReferral | Self::SelfReferral => {
                "You cannot use your own referral code."
            }
            Self::Unknown | Self::Blocked | Self::ReferrerLeaving => {
                "This referral code does not belong to this site. Check it, or ask your friend for their link."
            }
            Self::EachOther => "You referred this friend. Two members cannot refer each other.",
        }
    }
}

/// Whether the member can still be linked to somebody by who asks, whoever the referrer is.
///
/// # Errors
/// The first reason why not.
pub fn may_attach<MemberId: PartialEq>(
    friend: &Friend<MemberId>,
    by: &AttachedBy<MemberId>,
) -> Result<(), NotAttached> {
    if let AttachedBy::Staff(staff) = by
        && is_same(staff, &friend.member_id, &friend.email)
    {
        return Err(NotAttached::OwnAccount);
    }
    if friend.is_leaving {
        return Err(NotAttached::Leaving);
    }
    if let AttachedBy::Friend { days: ..=0, .. } = by {
        return Err(NotAttached::NotOffered);
    }
    if friend.is_referred {
        return Err(NotAttached::AlreadyReferred);
    }
    if friend.has_bought {
        return Err(NotAttached::Bought);
    }
    match by {
        AttachedBy::Friend { days, now } if *now >= naming_ends(friend.registered_at, *days) => {
            Err(NotAttached::TooLate)
        }
        AttachedBy::Friend { .. } | AttachedBy::Staff(_) => Ok(()),
    }
}

/// When the days are over in which who registered then can name their referrer.
pub fn naming_ends(registered_at: OffsetDateTime, days: i64) -> OffsetDateTime {
    registered_at + Duration::days(days.min(REFERRER_DAYS_MAX))
}

/// Who becomes the referrer of `friend`; `named` is who was found for what was typed.
///
/// # Errors
/// The first reason why nobody does.
pub fn attach<MemberId: Copy + PartialEq>(
    friend: &Friend<MemberId>,
    named: Option<&Named<MemberId>>,
    by: &AttachedBy<MemberId>,
) -> Result<MemberId, NotAttached> {
    may_attach(friend, by)?;
    let Some(named) = named else {
        return Err(NotAttached::Unknown);
    };
    let referrer = &named.referrer;
    if is_same(referrer, &friend.member_id, &friend.email) {
        return Err(NotAttached::SelfReferral);
    }
    if let AttachedBy::Staff(staff) = by
        && is_same(staff, &referrer.member_id, &referrer.email)
    {
        return Err(NotAttached::OwnReferral);
    }
    if named.is_leaving {
        return Err(NotAttached::ReferrerLeaving);
    }
    if named.is_blocked {
        return Err(NotAttached::Blocked);
    }
    if named.is_friends_friend {
        return Err(NotAttached::EachOther);
    }
    // The rule of a registration is the last word.
    match attribute(true, Some(referrer), &friend.email) {
        Attribution::Linked { referrer_id } => Ok(referrer_id),
        Attribution::Ignored(Ignored::SelfReferral) => Err(NotAttached::SelfReferral),
        Attribution::Ignored(Ignored::UnknownCode) | Attribution::None => Err(NotAttached::Unknown),
    }
}

/// Whether these are one person: one account, or one address (`docs/rules.md` 9).
fn is_same<MemberId: PartialEq>(
    person: &Referrer<MemberId>,
    member_id: &MemberId,
    email: &Email,
) -> bool {
    person.member_id == *member_id || person.email.person() == email.person()
}

#[cfg(test)]
mod tests;
