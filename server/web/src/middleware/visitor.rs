//! What a visitor's browser remembers for us: one encrypted cookie that ends with the browser. We
//! store none of it.

use std::{collections::BTreeMap, sync::Arc};
use store::{MemberId, SiteId, Timestamp};

use domain::forms::{FieldError, Refusal};
use serde::{Deserialize, Serialize};
use server_core::config::Config;
use services::referrals::ReferralClick;
use tower_cookies::{Cookie, Cookies, cookie::SameSite};

use super::cookie_keys::CookieKeys;

/// The longest content before encryption, in bytes. Encrypted, in base64 and with its attributes,
/// the whole cookie stays under 1 KB; a browser accepts 4 KB (RFC 6265, 6.1).
const CONTENT_BYTES: usize = 660;

/// The content of the cookie. Its fields have short names, because each byte travels with every
/// request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Memory {
    /// The click on a referral link that brought the visitor.
    #[serde(rename = "r", default, skip_serializing_if = "Option::is_none")]
    pub referral: Option<ReferralClick>,
    /// The token of the Checkout session that the visitor began and has not ended.
    #[serde(rename = "c", default, skip_serializing_if = "Option::is_none")]
    pub checkout: Option<String>,
    /// Who typed the right password here, and not yet the code of their second factor.
    #[serde(rename = "s", default, skip_serializing_if = "Option::is_none")]
    pub signing_in: Option<SigningIn>,
    /// A refused form, for the next page.
    #[serde(rename = "f", default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<RefusedForm>,
    /// The notice of what was done, for the next page.
    #[serde(rename = "d", default, skip_serializing_if = "Option::is_none")]
    pub done: Option<String>,
    /// Who registered here is welcomed on the next page: the name of the member who invited them, or nothing.
    #[serde(rename = "w", default, skip_serializing_if = "Option::is_none")]
    pub welcome: Option<String>,
}

/// A member who typed the right password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SigningIn {
    #[serde(rename = "m")]
    pub member: MemberId,
    /// The password was changed since if this is no longer the member's `session_version`.
    #[serde(rename = "v")]
    pub session_version: i64,
    /// They asked to be kept signed in.
    #[serde(rename = "k")]
    pub keep: bool,
    #[serde(rename = "a")]
    pub at: Timestamp,
}

/// A refused form on its way through the redirect. It never contains a password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedForm {
    /// The name of the server function: `register`, `sign_in`, `buy`.
    #[serde(rename = "n")]
    pub form: String,
    /// The message about the form as a whole.
    #[serde(rename = "m", default, skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    /// The messages about single fields, each with the field's name.
    #[serde(rename = "c", default, skip_serializing_if = "Vec::is_empty")]
    complaints: Vec<(String, String)>,
    /// What was typed, by field.
    #[serde(rename = "t", default, skip_serializing_if = "BTreeMap::is_empty")]
    typed: BTreeMap<String, String>,
}

impl RefusedForm {
    /// Takes the refusal of the form named `form`.
    pub fn new(form: &str, refusal: Refusal) -> Self {
        let complaints = refusal.fields.into_iter();
        Self {
            form: form.to_owned(),
            message: refusal.message,
            complaints: complaints
                .map(|error| (error.field, error.message))
                .collect(),
            typed: refusal.typed,
        }
    }

    pub fn into_refusal(self) -> Refusal {
        let complaints = self.complaints.into_iter();
        Refusal {
            message: self.message,
            fields: complaints
                .map(|(field, message)| FieldError::new(&field, message))
                .collect(),
            typed: self.typed,
        }
    }
}

impl Memory {
    /// Whether the cookie can hold all of it.
    pub fn fits(&self) -> bool {
        self.bytes() <= CONTENT_BYTES
    }

    /// Drops parts until the rest fits: first what was typed, the longest text first; then the
    /// messages about single fields, the last one first; then the message about the form; then the
    /// notice, and the welcome. The referral click, the Checkout token and who
    /// is signing in stay.
    fn fitted(mut self) -> Self {
        while !self.fits() && self.drop_one() {}
        self
    }

    fn drop_one(&mut self) -> bool {
        let Some(refused) = &mut self.refused else {
            return self.done.take().is_some() || self.welcome.take().is_some();
        };
        let longest = refused.typed.iter().max_by_key(|(_, text)| text.len());
        if let Some(longest) = longest.map(|(field, _)| field.clone()) {
            refused.typed.remove(&longest);
        } else if refused.complaints.pop().is_none() {
            self.refused = None;
        }
        true
    }

    fn bytes(&self) -> usize {
        self.text().map_or(usize::MAX, |text| text.len())
    }

    fn text(&self) -> serde_json::Result<String> {
        serde_json::to_string(self)
    }
}

/// The memory of the browser that sent the request. It is bound to the site: a cookie of another
/// site cannot be decrypted here.
#[derive(Clone)]
pub struct Visitor {
    cookies: Cookies,
    config: Arc<Config>,
    site_id: SiteId,
}

impl Visitor {
    pub fn new(cookies: Cookies, config: Arc<Config>, site_id: SiteId) -> Self {
        Self {
            cookies,
            config,
            site_id,
        }
    }

    /// What the browser remembers; nothing if there is no cookie, or one that we did not write for
    /// this site.
    ///
    /// # Errors
    /// If the cookie's key cannot be derived.
    pub fn get(&self) -> anyhow::Result<Memory> {
        if self.cookies.get(self.name()).is_none() {
            return Ok(Memory::default());
        }
        let cookie = self.keys()?.decrypt(&self.cookies, self.name());
        Ok(cookie
            .and_then(|cookie| serde_json::from_str(cookie.value()).ok())
            .unwrap_or_default())
    }

    /// Changes what the browser remembers, and drops the part of a form that does not
    /// [fit](Memory::fits).
    pub fn update(&self, change: impl FnOnce(&mut Memory)) -> anyhow::Result<()> {
        let before = self.get()?;
        let mut memory = before.clone();
        change(&mut memory);
        let memory = memory.fitted();
        if memory == before {
            return Ok(());
        }
        if memory == Memory::default() {
            self.forget();
            return Ok(());
        }
        let cookie = Cookie::build((self.name(), memory.text()?))
            .path("/")
            .http_only(true)
            .same_site(SameSite::Lax)
            .secure(self.config.behind_tls);
        self.keys()?.add_encrypted(&self.cookies, cookie.build());
        Ok(())
    }

    pub fn forget(&self) {
        if self.cookies.get(self.name()).is_some() {
            let gone = Cookie::build(self.name()).path("/");
            // A browser accepts a `__Host-` cookie, and its removal, only with `Secure`.
            let gone = gone.secure(self.config.behind_tls);
            self.cookies.remove(gone.build());
        }
    }

    /// With `__Host-`, a page of a neighboring subdomain cannot set this cookie.
    fn name(&self) -> &'static str {
        match self.config.behind_tls {
            true => "__Host-visitor",
            false => "visitor",
        }
    }

    fn keys(&self) -> anyhow::Result<CookieKeys> {
        let site = self.site_id.get().to_be_bytes();
        CookieKeys::draw(&self.config, &[b"visitor cookies", &site])
    }
}

#[cfg(test)]
mod tests {
    use domain::sharing::Channel;
    use proptest::prelude::*;

    use super::*;

    fn typed() -> impl Strategy<Value = Refusal> {
        let text = || prop_oneof![".{0,40}", ".{400,900}"];
        let fields = prop::collection::vec(("[a-z_]{1,20}", text()), 0..8);
        let typed = prop::collection::btree_map("[a-z_]{1,20}", text(), 0..8);
        (prop::option::of(text()), fields, typed).prop_map(|(message, fields, typed)| Refusal {
            message,
            fields: fields
                .into_iter()
                .map(|(field, message)| FieldError::new(&field, message))
                .collect(),
            typed,
        })
    }

    fn came_by_a_link() -> Memory {
        Memory {
            referral: Some(ReferralClick {
                code: "ab3kx7mn".to_owned(),
                clicked_at: Timestamp::from_millis(1_795_356_300_000),
                via: Some(Channel::WhatsApp),
            }),
            checkout: Some("a".repeat(64)),
            signing_in: Some(SigningIn {
                member: MemberId::new(i64::MAX),
                session_version: i64::MAX,
                keep: false,
                at: Timestamp::from_millis(1_795_356_300_000).unwrap(),
            }),
            ..Memory::default()
        }
    }

    proptest! {
        #[test]
        fn whatever_was_refused_fits_and_the_link_stays(
            refusal in typed(),
            done in prop::option::of(".{0,900}"),
            welcome in prop::option::of(".{0,80}"),
        ) {
            let memory = Memory {
                refused: Some(RefusedForm::new("register", refusal)),
                done,
                welcome,
                ..came_by_a_link()
            };
            let whole = memory.clone();
            let fitted = memory.fitted();
            prop_assert!(fitted.fits());
            prop_assert_eq!(&fitted.referral, &whole.referral);
            prop_assert_eq!(&fitted.checkout, &whole.checkout);
            prop_assert_eq!(&fitted.signing_in, &whole.signing_in);
            if whole.fits() {
                prop_assert_eq!(fitted, whole);
            }
        }

        #[test]
        fn what_is_kept_of_a_refusal_comes_back(refusal in typed()) {
            let text = serde_json::to_string(&RefusedForm::new("buy", refusal.clone())).unwrap();
            let back: RefusedForm = serde_json::from_str(&text).unwrap();
            prop_assert_eq!(back.into_refusal(), refusal);
        }
    }

    #[test]
    fn what_was_typed_goes_before_what_is_said() {
        let refusal = Refusal::message("No.")
            .keep("first_name", "Jane")
            .keep("last_name", &"x".repeat(60_000));
        let memory = Memory {
            refused: Some(RefusedForm::new("register", refusal)),
            ..Memory::default()
        };
        let refusal = memory.fitted().refused.unwrap().into_refusal();
        assert_eq!(refusal, Refusal::message("No.").keep("first_name", "Jane"));
    }
}
