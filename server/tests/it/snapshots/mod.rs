//! What pages and the mobile API answer, word for word. A change of words is a change of a file in this
//! folder; `INSTA_UPDATE=always` writes them anew.

mod api;
mod pages;

/// What differs from run to run, and what stands for it in a snapshot.
const FILTERS: [(&str, &str); 13] = [
    (r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z", "[moment]"),
    (
        r"(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]* \d{1,2}, \d{4}(, \d{1,2}:\d{2} [AP]M UTC)?",
        "[date]",
    ),
    (r"(localhost|127\.0\.0\.1):\d+", "$1:[port]"),
    (r"localhost%3A\d+", "localhost%3A[port]"),
    (r"ref%3D[0-9a-z]{8}", "ref%3D[code]"),
    (r"pewpros_[0-9a-f]{64}", "[API token]"),
    (r"\b[0-9a-f]{32}\b", "[token]"),
    (r#"(nonce|crossorigin)="[^"]*""#, r#"$1="[nonce]""#),
    (r"\b1\d{12}\b", "[milliseconds]"),
    (r"/pkg/[\w.-]+", "/pkg/[file]"),
    (r#"\?ref=[0-9a-z]{8}"#, "?ref=[code]"),
    (r"/pay/cs_[\w-]+", "/pay/[session]"),
    (r"cs_(test|live)_\w+", "[session]"),
];

/// Compares with the snapshot of this name.
macro_rules! assert_same {
    ($name:expr, $text:expr) => {
        insta::with_settings!({
            filters => crate::snapshots::FILTERS.to_vec(),
            omit_expression => true,
            prepend_module_to_snapshot => false,
            snapshot_path => concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/snapshots/files"),
        }, {
            insta::assert_snapshot!($name, $text);
        });
    };
}

use assert_same;
