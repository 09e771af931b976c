//! What a site says of itself, as an admin types it.

use super::Accent;
use crate::{
    account::Email,
    forms::{FieldError, NAME_MAX},
    spelling::{is_invisible, name_complaint},
};

/// The maximum number of characters in a tagline.
pub const TAGLINE_MAX: usize = 160;
/// The maximum number of characters in an address, and in hours.
pub const LINES_MAX: usize = 500;

/// What a site says of itself, but for its time zone and its logo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    pub name: String,
    /// One sentence under the name; empty for none.
    pub tagline: String,
    /// In place of the theme's.
    pub accent: Option<Accent>,
    /// A few lines; empty for none.
    pub postal_address: String,
    /// A few lines; empty for none.
    pub opening_hours: String,
    pub support_email: Option<String>,
}

/// The form as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TypedProfile {
    pub name: String,
    pub tagline: String,
    /// `#b4451f`; empty for the theme's.
    pub accent: String,
    /// A name of the IANA's list: `America/Detroit`.
    pub time_zone: String,
    pub postal_address: String,
    pub opening_hours: String,
    pub support_email: String,
}

impl TypedProfile {
    /// Checks every field but the time zone.
    ///
    /// # Errors
    /// Returns all errors at once, in the order of the form.
    pub fn read(&self) -> Result<Profile, Vec<FieldError>> {
        let mut errors = Vec::new();
        let mut note = |field: &str, complaint: Option<String>| {
            errors.extend(complaint.map(|complaint| FieldError::new(field, complaint)));
        };
        let (name, tagline) = (self.name.trim(), self.tagline.trim());
        note("name", site_name_complaint(name));
        note("tagline", text_complaint(tagline, TAGLINE_MAX, false));
        let accent = self.accent.trim();
        let (read, complaint) = read_accent(accent);
        note("accent", complaint);
        let [postal_address, opening_hours] =
            [&self.postal_address, &self.opening_hours].map(|typed| lines(typed));
        note(
            "postal_address",
            text_complaint(&postal_address, LINES_MAX, true),
        );
        note(
            "opening_hours",
            text_complaint(&opening_hours, LINES_MAX, true),
        );
        let support = self.support_email.trim();
        let email = Email::parse(support).filter(|email| !email.hides_something());
        note(
            "support_email",
            (!support.is_empty() && email.is_none())
                .then(|| "Enter an email address, like help@example.com.".to_owned()),
        );
        if !errors.is_empty() {
            return Err(errors);
        }
        Ok(Profile {
            name: name.to_owned(),
            tagline: tagline.to_owned(),
            accent: read,
            postal_address,
            opening_hours,
            support_email: email.map(|email| email.as_str().to_owned()),
        })
    }
}

fn site_name_complaint(name: &str) -> Option<String> {
    if name.is_empty() {
        return Some("Enter a name.".to_owned());
    }
    if name.chars().count() > NAME_MAX {
        return Some(format!("Use at most {NAME_MAX} characters."));
    }
    name_complaint(name, true).map(str::to_owned)
}

fn read_accent(typed: &str) -> (Option<Accent>, Option<String>) {
    match (typed, Accent::parse(typed)) {
        ("", _) => (None, None),
        (_, Some(accent)) if accent.carries_white() => (Some(accent), None),
        (_, Some(_)) => (
            None,
            Some("White text cannot be read on this color. Choose a darker one.".to_owned()),
        ),
        (_, None) => (
            None,
            Some("Enter a color like #b4451f: # and six digits or letters a to f.".to_owned()),
        ),
    }
}

/// The lines of a text, without what surrounds them.
fn lines(typed: &str) -> String {
    let lines: Vec<_> = typed.trim().lines().map(str::trim_end).collect();
    lines.join("\n")
}

fn text_complaint(text: &str, most: usize, several_lines: bool) -> Option<String> {
    let hidden = |letter: char| {
        letter.is_control() && !(several_lines && letter == '\n') || is_invisible(letter)
    };
    if text.chars().count() > most {
        Some(format!("Use at most {most} characters."))
    } else if text.contains(hidden) {
        Some("Remove the invisible characters.".to_owned())
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed() -> TypedProfile {
        TypedProfile {
            name: " Detroit Arms ".to_owned(),
            tagline: "Indoor range.".to_owned(),
            accent: "#B4451F".to_owned(),
            time_zone: "America/Detroit".to_owned(),
            postal_address: " 1 Main St \r\nDetroit, MI 48201\r\n".to_owned(),
            opening_hours: String::new(),
            support_email: " Help@DetroitArms.com ".to_owned(),
        }
    }

    #[test]
    fn what_is_typed_well_is_kept() {
        let profile = typed().read().unwrap();
        assert_eq!(profile.name, "Detroit Arms");
        assert_eq!(profile.accent.unwrap().to_string(), "#b4451f");
        assert_eq!(profile.postal_address, "1 Main St\nDetroit, MI 48201");
        assert_eq!(
            profile.support_email.as_deref(),
            Some("Help@DetroitArms.com")
        );
        let empty = TypedProfile {
            name: "D".to_owned(),
            ..TypedProfile::default()
        };
        let profile = empty.read().unwrap();
        assert_eq!((profile.accent, profile.support_email), (None, None));
    }

    #[test]
    fn all_mistakes_are_named_at_once() {
        let bad = TypedProfile {
            name: "\u{202e}".to_owned(),
            tagline: "a\nb".to_owned(),
            accent: "#ffff00".to_owned(),
            postal_address: "x".repeat(LINES_MAX + 1),
            opening_hours: "\u{0}".to_owned(),
            support_email: "nobody".to_owned(),
            ..typed()
        };
        let fields: Vec<_> = bad
            .read()
            .unwrap_err()
            .into_iter()
            .map(|error| error.field)
            .collect();
        assert_eq!(
            fields,
            [
                "name",
                "tagline",
                "accent",
                "postal_address",
                "opening_hours",
                "support_email"
            ]
        );
    }
}
