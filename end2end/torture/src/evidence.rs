//! What Stripe was asked and what it has, kept beside the logs when something was found.

use std::{fs, path::Path};

use anyhow::Context;
use serde_json::{Map, json};

use crate::workload::TestContext;

/// Writes `stripe.json`: all requests, oldest first, and all objects by secret key.
///
/// # Errors
/// If the file cannot be written.
pub fn keep(context: &TestContext, folder: &Path) -> anyhow::Result<()> {
    let objects: Map<_, _> = context
        .accounts()
        .into_iter()
        .map(|key| (key.clone(), context.stripe.objects(&key, None)))
        .collect();
    let evidence = json!({ "requests": context.stripe.requests(), "objects": objects });
    let file = folder.join("stripe.json");
    fs::write(&file, serde_json::to_vec_pretty(&evidence)?)
        .with_context(|| file.display().to_string())
}
