//! Errors in the form of Stripe's own.

use serde_json::{Value, json};

/// An error response of Stripe.
#[derive(Clone, Debug)]
pub struct StripeError {
    pub status: u16,
    kind: &'static str,
    code: Option<&'static str>,
    message: String,
    param: Option<String>,
}

impl StripeError {
    fn new(status: u16, kind: &'static str, code: Option<&'static str>, message: String) -> Self {
        Self {
            status,
            kind,
            code,
            message,
            param: None,
        }
    }

    /// Status 400, `invalid_request_error` without a code.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(400, "invalid_request_error", None, message.into())
    }

    /// Status 400, `invalid_request_error` with one of Stripe's codes.
    pub fn coded(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(400, "invalid_request_error", Some(code), message.into())
    }

    /// Names the parameter that caused the error.
    pub fn at(mut self, param: impl Into<String>) -> Self {
        self.param = Some(param.into());
        self
    }

    pub fn missing_param(param: &str) -> Self {
        Self::coded(
            "parameter_missing",
            format!("Missing required param: {param}."),
        )
        .at(param)
    }

    /// Status 404: no object has the id in the path.
    pub fn no_such(what: &str, id: &str) -> Self {
        let message = format!("No such {what}: '{id}'");
        Self::new(
            404,
            "invalid_request_error",
            Some("resource_missing"),
            message,
        )
        .at("id")
    }

    /// Status 400: no object has the id that a parameter names.
    pub fn no_such_param(what: &str, id: &str, param: &str) -> Self {
        Self::coded("resource_missing", format!("No such {what}: '{id}'")).at(param)
    }

    pub fn unknown_url(method: &str, path: &str) -> Self {
        let message = format!(
            "Unrecognized request URL ({method}: {path}). Please see https://stripe.com/docs or we \
             can help at https://support.stripe.com/."
        );
        Self::new(404, "invalid_request_error", None, message)
    }

    /// Status 501: Stripe can do this, the stand-in cannot.
    pub fn not_imitated(what: &str) -> Self {
        let message = format!("The stand-in does not imitate {what}.");
        Self::new(501, "api_error", None, message)
    }

    pub fn unauthorized(code: Option<&'static str>, message: String) -> Self {
        Self::new(401, "invalid_request_error", code, message)
    }

    /// Status 401: the key was rolled or revoked.
    pub fn expired() -> Self {
        Self::unauthorized(Some("api_key_expired"), "Expired API Key provided.".into())
    }

    /// Status 403: the restricted key lacks the permission.
    pub fn forbidden(key: &str) -> Self {
        let shown: String = key.chars().take(8).collect();
        let message = format!(
            "The provided key '{shown}***' does not have the required permissions for this endpoint."
        );
        Self::new(403, "invalid_request_error", None, message)
    }

    /// Status 403: the restricted key lacks this permission, `rak_…`.
    pub fn lacks_permission(key: &str, account: &str, permission: &str) -> Self {
        let mut error = Self::forbidden(key);
        error.message = format!(
            "{} on account '{account}'. Having the '{permission}' permission would allow this request \
             to continue.",
            error.message.trim_end_matches('.')
        );
        error
    }

    pub fn idempotency(message: String) -> Self {
        Self::new(400, "idempotency_error", None, message)
    }

    pub fn key_in_use(key: &str) -> Self {
        let message = format!(
            "There is currently another in-progress request using this Idempotent Key (that probably \
             means you submitted twice, and the other request is still going through): {key}. Please \
             try again later."
        );
        Self::new(
            409,
            "invalid_request_error",
            Some("idempotency_key_in_use"),
            message,
        )
    }

    pub fn too_many() -> Self {
        let message = "Request rate limit exceeded. Learn more about rate limits here \
                       https://stripe.com/docs/rate-limits."
            .into();
        Self::new(429, "invalid_request_error", Some("rate_limit"), message)
    }

    pub fn internal() -> Self {
        let message = "An unknown error occurred".into();
        Self::new(500, "api_error", None, message)
    }

    /// What it says, for the pages and the control API.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The response body. `doc_url`, `code` and `param` are present only where Stripe sends them.
    pub fn body(&self) -> Value {
        let mut error = json!({ "type": self.kind, "message": self.message });
        if let Some(code) = self.code {
            error["code"] = json!(code);
            let page = code.replace('_', "-");
            error["doc_url"] = json!(format!("https://stripe.com/docs/error-codes/{page}"));
        }
        if let Some(param) = &self.param {
            error["param"] = json!(param);
        }
        json!({ "error": error })
    }
}
