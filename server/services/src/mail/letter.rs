//! The words of a mail, rendered as text and as HTML, so that both always say the same.

use askama::Template;

use super::unsubscribe::{ONE_CLICK, PAGE};

/// A link of a mail.
#[derive(Clone, Debug)]
pub struct Link<'a> {
    /// What happens there: `Choose a new password`.
    pub label: &'a str,
    pub url: String,
}

/// The words of a mail, in reading order.
#[derive(Clone, Debug)]
pub struct Letter<'a> {
    pub subject: &'a str,
    /// The recipient's first name.
    pub first_name: &'a str,
    /// Paragraphs above the link.
    pub before: Vec<String>,
    pub link: Option<Link<'a>>,
    /// Paragraphs below the link.
    pub after: Vec<String>,
    pub site_name: &'a str,
    /// The root URL of the site, without a trailing slash.
    pub base_url: &'a str,
    /// The query of the links that unsubscribe the recipient, if they can be.
    pub unsubscribe: Option<String>,
}

#[derive(Template)]
#[template(path = "mail.txt")]
struct Text<'a> {
    letter: &'a Letter<'a>,
    support: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "mail.html")]
struct Html<'a> {
    letter: &'a Letter<'a>,
    support: Option<&'a str>,
}

impl Letter<'_> {
    /// The page that unsubscribes the recipient.
    fn unsubscribe_page(&self) -> Option<String> {
        let query = self.unsubscribe.as_ref()?;
        Some(format!("{}{PAGE}?{query}", self.base_url))
    }

    /// The address to which a mail program posts to unsubscribe the recipient.
    pub fn one_click(&self) -> Option<String> {
        let query = self.unsubscribe.as_ref()?;
        Some(format!("{}{ONE_CLICK}?{query}", self.base_url))
    }

    /// `support` is the address to which the recipient can write.
    ///
    /// # Errors
    /// If the template cannot be rendered.
    pub fn text(&self, support: Option<&str>) -> askama::Result<String> {
        Text {
            letter: self,
            support,
        }
        .render()
    }

    /// As [`Self::text`].
    ///
    /// # Errors
    /// If the template cannot be rendered.
    pub fn html(&self, support: Option<&str>) -> askama::Result<String> {
        Html {
            letter: self,
            support,
        }
        .render()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter<'a>(first_name: &'a str) -> Letter<'a> {
        Letter {
            subject: "Reset your password",
            first_name,
            before: vec!["One.".to_owned(), "Two.".to_owned()],
            link: Some(Link {
                label: "Choose a new password",
                url: "https://range.example/reset-password?token=abc".to_owned(),
            }),
            after: vec!["Three.".to_owned()],
            site_name: "Detroit Arms",
            base_url: "https://range.example",
            unsubscribe: None,
        }
    }

    #[test]
    fn text_and_html_say_the_same_and_the_link_is_also_text() {
        let expected = "Hello Jane,\n\nOne.\n\nTwo.\n\nChoose a new password:\n\
            https://range.example/reset-password?token=abc\n\nThree.\n\n\
            Detroit Arms\nhttps://range.example";
        let letter = letter("Jane");
        assert_eq!(letter.text(None).unwrap(), expected);
        let html = letter.html(None).unwrap();
        for words in ["Hello Jane,", "One.", "Two.", "Three.", "Detroit Arms"] {
            assert!(html.contains(words), "{words}");
        }
        let link = "https://range.example/reset-password?token=abc";
        assert_eq!(html.matches(link).count(), 3, "button, address, text");
    }

    #[test]
    fn who_can_unsubscribe_finds_the_link_at_the_end() {
        let letter = Letter {
            unsubscribe: Some("member=5&topic=referrals&key=ab".to_owned()),
            ..letter("Jane")
        };
        let link = "https://range.example/unsubscribe?member=5&topic=referrals&key=ab";
        assert!(letter.text(None).unwrap().ends_with(link));
        let html = letter.html(None).unwrap();
        assert!(
            html.contains("unsubscribe?member=5&#38;topic=referrals&#38;key=ab"),
            "{html}"
        );
        let one_click = letter.one_click().unwrap();
        assert!(one_click.starts_with("https://range.example/unsubscribe/one-click?member=5"));
    }

    #[test]
    fn who_has_questions_finds_whom_to_ask() {
        let letter = letter("Jane");
        let support = Some("help@range.example");
        let text = letter.text(support).unwrap();
        assert!(
            text.ends_with("https://range.example\nhelp@range.example"),
            "{text}"
        );
        let html = letter.html(support).unwrap();
        assert!(
            html.contains("href=\"mailto:help@range.example\""),
            "{html}"
        );
    }

    #[test]
    fn a_name_is_no_markup() {
        let letter = letter("<b>Jane</b>");
        assert!(!letter.html(None).unwrap().contains("<b>Jane"));
        assert!(letter.text(None).unwrap().contains("<b>Jane</b>"));
    }
}
