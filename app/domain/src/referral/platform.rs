//! Rules of the platform program: whose referral a subscription is, and who can be registered as a
//! platform referrer.

use crate::{
    account::Email,
    forms::{FieldError, read_name, read_new_address},
};

/// The platform referrer whose code came with a subscription.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlatformReferrer<Id> {
    pub id: Id,
    /// The e-mail address as the admin typed it.
    pub email: String,
    /// Whether an admin disabled the code.
    pub disabled: bool,
}

/// Why a subscription with a code is not a referral. The purchase itself goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotAttributed {
    /// No platform referrer has this code; members' codes do not count here.
    UnknownCode,
    /// An admin disabled the code.
    DisabledPartner,
    /// The plan is not one that we sell.
    UnknownPlan,
}

impl NotAttributed {
    /// The sentence that is stored as the outcome of Stripe's event.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::UnknownCode => "no referral: no platform referrer has this code",
            Self::DisabledPartner => "no referral: the platform referrer is disabled",
            Self::UnknownPlan => "no referral: the plan is unknown",
        }
    }
}

/// The outcome for a subscription.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlatformAttribution<Id> {
    /// The subscription had no code.
    None,
    /// The subscription had a code, but it is not a referral.
    NotAttributed(NotAttributed),
    /// This platform referrer referred the subscriber.
    Linked {
        /// The platform referrer who earns the credit.
        referrer_id: Id,
    },
    /// The platform referrer is the subscriber, which earns nothing (`docs/rules.md` 21).
    SelfReferral {
        /// The platform referrer, for whom a Failed referral is recorded.
        referrer_id: Id,
    },
}

/// Decides about a paid subscription. `code_came` says whether it had a code, and `owner` is the
/// platform referrer to whom the code belongs. An invalid address does not count as the referrer's
/// own.
pub fn attribute_platform<Id: Copy>(
    code_came: bool,
    owner: Option<&PlatformReferrer<Id>>,
    customer_email: &str,
    plan_known: bool,
) -> PlatformAttribution<Id> {
    let passed_over = PlatformAttribution::NotAttributed;
    match owner {
        None if !code_came => PlatformAttribution::None,
        None => passed_over(NotAttributed::UnknownCode),
        Some(_) if !plan_known => passed_over(NotAttributed::UnknownPlan),
        Some(owner) if owner.disabled => passed_over(NotAttributed::DisabledPartner),
        Some(owner) if same_person(&owner.email, customer_email) => {
            PlatformAttribution::SelfReferral {
                referrer_id: owner.id,
            }
        }
        Some(owner) => PlatformAttribution::Linked {
            referrer_id: owner.id,
        },
    }
}

fn same_person(one: &str, other: &str) -> bool {
    match (Email::parse(one), Email::parse(other)) {
        (Some(one), Some(other)) => one.person() == other.person(),
        _ => false,
    }
}

/// Reads the form **Add Referrer**: a name, which is trimmed, and an e-mail address.
///
/// # Errors
/// Returns all errors at once, in the order of the form.
pub fn validate_platform_referrer(
    name: &str,
    email: &str,
) -> Result<(String, Email), Vec<FieldError>> {
    let name = read_name("name", name, "Enter a name.");
    let email = read_new_address(email, "Enter an email address.");
    match (name, email) {
        (Ok(name), Ok(email)) => Ok((name, email)),
        (name, email) => Err(name.err().into_iter().chain(email.err()).collect()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::forms::{FieldErrorCode, NAME_MAX};

    fn jordan() -> PlatformReferrer<i64> {
        PlatformReferrer {
            id: 7,
            email: "Jordan.Reyes@gmail.com".to_owned(),
            disabled: false,
        }
    }

    #[test]
    fn each_case_of_the_rule() {
        let disabled = PlatformReferrer {
            disabled: true,
            ..jordan()
        };
        let (jordan, passed_over) = (jordan(), PlatformAttribution::NotAttributed);
        let linked = PlatformAttribution::Linked { referrer_id: 7 };
        let oneself = PlatformAttribution::SelfReferral { referrer_id: 7 };
        for (code_came, owner, email, plan_known, expected) in [
            (
                false,
                None,
                "kim@example.com",
                true,
                PlatformAttribution::None,
            ),
            (false, None, "", false, PlatformAttribution::None),
            (
                true,
                None,
                "kim@example.com",
                true,
                passed_over(NotAttributed::UnknownCode),
            ),
            (
                true,
                Some(&disabled),
                "kim@example.com",
                true,
                passed_over(NotAttributed::DisabledPartner),
            ),
            (
                true,
                Some(&disabled),
                "jordanreyes@gmail.com",
                true,
                passed_over(NotAttributed::DisabledPartner),
            ),
            (
                true,
                Some(&jordan),
                "kim@example.com",
                false,
                passed_over(NotAttributed::UnknownPlan),
            ),
            (true, Some(&jordan), "kim@example.com", true, linked),
            (true, Some(&jordan), "", true, linked),
            (true, Some(&jordan), "not an address", true, linked),
            (
                true,
                Some(&jordan),
                "jordan.reyes@example.com",
                true,
                linked,
            ),
            (true, Some(&jordan), "JORDANREYES@gmail.com", true, oneself),
            (true, Some(&jordan), "ｊordanreyes@gmail.com", true, oneself),
            (
                true,
                Some(&jordan),
                " j.o.r.d.a.n.reyes+club@googlemail.com ",
                true,
                oneself,
            ),
        ] {
            assert_eq!(
                attribute_platform(code_came, owner, email, plan_known),
                expected,
                "{code_came} {owner:?} {email:?} {plan_known}"
            );
        }
    }

    #[test]
    fn a_partner_is_any_name_and_an_address() {
        let longest = "n".repeat(NAME_MAX);
        for name in ["Jordan Reyes", "  Jordan ", "<b>Jo</b>", "ירדן", &longest] {
            let (read, email) = validate_platform_referrer(name, " jordan@example.com ").unwrap();
            assert_eq!(
                (read.as_str(), email.as_str()),
                (name.trim(), "jordan@example.com")
            );
        }
    }

    #[test]
    fn all_that_is_wrong_is_said_at_once() {
        let too_long = "n".repeat(10_240);
        for name in [
            "",
            "  ",
            "a\nb",
            "a\0b",
            "\u{200b}",
            "Par\u{202e}ten",
            &too_long,
        ] {
            for email in ["", "jordan", "jordan@localhost", &too_long] {
                let fields = validate_platform_referrer(name, email).unwrap_err();
                let fields: Vec<_> = fields.iter().map(|error| error.field.as_str()).collect();
                assert_eq!(fields, ["name", "email"], "{name:?} {email:?}");
            }
        }
        let alone = validate_platform_referrer("Jordan", "").unwrap_err();
        assert_eq!(
            alone,
            [FieldError::coded(
                FieldErrorCode::Required,
                "email",
                "Enter an email address."
            )]
        );
    }

    proptest! {
        #[test]
        fn nobody_refers_themselves(tag in "[a-z0-9]{1,8}", upper in any::<bool>()) {
            let alias = format!("jordan.reyes+{tag}@gmail.com");
            let alias = if upper { alias.to_uppercase() } else { alias };
            let attribution = attribute_platform(true, Some(&jordan()), &alias, true);
            prop_assert_eq!(attribution, PlatformAttribution::SelfReferral { referrer_id: 7 });
        }

        #[test]
        fn nothing_that_stripe_tells_breaks_it(email in "\\PC*", plan_known in any::<bool>()) {
            let attribution = attribute_platform(true, Some(&jordan()), &email, plan_known);
            prop_assert_ne!(attribution, PlatformAttribution::None);
        }
    }
}
