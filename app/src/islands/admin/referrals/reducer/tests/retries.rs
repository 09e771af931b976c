//! Selecting rows, retrying them, and what the person is told of it.

use super::*;
use crate::types::admin::RetryOutcome;

fn retried(ids: &[i64]) -> Message {
    Message::Retried { ids: ids.to_vec() }
}

/// Lets a refresh answer that the retried credits stand so, and returns the toast.
fn toast(state: &mut State, sentence: &str, has_settled: bool, is_over: bool) -> Option<String> {
    state.reduce(Message::Refresh);
    let mut fresh = page("");
    fresh.retried = Some(RetryOutcome {
        sentence: sentence.to_owned(),
        has_settled,
        is_over,
    });
    let answer = Answer::Page(Box::new(fresh));
    let tasks = state.reduce(answered(state.request, Reason::Refresh, answer));
    tasks.into_iter().find_map(|task| match task {
        Task::Toast(sentence) => Some(sentence),
        _ => None,
    })
}

#[test]
fn the_person_learns_how_a_retry_ended() {
    let mut state = opened();
    state.reduce(retried(&[7, 8]));
    let running = "1 of 2 credited, 1 still being retried.";
    assert_eq!(toast(&mut state, running, false, false), None);
    let over = "1 of 2 credited, 1 failed: Stripe could not be reached.";
    assert_eq!(toast(&mut state, over, true, true).as_deref(), Some(over));
    assert!(state.retried.is_empty(), "nothing more will come");
}

#[test]
fn what_waits_is_told_once_and_its_end_later() {
    let mut state = opened();
    state.reduce(retried(&[7]));
    let waits = "0 of 1 credited, 1 waits: Under review.";
    assert_eq!(
        toast(&mut state, waits, true, false).as_deref(),
        Some(waits)
    );
    assert_eq!(toast(&mut state, waits, true, false), None, "said already");
    assert_eq!(state.retried, [7]);
    let over = "1 of 1 credited.";
    assert_eq!(toast(&mut state, over, true, true).as_deref(), Some(over));
    state.reduce(retried(&[8]));
    assert_eq!(state.retried, [8]);
    assert_eq!(
        toast(&mut state, over, true, true).as_deref(),
        Some(over),
        "of another retry the same words are news"
    );
}

#[test]
fn a_retry_refreshes_the_table_now_and_everything_later() {
    let later = [1, 3, 7].map(Task::RefreshAfter);
    let mut state = opened();
    state.reduce(Message::SelectAll { ticked: true });
    let tasks = state.reduce(retried(&[7, 8]));
    assert_eq!(tasks[0], load(1, Reason::Refresh, ""));
    assert_eq!(tasks[1..], later);
    assert!(state.selected.is_empty());
    assert_eq!(state.retried, [7, 8]);
    state.reduce(submitted(FIRST));
    assert_eq!(state.reduce(retried(&[7])), later, "a page is on its way");
}

#[test]
fn only_rows_that_can_be_retried_are_selected() {
    let mut state = opened();
    let select = |id, ticked| Message::Select { id, ticked };
    let cases = [
        (select(8, true), vec![8]),
        (select(8, true), vec![8]),
        (select(7, true), vec![8, 7]),
        (select(8, false), vec![7]),
        (Message::SelectAll { ticked: true }, vec![7, 8]),
        (Message::SelectAll { ticked: false }, vec![]),
        (Message::SelectAll { ticked: true }, vec![7, 8]),
    ];
    for (message, selected) in cases {
        assert_eq!(state.reduce(message), []);
        assert_eq!(state.selected, selected);
    }
    state.reduce(Message::Refresh);
    let mut fresh = page("");
    fresh.rows[0].can_retry = false;
    state.reduce(answered(1, Reason::Refresh, Answer::Page(Box::new(fresh))));
    assert_eq!(state.selected, [8], "row 7 cannot be retried any more");
}
