//! The list of platform referrers and how it is refreshed.

use leptos::{prelude::*, task::spawn_local};

use crate::{
    islands::{
        call::ask,
        focus::{focus, focused, keep_focus},
    },
    server_fns::admin::ListReferrers,
    types::admin::PlatformReferrer,
};

/// Why the list is refreshed.
#[derive(Clone, Copy)]
pub enum Reason {
    /// A referrer was added; their link takes the focus.
    Added,
    /// The referrer with this id was changed. If the focus got lost, it goes back to the button, whose
    /// id begins with this prefix.
    Changed(i64, &'static str),
    /// Something may have changed at the server.
    Refresh,
}

/// The referrers that are shown, newest first.
#[derive(Clone, Copy)]
pub struct List(pub RwSignal<Vec<PlatformReferrer>>);

impl List {
    /// Reads the list from the server.
    pub fn reload(self, reason: Reason) {
        spawn_local(async move {
            let Ok(fresh) = ask::<ListReferrers>(&[]).await else {
                return;
            };
            let known = self.0.get_untracked();
            let new = added(&known, &fresh);
            let had = focused();
            self.0.set(merged(&known, fresh, reason));
            match (reason, new) {
                (Reason::Added, Some(new)) => request_animation_frame(move || {
                    focus(&link_id(new, 0));
                }),
                (Reason::Changed(id, button), _) => keep_focus(vec![had, format!("{button}{id}")]),
                _ => keep_focus(vec![had]),
            }
        });
    }
}

/// The new list: `fresh` for a referrer who was changed here, and for all others only the counts of
/// `fresh`. An open form keeps what is typed; saving it says what another admin changed meanwhile.
fn merged(
    known: &[PlatformReferrer],
    fresh: Vec<PlatformReferrer>,
    reason: Reason,
) -> Vec<PlatformReferrer> {
    let mut all = fresh;
    for one in &mut all {
        let changed = matches!(reason, Reason::Changed(id, _) if id == one.id);
        if let Some(old) = known.iter().find(|old| old.id == one.id && !changed) {
            *one = PlatformReferrer {
                referrals: one.referrals,
                credited: one.credited,
                ..old.clone()
            };
        }
    }
    all
}

/// The id of the copy field with a referrer's link number `place`.
pub fn link_id(referrer: i64, place: usize) -> String {
    format!("link-{referrer}-{place}")
}

/// The id of the first referrer who is in `fresh` but not in `known`.
fn added(known: &[PlatformReferrer], fresh: &[PlatformReferrer]) -> Option<i64> {
    let is_new = |one: &&PlatformReferrer| known.iter().all(|other| other.id != one.id);
    fresh.iter().find(is_new).map(|one| one.id)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn referrer(id: i64) -> PlatformReferrer {
        PlatformReferrer {
            id,
            name: "Ann".to_owned(),
            email: "ann@example.com".to_owned(),
            code: "q9wm4t2k".to_owned(),
            links: Vec::new(),
            referrals: 0,
            credited: 0,
            disabled: false,
            version: 1,
            added_on: "November 22, 2026".to_owned(),
        }
    }

    #[test]
    fn the_added_referrer_is_found() {
        let known = [referrer(2), referrer(1)];
        assert_eq!(added(&known, &known), None);
        assert_eq!(added(&known, &[referrer(3), referrer(2)]), Some(3));
        assert_eq!(added(&[], &[referrer(1)]), Some(1));
    }

    #[test]
    fn only_the_changed_referrer_is_replaced() {
        let known = [referrer(1), referrer(2)];
        let fresh = || {
            let newer = |id| PlatformReferrer {
                name: "Bea".to_owned(),
                credited: 5,
                version: 2,
                ..referrer(id)
            };
            vec![newer(1), newer(2)]
        };
        let merged = merged(&known, fresh(), Reason::Changed(2, "rename-"));
        assert_eq!(
            merged[0],
            PlatformReferrer {
                credited: 5,
                ..referrer(1)
            }
        );
        assert_eq!(merged[1], fresh()[1]);
    }
}
