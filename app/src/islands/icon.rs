//! The icons, of which `frontend/public/icons` tells the source. They stand beside words or in a control that has a
//! name, so they say nothing to a screen reader.

use leptos::tachys::html::InertElement;

/// Where the icons are. A browser keeps them, so the query changes with them: it begins their SHA-256.
pub const ICONS: &str = "/icons/icons.svg?a7392ab8";

/// An icon of the file, by its name there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    Bell,
    CalendarPlus,
    CircleUser,
    Copy,
    ExternalLink,
    IdCard,
    Mail,
    Menu,
    MessageCircle,
    MessageSquare,
    Printer,
    QrCode,
    Search,
    Share,
    Ticket,
    Users,
    Wallet,
}

impl Icon {
    /// All of them, in the order of the file.
    pub const ALL: [Self; 17] = [
        Self::Bell,
        Self::CalendarPlus,
        Self::CircleUser,
        Self::Copy,
        Self::ExternalLink,
        Self::IdCard,
        Self::Mail,
        Self::Menu,
        Self::MessageCircle,
        Self::MessageSquare,
        Self::Printer,
        Self::QrCode,
        Self::Search,
        Self::Share,
        Self::Ticket,
        Self::Users,
        Self::Wallet,
    ];

    /// Its name in the file.
    pub fn id(self) -> &'static str {
        match self {
            Self::Bell => "bell",
            Self::CalendarPlus => "calendar-plus",
            Self::CircleUser => "circle-user",
            Self::Copy => "copy",
            Self::ExternalLink => "external-link",
            Self::IdCard => "id-card",
            Self::Mail => "mail",
            Self::Menu => "menu",
            Self::MessageCircle => "message-circle",
            Self::MessageSquare => "message-square",
            Self::Printer => "printer",
            Self::QrCode => "qr-code",
            Self::Search => "search",
            Self::Share => "share-2",
            Self::Ticket => "ticket",
            Self::Users => "users",
            Self::Wallet => "wallet",
        }
    }
}

/// The icon in the color of the text around it. Written as text, it adds no code of its own to what browsers load.
pub fn icon(icon: Icon) -> InertElement {
    let id = icon.id();
    InertElement::new(format!(
        "<svg class=\"icon\" aria-hidden=\"true\"><use href=\"{ICONS}#{id}\"></use></svg>"
    ))
}
