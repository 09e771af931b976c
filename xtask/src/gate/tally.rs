//! Counting tests from what cargo, node and Playwright print.

/// Passed and failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub passed: u64,
    pub failed: u64,
}

impl Tally {
    /// A check that passed.
    pub const ONE: Self = Self {
        passed: 1,
        failed: 0,
    };

    pub fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }

    /// Reads the summary lines of any of the three.
    pub fn of(lines: &[String]) -> Self {
        let mut sum = Self::default();
        for line in lines {
            let plain = without_colors(line);
            let plain = plain.trim();
            sum.add(
                cargo(plain)
                    .or_else(|| node(plain))
                    .or_else(|| playwright(plain))
                    .unwrap_or_default(),
            );
        }
        sum
    }
}

/// `test result: ok. 3 passed; 0 failed; …`
fn cargo(line: &str) -> Option<Tally> {
    let counts = line.strip_prefix("test result: ")?.split_once(". ")?.1;
    let mut counts = counts.split("; ");
    Some(Tally {
        passed: counts.next()?.strip_suffix(" passed")?.parse().ok()?,
        failed: counts.next()?.strip_suffix(" failed")?.parse().ok()?,
    })
}

/// `ℹ pass 3` or, when piped in older versions, `# pass 3`
fn node(line: &str) -> Option<Tally> {
    let (word, count) = line
        .strip_prefix("ℹ ")
        .or_else(|| line.strip_prefix("# "))?
        .split_once(' ')?;
    let count = count.parse().ok()?;
    match word {
        "pass" => Some(Tally {
            passed: count,
            failed: 0,
        }),
        "fail" | "cancelled" => Some(Tally {
            passed: 0,
            failed: count,
        }),
        _ => None,
    }
}

/// `3 passed (1.2m)`, `1 failed`, `2 did not run`; a flaky test did pass in the end.
fn playwright(line: &str) -> Option<Tally> {
    let (count, rest) = line.split_once(' ')?;
    let count = count.parse().ok()?;
    match rest.split(" (").next()? {
        "passed" | "flaky" => Some(Tally {
            passed: count,
            failed: 0,
        }),
        "failed" | "interrupted" | "did not run" => Some(Tally {
            passed: 0,
            failed: count,
        }),
        _ => None,
    }
}

fn without_colors(line: &str) -> String {
    let mut pieces = line.split("\u{1b}[");
    let mut plain = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        plain.push_str(
            piece
                .split_once(|end: char| end.is_ascii_alphabetic())
                .map_or("", |(_, rest)| rest),
        );
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(text: &str) -> (u64, u64) {
        let lines: Vec<String> = text.lines().map(Into::into).collect();
        let Tally { passed, failed } = Tally::of(&lines);
        (passed, failed)
    }

    #[test]
    fn cargo_lines_add_up() {
        let text = "running 3 tests\ntest a ... ok\n\
            test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out\n\
            test result: \u{1b}[31mFAILED\u{1b}[m. 1 passed; 2 failed; 0 ignored; 0 measured";
        assert_eq!(tally(text), (4, 2));
    }

    #[test]
    fn node_lines_add_up() {
        assert_eq!(
            tally("ℹ tests 5\nℹ suites 0\nℹ pass 4\nℹ fail 1\nℹ cancelled 0"),
            (4, 1)
        );
        assert_eq!(tally("# tests 2\n# pass 2\n# fail 0"), (2, 0));
    }

    #[test]
    fn playwright_lines_add_up() {
        let text = "  2 failed\n    [x] › a.spec.ts:3:1 › b\n  1 flaky\n  1 did not run\n  4 skipped\n  12 passed (1.2m)";
        assert_eq!(tally(text), (13, 3));
        assert_eq!(tally("Running 3 tests using 1 worker"), (0, 0));
    }
}
