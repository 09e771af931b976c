//! The way on which a link reaches a friend, and how many came on each (`docs/rules.md` 188, 196 and 197).

use serde::{Deserialize, Serialize};

/// The name of the channel in a link's query.
pub const VIA: &str = "via";

/// A channel. The list is closed: nothing that a visitor typed is stored.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Channel {
    /// The link as it stands, copied or spoken: it has no `via`.
    #[default]
    Link,
    Mail,
    Sms,
    WhatsApp,
    Qr,
    /// The menu of a browser (Web Share) or of an app.
    Share,
}

impl Channel {
    pub const ALL: [Self; 6] = [
        Self::Link,
        Self::Mail,
        Self::Sms,
        Self::WhatsApp,
        Self::Qr,
        Self::Share,
    ];

    /// The value in the database, and of `via` in the link.
    pub fn code(self) -> &'static str {
        match self {
            Self::Link => "link",
            Self::Mail => "mail",
            Self::Sms => "sms",
            Self::WhatsApp => "whatsapp",
            Self::Qr => "qr",
            Self::Share => "share",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|channel| channel.code() == code)
    }

    /// The words on pages.
    pub fn label(self) -> &'static str {
        match self {
            Self::Link => "Copied link",
            Self::Mail => "Email",
            Self::Sms => "Text message",
            Self::WhatsApp => "WhatsApp",
            Self::Qr => "QR code",
            Self::Share => "Share menu",
        }
    }

    /// The link that says that it went this way; `link` has a query.
    pub fn marked(self, link: &str) -> String {
        match self {
            Self::Link => link.to_owned(),
            way => format!("{link}&{VIA}={}", way.code()),
        }
    }
}

/// How many opened a member's link on one channel, and how many of them joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reached {
    pub channel: Channel,
    pub clicks: i64,
    pub joined: i64,
}

/// Puts clicks and registrations together, in the order of [`Channel::ALL`], without channels on which nobody came.
pub fn reached(clicks: &[(Channel, i64)], joined: &[(Channel, i64)]) -> Vec<Reached> {
    let of = |counts: &[(Channel, i64)], channel| {
        let counts = counts.iter().filter(|(counted, _)| *counted == channel);
        counts.map(|(_, count)| count).sum()
    };
    let lines = Channel::ALL.map(|channel| Reached {
        channel,
        clicks: of(clicks, channel),
        joined: of(joined, channel),
    });
    let came = |line: &Reached| line.clicks > 0 || line.joined > 0;
    lines.into_iter().filter(came).collect()
}

/// `12 clicks, 3 joined`.
pub fn counts_words(clicks: i64, joined: i64) -> String {
    let noun = if clicks == 1 { "click" } else { "clicks" };
    format!("{clicks} {noun}, {joined} joined")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_says_its_channel() {
        const LINK: &str = "https://detroitarms.com?ref=ab3kx7mn";
        for channel in Channel::ALL {
            assert_eq!(Channel::parse(channel.code()), Some(channel));
        }
        assert_eq!(
            Channel::Link.marked(LINK),
            LINK,
            "the guide's, to the letter"
        );
        assert_eq!(Channel::Qr.marked(LINK), format!("{LINK}&via=qr"));
    }

    #[test]
    fn clicks_and_registrations_stand_side_by_side() {
        let clicks = [(Channel::Qr, 2), (Channel::Mail, 5)];
        let joined = [(Channel::Link, 1), (Channel::Mail, 3)];
        let line = |channel, clicks, joined| Reached {
            channel,
            clicks,
            joined,
        };
        assert_eq!(
            reached(&clicks, &joined),
            [
                line(Channel::Link, 0, 1),
                line(Channel::Mail, 5, 3),
                line(Channel::Qr, 2, 0)
            ]
        );
        assert_eq!(reached(&[], &[]), []);
        assert_eq!(counts_words(12, 3), "12 clicks, 3 joined");
        assert_eq!(counts_words(1, 0), "1 click, 0 joined");
    }
}
