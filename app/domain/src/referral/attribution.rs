//! Decides whether a referral code makes a registration a referral.

use serde::{Deserialize, Serialize};

use crate::account::Email;

/// The member to whom a referral code belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Referrer<MemberId> {
    pub member_id: MemberId,
    /// Their address, to detect self-referral.
    pub email: Email,
}

/// Why a referral code was ignored. The registration still succeeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ignored {
    /// The code is invalid or belongs to no member of this site.
    UnknownCode,
    /// Members cannot refer themselves (`docs/rules.md` 9).
    SelfReferral,
}

impl Ignored {
    /// The sentence for the new member.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::UnknownCode => {
                "This referral code does not belong to this site, so it was ignored."
            }
            Self::SelfReferral => "You can't use your own referral code, so it was ignored.",
        }
    }
}

/// The outcome for a registration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Attribution<MemberId> {
    /// The registration had no code.
    None,
    /// The registration had a code, but it was ignored.
    Ignored(Ignored),
    /// This member referred the new member.
    Linked {
        /// The member to notify and to credit.
        referrer_id: MemberId,
    },
}

/// Decides about a registration of `new_member`. `code_came` says whether it had a code, and
/// `owner` is the member of this site to whom the code belongs.
pub fn attribute<MemberId: Copy>(
    code_came: bool,
    owner: Option<&Referrer<MemberId>>,
    new_member: &Email,
) -> Attribution<MemberId> {
    match owner {
        None if code_came => Attribution::Ignored(Ignored::UnknownCode),
        None => Attribution::None,
        Some(owner) if owner.email.person() == new_member.person() => {
            Attribution::Ignored(Ignored::SelfReferral)
        }
        Some(owner) => Attribution::Linked {
            referrer_id: owner.member_id,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn email(text: &str) -> Email {
        Email::parse(text).unwrap()
    }

    fn mia() -> Referrer<i64> {
        Referrer {
            member_id: 7,
            email: email("mia.stone@gmail.com"),
        }
    }

    #[test]
    fn a_friend_is_linked() {
        assert_eq!(
            attribute(true, Some(&mia()), &email("jane@example.com")),
            Attribution::Linked { referrer_id: 7 }
        );
    }

    #[test]
    fn oneself_is_not() {
        for alias in [
            "MIA.stone@gmail.com",
            "miastone+2@gmail.com",
            "m.i.a.stone@googlemail.com",
        ] {
            assert_eq!(
                attribute(true, Some(&mia()), &email(alias)),
                Attribution::Ignored(Ignored::SelfReferral),
                "{alias}"
            );
        }
    }

    #[test]
    fn a_code_without_an_owner_is_passed_over() {
        assert_eq!(
            attribute::<i64>(true, None, &email("j@example.com")),
            Attribution::Ignored(Ignored::UnknownCode)
        );
        assert_eq!(
            attribute::<i64>(false, None, &email("j@example.com")),
            Attribution::None
        );
    }
}
