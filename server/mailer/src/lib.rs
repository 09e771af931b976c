//! Sends mail over SMTP, with lettre.

use std::{num::NonZeroU32, sync::Arc, time::Duration};

use anyhow::Context;
use domain::mail::MailError;
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use lettre::{
    Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{
        Mailbox, MultiPart,
        header::{Header, HeaderName, HeaderValue},
    },
    transport::smtp,
};

/// How long the mail server may take for a command.
const PATIENCE: Duration = Duration::from_secs(20);

/// A mail to send.
#[derive(Clone, Debug)]
pub struct OutgoingMail<'a> {
    /// The site's name, which the recipient reads as the sender unless `from` has another name.
    pub from_name: &'a str,
    /// Where an answer goes; `None` for the sender's own address.
    pub reply_to: Option<&'a str>,
    /// The site's own sender, as [`sender`] read it; `None` for the installation's address.
    pub from: Option<&'a str>,
    /// The recipient's address, as it was typed.
    pub to: &'a str,
    pub subject: &'a str,
    pub text: String,
    pub html: String,
    /// The left part of the Message-ID. It is the same in each attempt, so that the recipient's
    /// server can tell that a mail which it has is sent again.
    pub token: &'a str,
    /// Where the recipient's mail program unsubscribes them, if they can be (RFC 8058).
    pub unsubscribe: Option<String>,
}

/// Reads a sender, `Detroit Arms <hello@detroitarms.com>` or an address alone, and returns how it is
/// written; `None` if it is none.
pub fn sender(text: &str) -> Option<String> {
    let mailbox: Mailbox = text.parse().ok()?;
    Some(mailbox.to_string())
}

/// Sends mail, or says that it cannot. Cheap to clone.
#[derive(Clone)]
pub struct Mailer(Option<Arc<Server>>);

struct Server {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Address,
    limiter: DefaultDirectRateLimiter,
}

impl Mailer {
    /// Sends nothing.
    pub fn none() -> Self {
        Self(None)
    }

    /// `smtp_url` is `smtps://user:password@host` or `smtp://…?tls=required`; `from` is the address
    /// from which mails are sent whose site has no sender of its own. Without both, no mail can be
    /// sent. At most `per_second` are sent in a second.
    ///
    /// # Errors
    /// If only one of the two is given, or one cannot be read.
    pub fn new(
        smtp_url: Option<&str>,
        from: Option<&str>,
        per_second: NonZeroU32,
    ) -> anyhow::Result<Self> {
        let (url, from) = match (smtp_url, from) {
            (None, None) => return Ok(Self::none()),
            (Some(url), Some(from)) => (url, from),
            _ => anyhow::bail!("SMTP_URL and MAIL_FROM belong together: set both, or none"),
        };
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
            .context("SMTP_URL cannot be read")?
            .timeout(Some(PATIENCE))
            .build();
        Ok(Self(Some(Arc::new(Server {
            transport,
            from: from.parse().context("MAIL_FROM is not an address")?,
            limiter: RateLimiter::direct(Quota::per_second(per_second)),
        }))))
    }

    /// Whether mail can be sent at all.
    pub fn can_send(&self) -> bool {
        self.0.is_some()
    }

    /// Sends a mail, after waiting for its turn.
    ///
    /// # Errors
    /// [`MailError::Refused`] if this mail is never taken, [`MailError::Unavailable`] for anything
    /// that may pass.
    pub async fn send(&self, mail: OutgoingMail<'_>) -> Result<(), MailError> {
        let Some(server) = &self.0 else {
            let words = "no mail server is set (SMTP_URL)";
            return Err(MailError::Unavailable(words.to_owned()));
        };
        let message = server
            .message(mail)
            .map_err(|error| MailError::Refused(error.to_string()))?;
        server.limiter.until_ready().await;
        match server.transport.send(message).await {
            Ok(_) => Ok(()),
            Err(error) => Err(read(&error)),
        }
    }
}

impl Server {
    fn message(&self, mail: OutgoingMail<'_>) -> anyhow::Result<Message> {
        let mut from = match mail.from {
            Some(own) => own.parse().context("the site's sender is not an address")?,
            None => Mailbox::new(None, self.from.clone()),
        };
        from.name = from.name.or_else(|| Some(mail.from_name.to_owned()));
        let id = format!("<{}@{}>", mail.token, from.email.domain());
        let mut builder = Message::builder();
        if let Some(url) = mail.unsubscribe {
            builder = builder
                .header(Unsubscribe(format!("<{url}>")))
                .header(OneClick);
        }
        // Without a place for answers, the mail itself still helps.
        if let Some(address) = mail.reply_to.and_then(|address| address.parse().ok()) {
            let name = Some(mail.from_name.to_owned());
            builder = builder.reply_to(Mailbox::new(name, address));
        }
        let message = builder
            .from(from)
            .to(Mailbox::new(None, mail.to.parse()?))
            .subject(mail.subject)
            .message_id(Some(id))
            .header(AutoSubmitted)
            .multipart(MultiPart::alternative_plain_html(mail.text, mail.html))?;
        Ok(message)
    }
}

/// `List-Unsubscribe` (RFC 2369, 3.2).
#[derive(Clone)]
struct Unsubscribe(String);

impl Header for Unsubscribe {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("List-Unsubscribe")
    }

    fn parse(text: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self(text.to_owned()))
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), self.0.clone())
    }
}

/// `List-Unsubscribe-Post`: a `POST` to that address is enough (RFC 8058, 3.1).
#[derive(Clone)]
struct OneClick;

impl Header for OneClick {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("List-Unsubscribe-Post")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "List-Unsubscribe=One-Click".to_owned())
    }
}

/// `Auto-Submitted: auto-generated`, so that nobody's absence note answers (RFC 3834).
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// The replies with which a server refuses a recipient or a content for good. Another 5yz, such as
/// 535 for our password, is about us and may be mended (RFC 5321, 4.2.3).
const ABOUT_THE_MAIL: std::ops::RangeInclusive<u16> = 550..=556;

fn read(error: &smtp::Error) -> MailError {
    let words = error.to_string();
    let code = error.status().map(u16::from);
    match code.is_some_and(|code| ABOUT_THE_MAIL.contains(&code)) {
        true => MailError::Refused(words),
        false => MailError::Unavailable(words),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sender_is_an_address_with_or_without_a_name() {
        let own = "Detroit Arms <hello@detroitarms.com>";
        for (typed, read) in [
            (own, Some(own)),
            (" hello@detroitarms.com ", Some("hello@detroitarms.com")),
            ("Detroit Arms", None),
            ("a@b.example, c@d.example", None),
            ("Detroit\r\nBcc: x@y.example <hello@detroitarms.com>", None),
            ("", None),
        ] {
            assert_eq!(sender(typed).as_deref(), read, "{typed}");
        }
    }

    #[test]
    fn both_settings_belong_together() {
        let url = Some("smtp://127.0.0.1:2525");
        let new = |url, from| Mailer::new(url, from, NonZeroU32::MIN);
        assert!(!new(None, None).unwrap().can_send());
        assert!(new(url, None).is_err());
        assert!(new(None, Some("a@example.com")).is_err());
        assert!(new(url, Some("nobody")).is_err());
        assert!(new(url, Some("a@example.com")).unwrap().can_send());
    }
}
