//! What can go wrong at a mail server.

/// A fault, which strikes once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The recipient is refused for good (550).
    RefuseRecipient,
    /// The recipient is refused for now (451).
    TryLater,
    /// The connection ends before anything is said.
    HangUp,
    /// The mail is taken, and the connection ends without an answer.
    LoseAnswer,
}
