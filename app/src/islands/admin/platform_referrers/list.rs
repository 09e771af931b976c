//! The platform referrers that are shown, and how they are read again.

use leptos::{prelude::*, task::spawn_local};

use crate::{
    islands::{
        admin::focus::{focus, focused, keep_focus},
        call::ask,
    },
    server_fns::admin::ListReferrers,
    types::admin::Partner,
};

/// Why the list is read again.
#[derive(Clone, Copy)]
pub enum Cause {
    /// A partner was added, whose link takes the focus.
    Added,
    /// This partner was changed; the button that did it takes the focus if it was lost.
    Changed(i64, &'static str),
    /// Something may have happened.
    News,
}

/// What the list shows.
#[derive(Clone, Copy)]
pub struct List(pub RwSignal<Vec<Partner>>);

impl List {
    /// Reads the list again.
    pub fn reload(self, cause: Cause) {
        spawn_local(async move {
            let Ok(fresh) = ask::<ListReferrers>(&[]).await else {
                return;
            };
            let known = self.0.get_untracked();
            let new = added(&known, &fresh);
            let had = focused();
            self.0.set(merged(&known, fresh, cause));
            match (cause, new) {
                (Cause::Added, Some(new)) => request_animation_frame(move || {
                    focus(&link_id(new, 0));
                }),
                (Cause::Changed(id, button), _) => keep_focus(vec![had, format!("{button}{id}")]),
                _ => keep_focus(vec![had]),
            }
        });
    }
}

/// `fresh`, but of those whom somebody may be renaming just now only the counts: what is typed
/// stays, and what another admin changed meanwhile is said when it is saved.
fn merged(known: &[Partner], fresh: Vec<Partner>, cause: Cause) -> Vec<Partner> {
    let mut all = fresh;
    for one in &mut all {
        let changed = matches!(cause, Cause::Changed(id, _) if id == one.id);
        if let Some(old) = known.iter().find(|old| old.id == one.id && !changed) {
            *one = Partner {
                referrals: one.referrals,
                credited: one.credited,
                ..old.clone()
            };
        }
    }
    all
}

/// The id of a partner's link number `place`.
pub fn link_id(partner: i64, place: usize) -> String {
    format!("link-{partner}-{place}")
}

/// Who is in the list `fresh` and was not before.
fn added(known: &[Partner], fresh: &[Partner]) -> Option<i64> {
    let is_new = |one: &&Partner| known.iter().all(|other| other.id != one.id);
    fresh.iter().find(is_new).map(|one| one.id)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn partner(id: i64) -> Partner {
        Partner {
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
    fn who_was_added_is_found() {
        let known = [partner(2), partner(1)];
        assert_eq!(added(&known, &known), None);
        assert_eq!(added(&known, &[partner(3), partner(2)]), Some(3));
        assert_eq!(added(&[], &[partner(1)]), Some(1));
    }

    #[test]
    fn only_who_was_changed_is_replaced() {
        let known = [partner(1), partner(2)];
        let fresh = || {
            let newer = |id| Partner {
                name: "Bea".to_owned(),
                credited: 5,
                version: 2,
                ..partner(id)
            };
            vec![newer(1), newer(2)]
        };
        let merged = merged(&known, fresh(), Cause::Changed(2, "rename-"));
        assert_eq!(
            merged[0],
            Partner {
                credited: 5,
                ..partner(1)
            }
        );
        assert_eq!(merged[1], fresh()[1]);
    }
}
