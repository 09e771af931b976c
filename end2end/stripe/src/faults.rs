//! What goes wrong on demand.

use std::{sync::Arc, time::Duration};

use tokio::sync::watch::Receiver;

use crate::{
    types::{Fault, FaultKind},
    world::{Shared, World},
};

pub fn arm(shared: &Arc<Shared>, fault: Fault) {
    shared.change(|world| world.faults.push(fault));
}

/// Gives how many calls they would still have spoilt.
pub fn clear(shared: &Arc<Shared>) -> u32 {
    let unused = shared.change(|world| std::mem::take(&mut world.faults));
    unused.iter().map(|fault| fault.times).sum()
}

pub fn release_hung(shared: &Arc<Shared>) {
    shared.hung.send_modify(|count| *count += 1);
}

/// Uses up one time of the first fault that matches, unless it lets this call pass.
pub fn take(world: &mut World, method: &str, path: &str, key: Option<&str>) -> Option<Fault> {
    let at = world
        .faults
        .iter()
        .position(|fault| matches(fault, method, path, key))?;
    if world.faults[at].after > 0 {
        world.faults[at].after -= 1;
        return None;
    }
    let fault = world.faults[at].clone();
    world.faults[at].times -= 1;
    world.faults.retain(|fault| fault.times > 0);
    Some(fault)
}

fn matches(fault: &Fault, method: &str, path: &str, key: Option<&str>) -> bool {
    let method_fits = fault
        .method
        .as_ref()
        .is_none_or(|wanted| wanted.eq_ignore_ascii_case(method));
    let key_fits = fault
        .secret_key
        .as_ref()
        .is_none_or(|wanted| Some(wanted.as_str()) == key);
    method_fits
        && key_fits
        && fault.times > 0
        && path.starts_with(&fault.path_prefix)
        && path.ends_with(&fault.path_suffix)
}

/// Waits if the fault is of this hanging kind.
pub async fn hang(released: &mut Receiver<u64>, fault: Option<&Fault>, kind: FaultKind) {
    let Some(fault) = fault.filter(|fault| fault.kind == kind) else {
        return;
    };
    match fault.hang_ms {
        Some(ms) => {
            // Either end is as good as the other: the call goes on.
            let _ = tokio::time::timeout(Duration::from_millis(ms), released.changed()).await;
        }
        None => {
            let _ = released.changed().await;
        }
    }
}
