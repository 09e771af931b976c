//! Without a PostgreSQL server, the tests that need one fail; they never pass without having run.

use std::{
    env,
    process::{Command, Output},
};

/// One of the tests that need PostgreSQL.
const NEEDS_POSTGRES: &str = "connections::on_postgres::what_is_written_next_is_kept";

fn run_without_server(skip: Option<&str>) -> Output {
    let mut tests = Command::new(env::current_exe().unwrap());
    tests
        .args([NEEDS_POSTGRES, "--exact"])
        .env_remove("TEST_POSTGRES_URL")
        .env_remove("SKIP_POSTGRES");
    if let Some(skip) = skip {
        tests.env("SKIP_POSTGRES", skip);
    }
    tests.output().unwrap()
}

#[test]
fn they_fail_and_say_what_to_do() {
    for skip in [None, Some(""), Some("0")] {
        let ended = run_without_server(skip);
        assert!(!ended.status.success(), "SKIP_POSTGRES={skip:?}");
        let said = String::from_utf8(ended.stdout).unwrap();
        assert!(said.contains("1 failed"), "{said}");
        for way_out in ["cargo xtask t", "TEST_POSTGRES_URL", "SKIP_POSTGRES=1"] {
            assert!(said.contains(way_out), "{said}");
        }
    }
}

#[test]
fn they_are_left_out_on_request() {
    let ended = run_without_server(Some("1"));
    assert!(ended.status.success(), "{ended:?}");
}
