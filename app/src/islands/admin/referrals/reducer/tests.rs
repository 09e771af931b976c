use domain::{credit::Program, referral::ReferralStatus};

use super::*;
use crate::types::admin::{Cards, ReferralRow};

mod retries;

const FIRST: &str = "status=failed";
const SECOND: &str = "status=failed&q=jane";

fn row(id: i64, can_retry: bool) -> ReferralRow {
    ReferralRow {
        id,
        referrer: "Mia Stone".to_owned(),
        referrer_email: "mia@example.com".to_owned(),
        referred: "Omar Haddad".to_owned(),
        referred_email: None,
        status: ReferralStatus::Failed,
        reason: None,
        see_settings: false,
        can_retry,
        credit: None,
        owed: None,
        kind: None,
        date: String::new(),
        at: String::new(),
    }
}

/// The page that the server answers to `query`: rows 7 and 8 can be retried, row 9 cannot.
fn page(query: &str) -> ReferralsPage {
    ReferralsPage {
        filter: ReferralFilter::from_query(Program::Tenant, query).0,
        ignored: Vec::new(),
        cards: Cards {
            total: 1234,
            ..Cards::default()
        },
        rows: vec![row(7, true), row(8, true), row(9, false)],
        next: None,
        previous: None,
        retried: None,
        program_is_off: false,
    }
}

fn loaded(query: &str) -> Answer {
    Answer::Page(Box::new(page(query)))
}

/// A table that woke up at `/admin/referrals`.
fn opened() -> State {
    let mut state = State::new(page(""));
    let search = String::new();
    assert_eq!(state.reduce(Message::Opened { search }), []);
    state
}

fn followed(query: &str, focus: &'static str) -> Message {
    Message::Followed {
        query: query.to_owned(),
        focus,
    }
}

fn submitted(query: &str) -> Message {
    Message::Submitted(query.to_owned())
}

fn moved(search: &str) -> Message {
    Message::Moved {
        search: search.to_owned(),
    }
}

fn answered(request: u32, reason: Reason, answer: Answer) -> Message {
    Message::Answered {
        request,
        reason,
        answer,
        focused: "retry-7".to_owned(),
    }
}

fn load(request: u32, reason: Reason, query: &str) -> Task {
    Task::Load {
        request,
        reason,
        query: query.to_owned(),
    }
}

fn push(path: &str) -> Task {
    Task::WriteAddress {
        path: path.to_owned(),
        replace: false,
    }
}

fn keep_focus() -> Task {
    let ids = ["retry-7", "referral-7", TABLE, SEARCH];
    Task::KeepFocus(ids.map(str::to_owned).to_vec())
}

/// Lets the person type in the search field and pause; the page for `query` then arrives.
fn type_and_load(state: &mut State, query: &str) -> Vec<Task> {
    state.reduce(Message::Changed(Reason::Typed));
    state.reduce(Message::Paused {
        pause: state.pause,
        reason: Reason::Typed,
        query: query.to_owned(),
    });
    let page = loaded(query);
    state.reduce(answered(state.request, Reason::Typed, page))
}

#[test]
fn what_the_person_does_loads_a_page() {
    let cases = [
        (submitted(FIRST), load(1, Reason::Filtered, FIRST)),
        (
            followed(FIRST, "next"),
            load(1, Reason::Linked("next"), FIRST),
        ),
        (
            moved("?status=failed"),
            load(1, Reason::History, "status=failed"),
        ),
        (Message::TryAgain, load(1, Reason::Linked(TABLE), "")),
    ];
    for (message, task) in cases {
        let mut state = opened();
        assert_eq!(state.reduce(message), [task]);
        assert!(state.loading);
        assert_eq!(state.page, page(""), "the old rows stay meanwhile");
    }
}

#[test]
fn each_reason_shows_its_page_in_its_own_way() {
    let first = "/admin/referrals?status=failed";
    let cases = [
        (Reason::Typed, vec![push(first), keep_focus()]),
        (Reason::Filtered, vec![push(first), keep_focus()]),
        (
            Reason::Linked("next"),
            vec![push(first), Task::ResetControls, Task::Focus("next")],
        ),
        (
            Reason::Linked(""),
            vec![push(first), Task::ResetControls, keep_focus()],
        ),
        (Reason::History, vec![Task::ResetControls, keep_focus()]),
        (Reason::Refresh, vec![keep_focus()]),
    ];
    for (reason, tasks) in cases {
        let mut state = opened();
        state.reduce(submitted(FIRST));
        let answer = loaded(FIRST);
        assert_eq!(
            state.reduce(answered(1, reason, answer)),
            tasks,
            "{reason:?}"
        );
        assert!(!state.loading);
        assert_eq!(state.page, page(FIRST));
        let resets = matches!(reason, Reason::Linked(_) | Reason::History);
        assert_eq!(state.controls, page(if resets { FIRST } else { "" }).filter);
        let announces = reason != Reason::Refresh;
        assert_eq!(
            state.announcement,
            if announces { "1,234 referrals" } else { "" }
        );
    }
}

#[test]
fn an_answer_to_an_older_request_is_ignored() {
    let mut state = opened();
    state.reduce(submitted(FIRST));
    state.reduce(submitted(SECOND));
    for late in [
        loaded(FIRST),
        Answer::Failed("No.".to_owned()),
        Answer::NotAllowed,
        Answer::SessionEnded,
    ] {
        assert_eq!(state.reduce(answered(1, Reason::Filtered, late)), []);
        assert!(state.loading, "the newer page is still on its way");
        assert_eq!((&state.page, &state.error), (&page(""), &None));
    }
    state.reduce(answered(2, Reason::Filtered, loaded(SECOND)));
    assert_eq!(state.page, page(SECOND));
}

#[test]
fn a_page_is_loaded_after_a_pause_in_typing() {
    let mut state = opened();
    let wait = |pause, reason| Task::Wait { pause, reason };
    let paused = |pause| Message::Paused {
        pause,
        reason: Reason::Typed,
        query: SECOND.to_owned(),
    };
    for pause in [1, 2] {
        let tasks = state.reduce(Message::Changed(Reason::Typed));
        assert_eq!(tasks, [wait(pause, Reason::Typed)]);
        assert!(!state.loading);
    }
    assert_eq!(state.reduce(paused(1)), [], "the person went on typing");
    assert_eq!(
        state.reduce(paused(2)),
        [load(1, Reason::Typed, SECOND)],
        "the person paused"
    );
    let tasks = state.reduce(Message::Changed(Reason::Filtered));
    assert_eq!(tasks, [wait(4, Reason::Filtered)]);
}

#[test]
fn typing_does_not_overtake_what_was_chosen_since() {
    for chosen in [
        submitted(FIRST),
        followed(FIRST, ""),
        moved("?status=failed"),
        Message::TryAgain,
    ] {
        let mut state = opened();
        state.reduce(Message::Changed(Reason::Typed));
        state.reduce(chosen);
        let paused = Message::Paused {
            pause: 1,
            reason: Reason::Typed,
            query: SECOND.to_owned(),
        };
        assert_eq!(state.reduce(paused), []);
    }
}

#[test]
fn a_refresh_does_not_cancel_what_is_being_typed() {
    let mut state = opened();
    state.reduce(Message::Changed(Reason::Typed));
    state.reduce(Message::Refresh);
    let paused = Message::Paused {
        pause: 1,
        reason: Reason::Typed,
        query: SECOND.to_owned(),
    };
    assert_eq!(state.reduce(paused), [load(2, Reason::Typed, SECOND)]);
}

#[test]
fn a_text_being_typed_is_one_step_of_the_history() {
    let mut state = opened();
    let addresses = |tasks: Vec<Task>| match tasks.into_iter().next() {
        Some(Task::WriteAddress { path, replace }) => Some((path, replace)),
        _ => None,
    };
    let written = |search: &str, replace| Some((format!("{REFERRALS_PATH}?{search}"), replace));
    assert_eq!(
        addresses(type_and_load(&mut state, "q=j")),
        written("q=j", false)
    );
    assert_eq!(
        addresses(type_and_load(&mut state, "q=ja")),
        written("q=ja", true)
    );
    assert_eq!(
        addresses(type_and_load(&mut state, "q=ja")),
        None,
        "it is the address already"
    );
    state.reduce(submitted(SECOND));
    let answer = loaded(SECOND);
    let tasks = state.reduce(answered(state.request, Reason::Filtered, answer));
    assert_eq!(addresses(tasks), written("status=failed&q=jane", false));
    assert_eq!(
        addresses(type_and_load(&mut state, "q=j")),
        written("q=j", false),
        "after another step, typing is a new one"
    );
}

#[test]
fn back_and_forward_load_the_page_of_the_address() {
    let mut state = opened();
    type_and_load(&mut state, "q=j");
    assert_eq!(state.reduce(moved("?q=j")), [], "a jump inside the page");
    assert_eq!(state.reduce(moved("")), [load(2, Reason::History, "")]);
    assert_eq!(
        state.reduce(moved("?q=j")),
        [load(3, Reason::History, "q=j")]
    );
}

#[test]
fn a_refresh_asks_for_the_same_page_unless_one_is_on_its_way() {
    let mut state = opened();
    state.reduce(submitted(FIRST));
    assert_eq!(state.reduce(Message::Refresh), []);
    state.reduce(answered(1, Reason::Filtered, loaded(FIRST)));
    assert_eq!(
        state.reduce(Message::Refresh),
        [load(2, Reason::Refresh, FIRST)]
    );
    assert!(!state.loading, "a refresh is not shown");
}

#[test]
fn an_error_keeps_the_rows_until_the_page_arrives() {
    let mut state = opened();
    state.reduce(submitted(FIRST));
    let failed = Answer::Failed("Try later.".to_owned());
    assert_eq!(state.reduce(answered(1, Reason::Filtered, failed)), []);
    assert_eq!(state.error.as_deref(), Some("Try later."));
    assert_eq!((&state.page, state.loading), (&page(""), false));
    assert_eq!(
        state.reduce(Message::TryAgain),
        [load(2, Reason::Linked(TABLE), FIRST)]
    );
    state.reduce(answered(2, Reason::Linked(TABLE), loaded(FIRST)));
    assert_eq!((&state.page, &state.error), (&page(FIRST), &None));
}

#[test]
fn a_refresh_fails_silently() {
    for answer in [Answer::Failed("No.".to_owned()), Answer::SessionEnded] {
        let mut state = opened();
        state.reduce(Message::Refresh);
        assert_eq!(state.reduce(answered(1, Reason::Refresh, answer)), []);
        assert_eq!(state.error, None);
    }
}

#[test]
fn somebody_who_may_not_see_the_table_leaves_it() {
    let mut state = State::new(page(FIRST));
    state.reduce(submitted(SECOND));
    let leave = |path: &str| [Task::Leave(path.to_owned())];
    assert_eq!(
        state.reduce(answered(1, Reason::Filtered, Answer::SessionEnded)),
        leave("/admin/referrals?status=failed"),
        "back to what was shown, after signing in"
    );
    for reason in [Reason::Filtered, Reason::Refresh] {
        let tasks = state.reduce(answered(1, reason, Answer::NotAllowed));
        assert_eq!(tasks, leave("/admin/referrals"));
    }
}

#[test]
fn a_count_is_announced_in_words() {
    assert_eq!(
        [0, 1, 1234].map(count),
        ["No referrals", "1 referral", "1,234 referrals"]
    );
}
