//! How many streams of news a member has open: each holds a connection.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use store::MemberId;

use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

/// The most streams of one member in one process. A page opens one while somebody looks at it, and a
/// browser has six connections to a host over HTTP/1.1, for everything.
pub const MOST_STREAMS: usize = 5;

/// The streams of every member, oldest first.
#[derive(Clone, Debug, Default)]
pub struct Streams(Arc<Mutex<Open>>);

#[derive(Debug, Default)]
struct Open {
    next_id: u64,
    of_members: HashMap<MemberId, VecDeque<(u64, CancellationToken)>>,
}

impl Streams {
    /// Opens one more stream of a member. Where there are too many the oldest makes room: the newest
    /// is the one that somebody has just asked for.
    pub fn open(&self, user_id: MemberId) -> OpenStream {
        let mut open = self.lock();
        let id = open.next_id;
        open.next_id += 1;
        let displaced = CancellationToken::new();
        let of_member = open.of_members.entry(user_id).or_default();
        of_member.push_back((id, displaced.clone()));
        if of_member.len() > MOST_STREAMS
            && let Some((_, oldest)) = of_member.pop_front()
        {
            oldest.cancel();
        }
        OpenStream {
            streams: self.clone(),
            user_id,
            id,
            displaced,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A stream's place among those of its member, until it is dropped.
#[derive(Debug)]
pub struct OpenStream {
    streams: Streams,
    user_id: MemberId,
    id: u64,
    displaced: CancellationToken,
}

impl OpenStream {
    /// Comes when the stream has to make room for a newer one.
    pub fn displaced(&self) -> WaitForCancellationFutureOwned {
        self.displaced.clone().cancelled_owned()
    }
}

impl Drop for OpenStream {
    fn drop(&mut self) {
        let mut open = self.streams.lock();
        let Some(of_member) = open.of_members.get_mut(&self.user_id) else {
            return;
        };
        of_member.retain(|(id, _)| *id != self.id);
        if of_member.is_empty() {
            open.of_members.remove(&self.user_id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_makes_room_for_the_newest() {
        let streams = Streams::default();
        let mut open: Vec<_> = (0..MOST_STREAMS)
            .map(|_| streams.open(MemberId::new(1)))
            .collect();
        let others = streams.open(MemberId::new(2));
        let displaced = |open: &[OpenStream]| -> Vec<bool> {
            open.iter()
                .map(|one| one.displaced.is_cancelled())
                .collect()
        };
        assert_eq!(displaced(&open), [false; MOST_STREAMS]);
        open.push(streams.open(MemberId::new(1)));
        assert_eq!(displaced(&open[..2]), [true, false]);
        drop(open.remove(1));
        open.push(streams.open(MemberId::new(1)));
        assert_eq!(displaced(&open[1..]), [false; MOST_STREAMS], "one had left");
        assert!(!others.displaced.is_cancelled());
        drop((open, others));
        assert!(
            streams.lock().of_members.is_empty(),
            "nothing is left behind"
        );
    }
}
