//! Credit that staff gives and takes by hand.

use domain::{
    credit::Program,
    money::{Currency, Money},
};

/// What the page about one member or platform referrer shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrantPage {
    pub program: Program,
    /// The member's id, or the platform referrer's.
    pub id: i64,
    pub name: String,
    /// The currency of what is typed.
    pub currency: Currency,
    /// What the viewer's role gives at once at most; `None` if it gives nothing.
    pub most: Option<Money>,
    /// What is on the balance, as far as it is known; `None` if nothing is.
    pub available: Option<Money>,
    /// The account is deleted, or is being deleted.
    pub leaving: bool,
    /// Random: each form changes the balance once.
    pub form_token: String,
    /// What was given and taken, newest first.
    pub past: Vec<GrantLine>,
}

/// What was given or taken once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrantLine {
    /// `November 22, 2026`.
    pub on: String,
    /// The same as ISO 8601.
    pub at: String,
    /// Above zero in the holder's favor.
    pub amount: Money,
    pub reason: String,
    /// Whether Stripe has it: `Done`.
    pub state: &'static str,
}

/// What was typed into one of the forms.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GrantForm {
    pub id: i64,
    pub amount: String,
    pub reason: String,
    /// The cents that the page of confirmation named; empty before it.
    pub confirmed: String,
    pub token: String,
}
