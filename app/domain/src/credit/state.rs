//! How far a credit has come, as the ledger says it.

/// How far a credit has come, as the ledger says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CreditState {
    /// To be posted to the Stripe balance.
    Due,
    /// On the Stripe balance.
    Issued,
    /// Given up.
    Failed,
}

impl CreditState {
    /// The word in the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::Due => "due",
            Self::Issued => "issued",
            Self::Failed => "failed",
        }
    }

    /// Reads [`Self::code`] back.
    pub fn parse(code: &str) -> Option<Self> {
        [Self::Due, Self::Issued, Self::Failed]
            .into_iter()
            .find(|state| state.code() == code)
    }
}
