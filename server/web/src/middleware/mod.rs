//! What happens to every request before a handler sees it.

mod address;
mod browser_name;
mod click;
mod compression;
mod cookie_keys;
mod headers;
mod host;
mod known_device;
mod origin;
mod panic;
mod path;
mod rate_limit;
mod referral;
mod referrer_session;
mod request_context;
mod request_id;
mod session;
mod site;
mod visitor;

pub use address::Proxies;
pub use compression::compression;
pub use headers::{RESOURCE_POLICY, content_security_policy, secure};
pub use host::Host;
pub use origin::check_origin;
pub use panic::on_panic;
pub use path::refuse_ambiguous_path;
pub use rate_limit::{
    QUICK_BURST as CALLS_AT_ONCE, QUICK_PER_SECOND as CALLS_PER_SECOND, RateLimiter, Refused,
};
pub use referral::{capture, counting_click, forget_code, inviter, remembered_click};
pub use referrer_session::{forget_referrer_token, keep_referrer_token, referrer_token};
pub use request_context::{RequestContext, attach_context, know_browser, sign_in, sign_out};
pub use request_id::{REQUEST_ID, drop_bad_request_id, span_of};
pub use session::{
    SessionMember, SessionStore, browser_of, is_kept, member_of, password_at, row_id,
    session_layer, set_password_at,
};
pub use site::find_site;
pub use visitor::{Memory, RefusedForm, SigningIn, Visitor};
