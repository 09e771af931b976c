//! The secret in the link of a mail. The database knows only its hash.

use sha2::{Digest, Sha256};

/// What the database stores of a link's token: SHA-256 in hexadecimal digits.
pub fn hash(token: &str) -> String {
    hex::encode(Sha256::digest(token))
}
