//! An authenticator app, which shows the codes of a second factor.

use totp_rs::{Builder, Secret, Totp};

use super::TestApp;

/// The app, after it has scanned the page.
pub struct Authenticator {
    totp: Totp,
    pub recovery_codes: Vec<String>,
}

impl Authenticator {
    /// Reads the page on which a second factor is set up.
    pub fn scan(page: &str) -> Self {
        let codes: Vec<String> = page
            .split("<code>")
            .skip(1)
            .map(|part| part.split("</code>").next().unwrap().to_owned())
            .collect();
        let (key, recovery_codes) = codes.split_first().expect("a key and codes");
        let secret = Secret::try_from_base32(key.replace(' ', "")).unwrap();
        Self {
            totp: Builder::new().with_secret(secret).build().unwrap(),
            recovery_codes: recovery_codes.to_vec(),
        }
    }

    /// The code that it shows now.
    pub fn code(&self, app: &TestApp) -> String {
        let now = app.state.now().moment().unix_timestamp();
        self.totp.generate(now.try_into().unwrap()).to_string()
    }
}
