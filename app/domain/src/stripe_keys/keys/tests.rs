//! Tests of which keys are accepted and which error messages the others get.

use proptest::prelude::*;

use super::*;

const NOTHING: StripeBefore = StripeBefore {
    connected: None,
    simulated: false,
    copy: false,
};
const CONNECTED: StripeBefore = StripeBefore {
    connected: Some(StripeMode::Test),
    simulated: false,
    copy: false,
};

fn typed(secret_key: &str) -> TypedStripe<'_> {
    TypedStripe {
        secret_key,
        webhook_secrets: &[],
        same_account: false,
    }
}

fn about(key: &str, before: StripeBefore) -> String {
    let errors = read_stripe_keys(typed(key), before)
        .err()
        .unwrap_or_default();
    let messages: Vec<_> = errors.into_iter().map(|error| error.message).collect();
    messages.join(" / ")
}

#[test]
fn secret_and_restricted_keys_of_both_modes_are_taken() {
    for key in ["sk_test_1", " rk_test_abc ", "sk_live_1", "rk_live_1"] {
        assert_eq!(about(key, NOTHING), "", "{key}");
    }
}

#[test]
fn a_key_of_another_kind_is_told_what_it_is() {
    assert_eq!(
        about("pk_test_1", NOTHING),
        "This is the publishable key. Enter the secret key, sk_test_… or sk_live_…"
    );
    let long = format!("sk_test_{}", "x".repeat(KEY_MAX));
    for key in [
        "sk_test_",
        "sk_",
        "sk_1",
        "sk_foo",
        "sk_testing",
        "password-1",
        "sk_test_ä",
        "sk_test_1 2",
        "whsec_12345678",
        "sk_test_1\n2",
        &long,
    ] {
        let said = about(key, NOTHING);
        assert!(!said.is_empty(), "{key}");
        // The beginning of a key is no secret.
        assert!(!said.contains(key) || "sk_test_".starts_with(key), "{key}");
    }
}

#[test]
fn a_live_key_has_no_business_where_payments_are_simulated() {
    let simulated = StripeBefore {
        simulated: true,
        ..NOTHING
    };
    assert_eq!(
        about("sk_live_1", simulated),
        "Payments are simulated here: use a test key."
    );
    assert_eq!(about("sk_test_1", simulated), "");
}

#[test]
fn a_copy_takes_no_live_key() {
    let copy = StripeBefore {
        copy: true,
        ..NOTHING
    };
    assert_eq!(
        about("rk_live_1", copy),
        "This database is a copy: connect a test account."
    );
    assert_eq!(about("sk_test_1", copy), "");
}

#[test]
fn an_empty_key_keeps_the_one_in_force() {
    assert_eq!(about("", CONNECTED), "");
    assert!(about("", NOTHING).starts_with("Enter the secret key"));
}

#[test]
fn webhook_secrets_are_whole() {
    let secrets = |text: &str| {
        let typed = TypedStripe {
            webhook_secrets: &webhook_secrets_in(text),
            ..typed("sk_test_1")
        };
        read_stripe_keys(typed, NOTHING).map(|keys| keys.webhook_secrets)
    };
    assert!(secrets("").is_ok_and(|secrets| secrets.is_empty()));
    assert!(secrets(" whsec_123456\r\nwhsec_abcdef\t").is_ok_and(|secrets| secrets.len() == 2));
    let empty = TypedStripe {
        webhook_secrets: &[String::new()],
        ..typed("sk_test_1")
    };
    assert!(read_stripe_keys(empty, NOTHING).is_err());
    for typed in ["whsec_12345", "secret_1234567", "whsec_123456 sk_test_1"] {
        assert!(secrets(typed).is_err(), "{typed}");
    }
    assert!(secrets(&"whsec_123456 whsec_abcdef ".repeat(5)).is_err());
}

#[test]
fn the_same_account_needs_one() {
    let typed = TypedStripe {
        same_account: true,
        ..typed("sk_test_1")
    };
    let errors = read_stripe_keys(typed, NOTHING).err().unwrap();
    let fields: Vec<_> = errors.into_iter().map(|error| error.field).collect();
    assert_eq!(fields, ["same_account"]);
}

#[test]
fn a_live_key_does_not_continue_what_a_test_key_began() {
    let same = TypedStripe {
        same_account: true,
        ..typed("sk_live_1")
    };
    let errors = read_stripe_keys(same, CONNECTED).err().unwrap();
    assert_eq!(errors[0].field, "same_account");
}

proptest! {
    #[test]
    fn nothing_that_a_person_types_breaks_it(key in "\\PC*", secrets in "\\PC*") {
        let secrets = webhook_secrets_in(&secrets);
        let typed = TypedStripe { webhook_secrets: &secrets, ..typed(&key) };
        if let Ok(keys) = read_stripe_keys(typed, NOTHING) {
            prop_assert!(keys.secret_key.as_deref().and_then(StripeMode::of_key).is_some());
        }
    }
}

#[test]
fn a_new_secret_is_added_unless_the_old_ones_are_replaced() {
    let list = |names: &[&str]| {
        names
            .iter()
            .map(|&name| name.to_owned())
            .collect::<Vec<_>>()
    };
    let (kept, given) = (list(&["whsec_old"]), list(&["whsec_new"]));
    let both = secrets_after(&kept, &given, false);
    assert_eq!(both, Ok(list(&["whsec_new", "whsec_old"])));
    assert_eq!(secrets_after(&kept, &given, true), Ok(given.clone()));
    assert_eq!(secrets_after(&kept, &[], true), Ok(kept.clone()));
    assert_eq!(secrets_after(&given, &given, false), Ok(given.clone()));
    let eight: Vec<_> = (0..8).map(|number| format!("whsec_{number}")).collect();
    let refused = secrets_after(&eight, &given, false).unwrap_err();
    assert_eq!(refused.field, "webhook_secrets");
    assert_eq!(secrets_after(&eight, &given, true), Ok(given));
}
