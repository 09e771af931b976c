//! Every kind of problem: its name, its status and its texts. A name never changes its meaning.

use app::types::{BUSY, INTERNAL_ERROR};
use axum::http::StatusCode;
use domain::referral::NotAttached;
use services::{accounts, purchases::checkout::NoCheckout};

use crate::{
    ports::privacy::HAS_RIGHTS,
    sign_in::{BLOCKED, WRONG},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    MalformedBody,
    InvalidParameters,
    InvalidIdempotencyKey,
    Unauthenticated,
    InvalidToken,
    WrongCredentials,
    CodeRequired,
    AccountBlocked,
    NoSuchSite,
    NotATenant,
    NotFound,
    UnknownCode,
    MethodNotAllowed,
    RequestTimeout,
    EmailTaken,
    ProgramOff,
    AlreadyReferred,
    ReferrerNotOffered,
    ReferrerNotPossible,
    PaymentsNotConnected,
    PaymentNotAccepted,
    AlreadyMember,
    CreditInUse,
    PurchasePaid,
    StillStaff,
    CreditNotConfirmed,
    IdempotencyKeyInUse,
    BodyTooLarge,
    UnsupportedMediaType,
    InvalidFields,
    IdempotencyKeyReused,
    TooManyRequests,
    InternalError,
    Busy,
    StripeUnavailable,
}

impl Kind {
    /// The problem's `type`.
    pub fn uri(self) -> String {
        format!("urn:pewpros:problem:{}", self.name())
    }

    /// The last part of the `type`.
    pub fn name(self) -> &'static str {
        self.facts().0
    }

    pub fn status(self) -> StatusCode {
        self.facts().1
    }

    /// The problem's `title`, the same for every occurrence.
    pub fn title(self) -> &'static str {
        self.facts().2
    }

    /// The problem's `detail`, for an occurrence without a text of its own.
    pub fn detail(self) -> &'static str {
        self.facts().3
    }

    /// The header that always comes with this kind.
    pub fn header(self) -> Option<&'static str> {
        match self {
            Self::Unauthenticated
            | Self::InvalidToken
            | Self::WrongCredentials
            | Self::CodeRequired => Some("www-authenticate"),
            Self::TooManyRequests
            | Self::CreditInUse
            | Self::IdempotencyKeyInUse
            | Self::Busy
            | Self::StripeUnavailable => Some("retry-after"),
            _ => None,
        }
    }

    fn facts(self) -> (&'static str, StatusCode, &'static str, &'static str) {
        type S = StatusCode;
        match self {
            Self::MalformedBody => (
                "malformed-body",
                S::BAD_REQUEST,
                "The body is not a JSON object",
                "Send one JSON object in UTF-8.",
            ),
            Self::InvalidParameters => (
                "invalid-parameters",
                S::BAD_REQUEST,
                "A parameter of the address is not valid",
                "Check the parameters in the address.",
            ),
            Self::InvalidIdempotencyKey => (
                "invalid-idempotency-key",
                S::BAD_REQUEST,
                "The Idempotency-Key is not valid",
                "Send one Idempotency-Key of 1 to 255 visible ASCII characters, such as a UUID.",
            ),
            Self::Unauthenticated => (
                "unauthenticated",
                S::UNAUTHORIZED,
                "A token is missing",
                "Sign in, and send the token as `Authorization: Bearer …`.",
            ),
            Self::InvalidToken => (
                "invalid-token",
                S::UNAUTHORIZED,
                "The token is not valid here",
                "The token has expired, was revoked, or belongs to another site. Sign in again.",
            ),
            Self::WrongCredentials => (
                "wrong-credentials",
                S::UNAUTHORIZED,
                "The email address or password is incorrect",
                WRONG,
            ),
            Self::CodeRequired => (
                "code-required",
                S::UNAUTHORIZED,
                "A code of the member's second factor is required",
                "Ask for the code of the member's authenticator app, or a recovery code, and send it as \
                 `code` with the same email address and password.",
            ),
            Self::AccountBlocked => (
                "account-blocked",
                S::FORBIDDEN,
                "The account is blocked",
                BLOCKED,
            ),
            Self::NoSuchSite => (
                "no-such-site",
                S::NOT_FOUND,
                "There is no site at this host",
                "There is no site at this host. Call the host of the tenant's site.",
            ),
            Self::NotATenant => (
                "not-a-tenant",
                S::NOT_FOUND,
                "This site has no members",
                "This site has no members. Call the host of a tenant's site.",
            ),
            Self::NotFound => (
                "not-found",
                S::NOT_FOUND,
                "There is nothing at this address",
                "There is nothing at this address.",
            ),
            Self::UnknownCode => (
                "unknown-code",
                S::NOT_FOUND,
                "The referral code does not belong to this site",
                "The referral code does not belong to this site.",
            ),
            Self::MethodNotAllowed => (
                "method-not-allowed",
                S::METHOD_NOT_ALLOWED,
                "This address does not support the method",
                "Use one of the methods in `Allow`.",
            ),
            Self::RequestTimeout => (
                "request-timeout",
                S::REQUEST_TIMEOUT,
                "The body did not arrive in time",
                "The body did not arrive in time. Nothing was done; send the call again.",
            ),
            Self::EmailTaken => (
                "email-taken",
                S::CONFLICT,
                "The email address has an account",
                accounts::TAKEN,
            ),
            Self::ProgramOff => (
                "referral-program-off",
                S::CONFLICT,
                "The referral program is off",
                "This site's referral program is off.",
            ),
            Self::AlreadyReferred => (
                "already-referred",
                S::CONFLICT,
                "The member was referred already",
                NotAttached::AlreadyReferred.member_sentence(),
            ),
            Self::ReferrerNotOffered => (
                "referrer-not-offered",
                S::CONFLICT,
                "Members cannot name their referrer here",
                NotAttached::NotOffered.member_sentence(),
            ),
            Self::ReferrerNotPossible => (
                "referrer-not-possible",
                S::CONFLICT,
                "This referrer cannot be named",
                NotAttached::TooLate.member_sentence(),
            ),
            Self::PaymentsNotConnected => (
                "payments-not-connected",
                S::CONFLICT,
                "The site takes no payments online",
                NoCheckout::NotConnected.sentence(),
            ),
            Self::PaymentNotAccepted => (
                "payment-not-accepted",
                S::CONFLICT,
                "Stripe did not accept the payment",
                NoCheckout::NotAccepted.sentence(),
            ),
            Self::AlreadyMember => (
                "already-member",
                S::CONFLICT,
                "The member has this membership",
                "The member already has this membership. Send `another`: true to buy another one.",
            ),
            Self::CreditInUse => (
                "credit-in-use",
                S::CONFLICT,
                "Another purchase is using the credit",
                "Another purchase of the member is using the credit right now. Nothing was charged. Try again \
                 after the seconds in `Retry-After`, or without `use_credit`.",
            ),
            Self::PurchasePaid => (
                "purchase-paid",
                S::CONFLICT,
                "The purchase is paid, or its payment is being processed",
                "This purchase is paid, or its payment is being processed. It cannot be canceled here.",
            ),
            Self::StillStaff => (
                "still-staff",
                S::CONFLICT,
                "The member has a role in the console",
                HAS_RIGHTS,
            ),
            Self::CreditNotConfirmed => (
                "credit-not-confirmed",
                S::CONFLICT,
                "The loss of the credit was not confirmed",
                "A credit would be lost. Send its cents as `forfeit_credit_cents` to delete the account all \
                 the same.",
            ),
            Self::IdempotencyKeyInUse => (
                "idempotency-key-in-use",
                S::CONFLICT,
                "The call with this key is still running",
                "The first call with this Idempotency-Key is still running. Try again shortly.",
            ),
            Self::BodyTooLarge => (
                "body-too-large",
                S::PAYLOAD_TOO_LARGE,
                "The body is too large",
                "Send at most 16 KiB.",
            ),
            Self::UnsupportedMediaType => (
                "unsupported-media-type",
                S::UNSUPPORTED_MEDIA_TYPE,
                "The content type is not JSON",
                "Send `Content-Type: application/json`, in UTF-8.",
            ),
            Self::InvalidFields => (
                "invalid-fields",
                S::UNPROCESSABLE_ENTITY,
                "A field is not valid",
                "Check the fields that `errors` names.",
            ),
            Self::IdempotencyKeyReused => (
                "idempotency-key-reused",
                S::UNPROCESSABLE_ENTITY,
                "The Idempotency-Key belongs to another call",
                "This Idempotency-Key was used with another body. Use a new one for each call.",
            ),
            Self::TooManyRequests => (
                "too-many-requests",
                S::TOO_MANY_REQUESTS,
                "Too many calls",
                "Too many attempts. Try again after the seconds in `Retry-After`.",
            ),
            Self::InternalError => (
                "broken",
                S::INTERNAL_SERVER_ERROR,
                "Something went wrong on our side",
                INTERNAL_ERROR,
            ),
            Self::Busy => (
                "busy",
                S::SERVICE_UNAVAILABLE,
                "Too many people are signing in",
                BUSY,
            ),
            Self::StripeUnavailable => (
                "stripe-unavailable",
                S::SERVICE_UNAVAILABLE,
                "Stripe does not answer",
                NoCheckout::Unanswered.sentence(),
            ),
        }
    }
}
