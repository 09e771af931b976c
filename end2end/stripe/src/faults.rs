//! Fault injection: makes requests fail on purpose.

use std::{sync::Arc, time::Duration};

use tokio::sync::watch::Receiver;

use crate::{
    state::{SharedState, StripeState},
    types::{Fault, FaultKind},
};

pub fn inject(shared: &Arc<SharedState>, fault: Fault) {
    shared.change(|state| state.faults.push(fault));
}

/// Removes all faults. Returns how many more requests they would have affected.
pub fn clear(shared: &Arc<SharedState>) -> u32 {
    let unused = shared.change(|state| std::mem::take(&mut state.faults));
    unused.iter().map(|fault| fault.times).sum()
}

pub fn release_hung(shared: &Arc<SharedState>) {
    shared.release_hung.send_modify(|count| *count += 1);
}

/// Takes the first fault that matches the request and counts it as used once. Returns `None` while
/// the fault still skips requests (`after`).
pub fn take_matching(
    state: &mut StripeState,
    method: &str,
    path: &str,
    key: Option<&str>,
) -> Option<Fault> {
    let at = state
        .faults
        .iter()
        .position(|fault| matches(fault, method, path, key))?;
    if state.faults[at].after > 0 {
        state.faults[at].after -= 1;
        return None;
    }
    let fault = state.faults[at].clone();
    state.faults[at].times -= 1;
    state.faults.retain(|fault| fault.times > 0);
    Some(fault)
}

fn matches(fault: &Fault, method: &str, path: &str, key: Option<&str>) -> bool {
    let method_matches = fault
        .method
        .as_ref()
        .is_none_or(|wanted| wanted.eq_ignore_ascii_case(method));
    let key_matches = fault
        .secret_key
        .as_ref()
        .is_none_or(|wanted| Some(wanted.as_str()) == key);
    method_matches
        && key_matches
        && fault.times > 0
        && path.starts_with(&fault.path_prefix)
        && path.ends_with(&fault.path_suffix)
}

/// Waits if the fault is of the given kind, until it is released or its time is over.
pub async fn hang(released: &mut Receiver<u64>, fault: Option<&Fault>, kind: FaultKind) {
    let Some(fault) = fault.filter(|fault| fault.kind == kind) else {
        return;
    };
    match fault.hang_ms {
        Some(ms) => {
            // Whether it timed out or was released makes no difference: the request continues.
            let _ = tokio::time::timeout(Duration::from_millis(ms), released.changed()).await;
        }
        None => {
            let _ = released.changed().await;
        }
    }
}
