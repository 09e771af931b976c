//! Checks the Stripe keys that an admin types. An error message never repeats a key.

use serde::{Deserialize, Serialize};

use crate::forms::FieldError;

/// The maximum length of a key in characters.
pub const KEY_MAX: usize = 255;
/// The minimum length of a signing secret in characters; with an empty one anyone could sign.
pub const WEBHOOK_SECRET_MIN: usize = 12;
/// The maximum number of signing secrets: one, or a few while they are rolled.
const WEBHOOK_SECRETS_MAX: usize = 8;

/// Stripe's modes: test money or real money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StripeMode {
    /// No card is charged.
    Test,
    /// Cards are charged.
    Live,
}

impl StripeMode {
    /// The word in logs and in a key.
    pub fn code(self) -> &'static str {
        match self {
            Self::Test => "test",
            Self::Live => "live",
        }
    }

    pub fn other(self) -> Self {
        match self {
            Self::Test => Self::Live,
            Self::Live => Self::Test,
        }
    }

    /// Converts from Stripe's `livemode`.
    pub fn of_livemode(live: bool) -> Self {
        match live {
            true => Self::Live,
            false => Self::Test,
        }
    }

    /// Converts to Stripe's `livemode`.
    pub fn livemode(self) -> bool {
        self == Self::Live
    }

    /// The mode of a complete secret key or restricted key; `None` for other text.
    pub fn of_key(key: &str) -> Option<Self> {
        let rest = key
            .strip_prefix("sk_")
            .or_else(|| key.strip_prefix("rk_"))?;
        [Self::Test, Self::Live].into_iter().find(|mode| {
            let rest = rest.strip_prefix(mode.code());
            rest.is_some_and(|rest| rest.len() > 1 && rest.starts_with('_'))
        })
    }
}

/// The fields that an admin typed to connect Stripe.
#[derive(Clone, Copy)]
pub struct TypedStripe<'a> {
    /// `sk_…`, which says its mode; empty keeps the current key.
    pub secret_key: &'a str,
    /// Each `whsec_…`.
    pub webhook_secrets: &'a [String],
    /// Whether the admin says that the new key belongs to the connected account.
    pub same_account: bool,
}

/// The state of the installation before the keys are saved.
#[derive(Clone, Copy, Debug)]
pub struct StripeBefore {
    /// The connected account's mode; `None` if no account is connected.
    pub connected: Option<StripeMode>,
    /// Whether this installation only simulates payments.
    pub simulated: bool,
    /// Whether the database is a copy for experiments.
    pub copy: bool,
}

/// Checked keys. They are secrets, so there is no `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct NewStripeKeys {
    /// `None` keeps the current key.
    pub secret_key: Option<String>,
    /// The signing secrets that were typed.
    pub webhook_secrets: Vec<String>,
}

/// The signing secrets in force once those of the form are `given`: they are added to the `kept`
/// ones, or replace them.
///
/// # Errors
/// If there are too many.
pub fn secrets_after(
    kept: &[String],
    given: &[String],
    replace: bool,
) -> Result<Vec<String>, FieldError> {
    if replace && !given.is_empty() {
        return Ok(given.to_vec());
    }
    let mut secrets = given.to_vec();
    secrets.extend(kept.iter().filter(|one| !given.contains(one)).cloned());
    match secrets.len() <= WEBHOOK_SECRETS_MAX {
        true => Ok(secrets),
        false => Err(FieldError::new(
            "webhook_secrets",
            format!(
                "At most {WEBHOOK_SECRETS_MAX} secrets can be active at a time. Replace those in force."
            ),
        )),
    }
}

/// Splits a text into signing secrets at white space.
pub fn webhook_secrets_in(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

/// Checks every field, for the console and for the command line.
///
/// # Errors
/// Returns all errors at once, in the order of the form.
pub fn read_stripe_keys(
    typed: TypedStripe<'_>,
    before: StripeBefore,
) -> Result<NewStripeKeys, Vec<FieldError>> {
    let mut errors = Vec::new();
    let mut complain = |field, message: &str| errors.push(FieldError::new(field, message));
    let secret_key = typed.secret_key.trim();
    if let Some(message) = about_key(secret_key, before) {
        complain("secret_key", &message);
    }
    match before.connected {
        None if typed.same_account => complain("same_account", "No account is connected yet."),
        Some(in_force)
            if typed.same_account
                && StripeMode::of_key(secret_key).is_some_and(|mode| mode != in_force) =>
        {
            complain(
                "same_account",
                "Stripe keeps test and live data apart: connect this key as another account.",
            );
        }
        _ => {}
    }
    let mut webhook_secrets = typed.webhook_secrets.to_vec();
    webhook_secrets.dedup();
    if webhook_secrets.len() > WEBHOOK_SECRETS_MAX {
        complain(
            "webhook_secrets",
            &format!("At most {WEBHOOK_SECRETS_MAX} secrets can be active at a time."),
        );
    } else if !webhook_secrets
        .iter()
        .all(|secret| is_webhook_secret(secret))
    {
        complain(
            "webhook_secrets",
            "Enter the endpoint's complete signing secret, whsec_…. Separate several with spaces.",
        );
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    Ok(NewStripeKeys {
        secret_key: (!secret_key.is_empty()).then(|| secret_key.to_owned()),
        webhook_secrets,
    })
}

fn about_key(key: &str, before: StripeBefore) -> Option<String> {
    const TAKE: &str = "Enter the secret key, sk_test_… or sk_live_…";
    if key.is_empty() {
        return before.connected.is_none().then(|| format!("{TAKE}."));
    }
    if key.starts_with("pk_") {
        return Some(format!("This is the publishable key. {TAKE}"));
    }
    if key.starts_with("whsec_") {
        return Some(format!("This is a webhook secret. {TAKE}"));
    }
    if key.chars().any(char::is_whitespace) {
        return Some("Enter the key without spaces.".to_owned());
    }
    if key.chars().count() > KEY_MAX {
        return Some(format!("A key has at most {KEY_MAX} characters."));
    }
    let Some(mode) = StripeMode::of_key(key).filter(|_| is_plain(key)) else {
        return Some(format!("This is not a secret key. {TAKE}"));
    };
    if before.copy && mode == StripeMode::Live {
        return Some("This database is a copy: connect a test account.".to_owned());
    }
    if before.simulated && mode == StripeMode::Live {
        return Some("Payments are simulated here: use a test key.".to_owned());
    }
    None
}

fn is_webhook_secret(secret: &str) -> bool {
    (WEBHOOK_SECRET_MIN..=KEY_MAX).contains(&secret.len())
        && secret.starts_with("whsec_")
        && secret.bytes().all(|byte| byte.is_ascii_graphic())
}

fn is_plain(key: &str) -> bool {
    key.bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

#[cfg(test)]
mod tests;
