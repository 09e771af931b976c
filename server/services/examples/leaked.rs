//! Writes the list of leaked passwords: `server/services/src/accounts/leaked/README.md` says from
//! what.

use std::{
    collections::BTreeSet,
    env, fs,
    io::{self, Write},
};

use anyhow::Context;
use services::accounts::leaked::prefix;

fn main() -> anyhow::Result<()> {
    let mut prefixes = BTreeSet::new();
    for path in env::args().skip(1) {
        let text = fs::read_to_string(&path).with_context(|| path.clone())?;
        let passwords: Vec<String> = match path.ends_with(".json") {
            true => serde_json::from_str(&text).with_context(|| path.clone())?,
            false => text.lines().map(str::to_owned).collect(),
        };
        prefixes.extend(passwords.iter().map(|password| prefix(password)));
    }
    let bytes: Vec<u8> = prefixes.into_iter().flatten().collect();
    Ok(io::stdout().write_all(&bytes)?)
}
