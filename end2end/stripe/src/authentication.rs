//! Authentication: the secret key and the connected account of a request select the store that it
//! works on.

use axum::http::HeaderMap;
use base64::{Engine, engine::general_purpose::STANDARD};

use crate::error::StripeError;

/// The secret key and the connected account that identify one store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    pub key: String,
    pub account: Option<String>,
}

impl Scope {
    /// Whether the key is a live mode key. Live and test mode have separate stores.
    pub fn livemode(&self) -> bool {
        self.key.contains("_live_")
    }

    /// The name of the store in the store file: `KEY` or `KEY/ACCOUNT`.
    pub fn name(&self) -> String {
        match &self.account {
            Some(account) => format!("{}/{account}", self.key),
            None => self.key.clone(),
        }
    }

    /// Parses a name that [`Scope::name`] made.
    pub fn from_name(name: &str) -> Self {
        match name.split_once('/') {
            Some((key, account)) => Self {
                key: key.into(),
                account: Some(account.into()),
            },
            None => Self {
                key: name.into(),
                account: None,
            },
        }
    }
}

pub fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    Some(headers.get(name)?.to_str().ok()?.to_owned())
}

/// The API key of the `Authorization` header, valid or not. Stripe accepts it as a bearer token and
/// as the user name of basic authentication.
pub fn sent_key(headers: &HeaderMap) -> Option<String> {
    let sent = header(headers, "authorization")?;
    let (scheme, rest) = sent.split_once(' ')?;
    match scheme.to_lowercase().as_str() {
        "bearer" => Some(rest.trim().to_owned()),
        "basic" => {
            let decoded = String::from_utf8(STANDARD.decode(rest.trim()).ok()?).ok()?;
            Some(decoded.split(':').next()?.to_owned())
        }
        _ => None,
    }
}

/// The part of a secret (`sk_`) or restricted (`rk_`) key after its prefix, in either mode; `None`
/// for any other text.
pub fn random_part(key: &str) -> Option<&str> {
    let rest = key
        .strip_prefix("sk_")
        .or_else(|| key.strip_prefix("rk_"))?;
    rest.strip_prefix("test_")
        .or_else(|| rest.strip_prefix("live_"))
}

/// Accepts every secret and restricted key. The exception are keys whose random part begins with
/// `invalid`: they stand for a wrong key and get a 401.
pub fn authenticate(headers: &HeaderMap) -> Result<Scope, StripeError> {
    let key = sent_key(headers).filter(|key| !key.is_empty()).ok_or_else(|| {
        let message = "You did not provide an API key. You need to provide your API key in the \
                       Authorization header, using Bearer auth (e.g. 'Authorization: Bearer \
                       YOUR_SECRET_KEY'). See https://stripe.com/docs/api#authentication for details, \
                       or we can help at https://support.stripe.com/.";
        StripeError::unauthorized(None, message.into())
    })?;
    if key.starts_with("pk_") {
        let message = "This API call cannot be made with a publishable API key. Please use a secret \
                       API key. You can find a list of your API keys at \
                       https://dashboard.stripe.com/account/apikeys.";
        return Err(StripeError::unauthorized(
            Some("secret_key_required"),
            message.into(),
        ));
    }
    let well_formed = random_part(&key).is_some_and(|random| {
        !random.is_empty()
            && !random.starts_with("invalid")
            && random
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || c == '_')
    });
    if !well_formed {
        let shown: String = key.chars().take(8).collect();
        let message = format!("Invalid API Key provided: {shown}***");
        return Err(StripeError::unauthorized(None, message));
    }
    Ok(Scope {
        key,
        account: header(headers, "stripe-account"),
    })
}
