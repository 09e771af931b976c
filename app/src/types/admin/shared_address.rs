//! People who have one email address in different spellings.

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddressHolder {
    /// Of the member, or of the platform referrer.
    pub id: i64,
    pub name: String,
    /// As it was typed.
    pub email: String,
    /// `November 22, 2026`.
    pub since: String,
    /// What became of them, in a word; `None` for whoever is as usual.
    pub standing: Option<&'static str>,
    /// The viewer may erase them.
    pub can_erase: bool,
}

/// A page of such addresses, each with at least two holders, the oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SharedAddresses {
    pub addresses: Vec<Vec<AddressHolder>>,
    /// The value of `after` in the address of the next page.
    pub next: Option<i64>,
}
