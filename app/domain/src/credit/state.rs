//! The states of a credit in the ledger.

/// The state of a credit in the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CreditState {
    /// Waits to be posted to the Stripe balance.
    Due,
    /// Is on the Stripe balance.
    Issued,
    Failed,
}

impl CreditState {
    /// The value in the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::Due => "due",
            Self::Issued => "issued",
            Self::Failed => "failed",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        [Self::Due, Self::Issued, Self::Failed]
            .into_iter()
            .find(|state| state.code() == code)
    }
}
