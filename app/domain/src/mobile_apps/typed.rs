//! Reads what an admin types of the site's apps: one entry in a line.

use super::return_url::is_beginning;
use crate::forms::{FieldError, FieldErrorCode};

/// The most entries in a field.
const LINES_MAX: usize = 10;

/// The form, every field as typed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TypedMobileApps<'a> {
    pub return_addresses: &'a str,
    pub ios_apps: &'a str,
    pub android_apps: &'a str,
}

/// The apps of a site.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MobileApps {
    /// What addresses begin with to which Stripe's page may lead back: `detroitarms://`.
    pub return_addresses: Vec<String>,
    /// Team and bundle of each app: `A1B2C3D4E5.com.detroitarms.app`.
    pub ios_apps: Vec<String>,
    pub android_apps: Vec<AndroidApp>,
}

/// An Android app, known by the certificate that signs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AndroidApp {
    /// `com.detroitarms.app`.
    pub package: String,
    /// SHA-256, 32 pairs of digits: `14:6D:…`.
    pub fingerprint: String,
}

impl AndroidApp {
    /// Reads `com.detroitarms.app 14:6D:…`.
    pub fn parse(line: &str) -> Option<Self> {
        let (package, fingerprint) = line.split_once(' ')?;
        let fingerprint = fingerprint.trim().to_ascii_uppercase();
        let is_right = is_package(package) && is_fingerprint(&fingerprint);
        is_right.then(|| Self {
            package: package.to_owned(),
            fingerprint,
        })
    }

    /// The line that [`Self::parse`] reads.
    pub fn line(&self) -> String {
        format!("{} {}", self.package, self.fingerprint)
    }
}

impl TypedMobileApps<'_> {
    /// Reads the form.
    ///
    /// # Errors
    /// Returns all errors at once, in the order of the form.
    pub fn read(&self) -> Result<MobileApps, Vec<FieldError>> {
        let mut errors = Vec::new();
        let apps = MobileApps {
            return_addresses: read(
                ("return_addresses", self.return_addresses, &mut errors),
                "Enter a scheme of your app like detroitarms://, or an address like https://app.example.com/",
                |line| is_beginning(line).then(|| line.to_owned()),
            ),
            ios_apps: read(
                ("ios_apps", self.ios_apps, &mut errors),
                "Enter the team and the bundle, like A1B2C3D4E5.com.example.app",
                |line| is_ios_app(line).then(|| line.to_owned()),
            ),
            android_apps: read(
                ("android_apps", self.android_apps, &mut errors),
                "Enter the package, a space and the SHA-256 fingerprint, like com.example.app 14:6D:E9:…",
                AndroidApp::parse,
            ),
        };
        match errors.is_empty() {
            true => Ok(apps),
            false => Err(errors),
        }
    }
}

/// Reads a field's lines; the first that cannot be read is shown with the error.
fn read<T>(
    (field, typed, errors): (&str, &str, &mut Vec<FieldError>),
    expected: &str,
    parse: impl Fn(&str) -> Option<T>,
) -> Vec<T> {
    let lines = typed.lines().map(str::trim).filter(|line| !line.is_empty());
    let mut read = Vec::new();
    for line in lines {
        let Some(entry) = parse(line) else {
            let shown: String = line.chars().take(40).collect();
            let message = format!("{expected}. This line is not one: {shown}");
            errors.push(FieldError::coded(FieldErrorCode::Malformed, field, message));
            return Vec::new();
        };
        read.push(entry);
    }
    if read.len() > LINES_MAX {
        let message = format!("Use at most {LINES_MAX} lines.");
        errors.push(FieldError::coded(FieldErrorCode::TooLong, field, message));
    }
    read
}

/// Whether it is an app ID of Apple: ten letters and digits of the team, a dot, and the bundle.
fn is_ios_app(id: &str) -> bool {
    const TEAM: usize = 10;
    let is_team = |team: &str| {
        let of_a_team = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
        team.len() == TEAM && team.bytes().all(of_a_team)
    };
    let is_bundle = |bundle: &str| {
        let of_a_bundle = |byte: u8| byte.is_ascii_alphanumeric() || b"-.".contains(&byte);
        (1..=155).contains(&bundle.len()) && bundle.bytes().all(of_a_bundle)
    };
    id.split_once('.')
        .is_some_and(|(team, bundle)| is_team(team) && is_bundle(bundle))
}

fn is_package(package: &str) -> bool {
    let is_part = |part: &str| {
        part.starts_with(|first: char| first.is_ascii_alphabetic())
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    package.len() <= 150 && package.contains('.') && package.split('.').all(is_part)
}

fn is_fingerprint(text: &str) -> bool {
    const BYTES: usize = 32;
    let is_pair = |pair: &str| pair.len() == 2 && pair.bytes().all(|byte| byte.is_ascii_hexdigit());
    text.split(':').count() == BYTES && text.split(':').all(is_pair)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fingerprint() -> String {
        ["ab"; 32].join(":")
    }

    #[test]
    fn a_form_is_read_line_by_line() {
        let android = format!("com.example.app {}\n", fingerprint());
        let apps = TypedMobileApps {
            return_addresses: " detroitarms:// \r\n\r\nhttps://app.example.com/\n",
            ios_apps: "A1B2C3D4E5.com.example.app",
            android_apps: &android,
        };
        let apps = apps.read().unwrap();
        assert_eq!(
            apps.return_addresses,
            ["detroitarms://", "https://app.example.com/"]
        );
        assert_eq!(apps.ios_apps, ["A1B2C3D4E5.com.example.app"]);
        let line = apps.android_apps[0].line();
        assert_eq!(line, android.trim().replace("ab", "AB"));
        assert_eq!(AndroidApp::parse(&line), Some(apps.android_apps[0].clone()));
        assert_eq!(TypedMobileApps::default().read(), Ok(MobileApps::default()));
    }

    #[test]
    fn each_field_says_what_is_wrong() {
        let refused = |typed: TypedMobileApps<'_>| -> Vec<_> {
            let errors = typed.read().unwrap_err().into_iter();
            errors.map(|error| (error.field, error.code)).collect()
        };
        let malformed = |field: &str| (field.to_owned(), FieldErrorCode::Malformed);
        assert_eq!(
            refused(TypedMobileApps {
                return_addresses: "javascript://x",
                ios_apps: "com.example.app",
                android_apps: "com.example.app AB:CD",
            }),
            ["return_addresses", "ios_apps", "android_apps"].map(malformed)
        );
        let many = "detroitarms://\n".repeat(LINES_MAX + 1);
        let many = TypedMobileApps {
            return_addresses: &many,
            ..TypedMobileApps::default()
        };
        assert_eq!(
            refused(many),
            [("return_addresses".to_owned(), FieldErrorCode::TooLong)]
        );
        let print = fingerprint();
        for app in ["app", "1com.example", "com..app", "com.exa mple", ""] {
            assert_eq!(AndroidApp::parse(&format!("{app} {print}")), None, "{app}");
        }
        for id in [
            "A1B2C3D4E.com.example",
            "a1b2c3d4e5.com.example",
            "A1B2C3D4E5.",
            "A1B2C3D4E5.a_b",
        ] {
            assert!(!is_ios_app(id), "{id}");
        }
    }
}
