//! The keys of the cookies that we encrypt or sign. They follow from `APP_SECRET`, so that a cookie made
//! under a secret that became known counts no longer than that secret (`docs/rules.md` 152).

use anyhow::anyhow;
use hkdf::Hkdf;
use server_core::config::Config;
use sha2::Sha256;
use tower_cookies::{Cookie, Cookies, Key};

/// The key that cookies of one purpose are made with, and that of `APP_SECRET_OLD`, under which they are
/// read too.
pub struct CookieKeys {
    key: Key,
    old: Option<Key>,
}

impl CookieKeys {
    /// Draws them for this purpose.
    ///
    /// # Errors
    /// If they cannot be drawn.
    pub fn draw(config: &Config, purpose: &[&[u8]]) -> anyhow::Result<Self> {
        let old = config.app_secret_old();
        Ok(Self {
            key: draw(&config.app_secret, purpose)?,
            old: old.map(|old| draw(old, purpose)).transpose()?,
        })
    }

    /// The encrypted cookie of this name.
    pub fn decrypt(&self, cookies: &Cookies, name: &str) -> Option<Cookie<'static>> {
        self.each(|key| cookies.private(key).get(name))
    }

    /// Adds an encrypted cookie.
    pub fn add_encrypted(&self, cookies: &Cookies, cookie: Cookie<'static>) {
        cookies.private(&self.key).add(cookie);
    }

    /// The signed cookie of this name.
    pub fn verify(&self, cookies: &Cookies, name: &str) -> Option<Cookie<'static>> {
        self.each(|key| cookies.signed(key).get(name))
    }

    /// Adds a signed cookie.
    pub fn add_signed(&self, cookies: &Cookies, cookie: Cookie<'static>) {
        cookies.signed(&self.key).add(cookie);
    }

    fn each<T>(&self, read: impl Fn(&Key) -> Option<T>) -> Option<T> {
        read(&self.key).or_else(|| self.old.as_ref().and_then(read))
    }
}

fn draw(app_secret: &str, purpose: &[&[u8]]) -> anyhow::Result<Key> {
    let mut key = [0; 64];
    Hkdf::<Sha256>::new(None, app_secret.as_bytes())
        .expand_multi_info(purpose, &mut key)
        .map_err(|error| anyhow!("cannot draw a key: {error}"))?;
    Ok(Key::from(&key))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(app_secret: &str, old: Option<&str>) -> CookieKeys {
        CookieKeys {
            key: draw(app_secret, &[b"cookies"]).unwrap(),
            old: old.map(|old| draw(old, &[b"cookies"]).unwrap()),
        }
    }

    #[test]
    fn cookies_of_the_former_secret_count_while_it_is_named() {
        let (former, both, new) = (
            keys("old", None),
            keys("new", Some("old")),
            keys("new", None),
        );
        let cookies = Cookies::default();
        former.add_encrypted(&cookies, Cookie::new("visitor", "a"));
        former.add_signed(&cookies, Cookie::new("referral", "b"));
        let read = |keys: &CookieKeys| {
            let values = [
                keys.decrypt(&cookies, "visitor"),
                keys.verify(&cookies, "referral"),
            ];
            values.map(|cookie| cookie.map(|cookie| cookie.value().to_owned()))
        };
        let known = ["a", "b"].map(|value| Some(value.to_owned()));
        assert_eq!(read(&both), known);
        assert_eq!(read(&new), [None, None]);
        both.add_encrypted(&cookies, Cookie::new("visitor", "a"));
        both.add_signed(&cookies, Cookie::new("referral", "b"));
        assert_eq!(read(&new), known);
        assert_eq!(read(&former), [None, None]);
    }
}
