//! A mail as its recipient reads it.

use mail_parser::MessageParser;
use serde::Serialize;

/// A mail that was taken.
#[derive(Clone, Debug, Serialize)]
pub struct ReceivedMail {
    /// Counts from 1.
    pub number: usize,
    /// The sender of the envelope.
    pub envelope_from: String,
    /// The recipients of the envelope.
    pub to: Vec<String>,
    /// `Name <address>`.
    pub from: String,
    pub subject: String,
    pub message_id: String,
    pub text: String,
    pub html: String,
    /// The mail itself, with its headers.
    pub raw: String,
}

impl ReceivedMail {
    pub(crate) fn read(number: usize, raw: &[u8], envelope_from: String, to: Vec<String>) -> Self {
        let message = MessageParser::default().parse(raw).unwrap_or_default();
        let from = message.from().and_then(|from| from.first());
        let from = from.map(|from| {
            let (name, address) = (from.name(), from.address().unwrap_or_default());
            match name {
                Some(name) => format!("{name} <{address}>"),
                None => address.to_owned(),
            }
        });
        let text = |body: Option<std::borrow::Cow<'_, str>>| {
            body.map(std::borrow::Cow::into_owned).unwrap_or_default()
        };
        Self {
            number,
            envelope_from,
            to,
            from: from.unwrap_or_default(),
            subject: message.subject().unwrap_or_default().to_owned(),
            message_id: message.message_id().unwrap_or_default().to_owned(),
            text: text(message.body_text(0)),
            html: text(message.body_html(0)),
            raw: String::from_utf8_lossy(raw).into_owned(),
        }
    }

    pub(crate) fn forget_texts(&mut self) {
        for text in [&mut self.text, &mut self.html, &mut self.raw] {
            *text = String::new();
        }
    }

    /// The first address of a page in the text that contains `part`.
    pub fn link(&self, part: &str) -> Option<&str> {
        let mut words = self.text.split_whitespace();
        words.find(|word| word.starts_with("http") && word.contains(part))
    }
}
