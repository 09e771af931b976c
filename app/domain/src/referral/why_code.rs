//! Whether a referral code counts on a site, as the staff reads it (`docs/rules.md` 195).

/// Whether a code counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeStanding {
    Counts,
    /// It is a member's, and the program is off.
    ProgramOff,
    /// The member whose code it is is blocked.
    Blocked,
    /// It is no member's here.
    Unknown,
}

/// How a code stands; `owner_is_blocked` is `None` if it is no member's.
pub fn code_standing(owner_is_blocked: Option<bool>, program_is_on: bool) -> CodeStanding {
    match owner_is_blocked {
        None => CodeStanding::Unknown,
        Some(true) => CodeStanding::Blocked,
        Some(false) if !program_is_on => CodeStanding::ProgramOff,
        Some(false) => CodeStanding::Counts,
    }
}

impl CodeStanding {
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Counts => "This code counts.",
            Self::ProgramOff => {
                "This code links friends, but the program is off, so purchases earn nothing."
            }
            Self::Blocked => {
                "This code does not count: the member is blocked. It counts again once they are unblocked."
            }
            Self::Unknown => {
                "This code is no member's here. The account with it may be deleted, or a letter may be wrong."
            }
        }
    }

    /// The same of a platform referrer's code; who is disabled counts as blocked.
    pub fn platform_sentence(self) -> &'static str {
        match self {
            Self::Counts => "This code counts.",
            Self::ProgramOff => {
                "This code makes referrals, but the program is off, so purchases earn nothing."
            }
            Self::Blocked => {
                "This code does not count: the platform referrer is disabled. It counts again once they are \
                 enabled."
            }
            Self::Unknown => {
                "This code is no platform referrer's. It may be a member's, which counts on their site alone, or \
                 a letter may be wrong."
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_counts_while_its_owner_and_the_program_do() {
        for (blocked, on, standing) in [
            (Some(false), true, CodeStanding::Counts),
            (Some(false), false, CodeStanding::ProgramOff),
            (Some(true), true, CodeStanding::Blocked),
            (Some(true), false, CodeStanding::Blocked),
            (None, true, CodeStanding::Unknown),
            (None, false, CodeStanding::Unknown),
        ] {
            assert_eq!(code_standing(blocked, on), standing);
            assert!(standing.sentence().ends_with('.'));
            assert!(standing.platform_sentence().ends_with('.'));
        }
    }
}
