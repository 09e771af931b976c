//! The figures as a table, each with whether it holds.

use serde::Deserialize;

/// What a figure is held against.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Aim {
    ShareAtLeast(f64),
    TimesAtMost(f64),
    AtLeast(f64),
    AtMost(f64),
    /// None: the figure is only reported.
    #[serde(rename = "told")]
    Reported,
}

/// One figure, as `bench run` reports it.
#[derive(Clone, Deserialize)]
pub struct Line {
    what: String,
    unit: String,
    measured: Option<f64>,
    yardstick: Option<f64>,
    aim: Aim,
    /// Why there is no figure.
    pub problem: Option<String>,
}

impl Line {
    /// `None`: nothing was aimed at, or there is no figure.
    fn holds(&self) -> Option<bool> {
        let measured = self.measured?;
        match self.aim {
            Aim::ShareAtLeast(share) => Some(measured >= share * self.yardstick?),
            Aim::TimesAtMost(times) => Some(measured <= times * self.yardstick?),
            Aim::AtLeast(least) => Some(measured >= least),
            Aim::AtMost(most) => Some(measured <= most),
            Aim::Reported => None,
        }
    }

    fn ratio(&self) -> Option<String> {
        let ratio = self.measured? / self.yardstick.filter(|yardstick| *yardstick > 0.0)?;
        Some(match self.aim {
            Aim::ShareAtLeast(_) => format!("{:.0} %", ratio * 100.0),
            _ => format!("{ratio:.2} ×"),
        })
    }

    fn aim(&self) -> String {
        match self.aim {
            Aim::ShareAtLeast(share) => format!("≥ {:.0} %", share * 100.0),
            Aim::TimesAtMost(times) => format!("≤ {times} ×"),
            Aim::AtLeast(least) => format!("≥ {}", with_unit(least, &self.unit)),
            Aim::AtMost(most) => format!("≤ {}", with_unit(most, &self.unit)),
            Aim::Reported => String::new(),
        }
    }

    fn row(&self) -> String {
        let figure = |value: Option<f64>| value.map(|value| with_unit(value, &self.unit));
        let verdict = match (&self.problem, self.holds()) {
            (Some(problem), _) => format!("not measured: {problem}"),
            (None, Some(true)) => "yes".to_owned(),
            (None, Some(false)) => "**no**".to_owned(),
            (None, None) => String::new(),
        };
        let cells = [
            self.what.clone(),
            figure(self.measured).unwrap_or_default(),
            figure(self.yardstick).unwrap_or_default(),
            self.ratio().unwrap_or_default(),
            self.aim(),
            verdict,
        ];
        let cells = cells.map(|cell| cell.replace('|', "\\|").replace('\n', " "));
        format!("| {} |", cells.join(" | "))
    }
}

/// A table in Markdown, and below it how many aims hold.
pub fn markdown(lines: &[Line]) -> String {
    let verdicts: Vec<bool> = lines.iter().filter_map(Line::holds).collect();
    let held = verdicts.iter().filter(|holds| **holds).count();
    let rows: Vec<String> = lines.iter().map(Line::row).collect();
    format!(
        "| what | measured | yardstick | ratio | aim | holds |\n|---|--:|--:|--:|--:|---|\n{}\n\n\
         {held} of {} aims hold.\n",
        rows.join("\n"),
        verdicts.len()
    )
}

fn with_unit(value: f64, unit: &str) -> String {
    let number = number(value);
    match unit {
        "" => number,
        "/s" => format!("{number}/s"),
        unit => format!("{number} {unit}"),
    }
}

/// Three digits that count, or all before the point, in groups of three.
fn number(value: f64) -> String {
    let decimals = match value.abs() {
        size if size == 0.0 || size >= 99.95 || value.fract() == 0.0 => 0,
        size if size >= 9.995 => 1,
        size if size >= 0.005 => 2,
        _ => 4,
    };
    let digits = format!("{value:.decimals$}");
    let (whole, fraction) = digits.split_once('.').unwrap_or((&digits, ""));
    let mut grouped = String::new();
    for (place, digit) in whole.chars().enumerate() {
        let left = whole.len() - place;
        if left % 3 == 0 && grouped.ends_with(|before: char| before.is_ascii_digit()) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    if decimals > 0 {
        grouped.push('.');
        grouped.push_str(fraction);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(json: &str) -> Line {
        serde_json::from_str(json).unwrap()
    }

    fn with_aim(aim: &str, measured: f64, yardstick: &str) -> Line {
        line(&format!(
            r#"{{"what": "w", "unit": "/s", "measured": {measured}, "yardstick": {yardstick},
                 "aim": {aim}, "problem": null}}"#
        ))
    }

    #[test]
    fn an_aim_holds_up_to_its_edge() {
        for (aim, yardstick, holds, misses) in [
            (r#"{"share_at_least": 0.4}"#, "1000.0", 400.0, 399.9),
            (r#"{"times_at_most": 4.0}"#, "2.5", 10.0, 10.01),
            (r#"{"at_least": 100.0}"#, "null", 100.0, 99.9),
            (r#"{"at_most": 60.0}"#, "null", 60.0, 60.1),
        ] {
            assert_eq!(with_aim(aim, holds, yardstick).holds(), Some(true), "{aim}");
            assert_eq!(
                with_aim(aim, misses, yardstick).holds(),
                Some(false),
                "{aim}"
            );
        }
        assert_eq!(with_aim(r#""told""#, 1.0, "2.0").holds(), None);
    }

    #[test]
    fn a_comparison_without_a_yardstick_is_no_success() {
        let aim = r#"{"share_at_least": 0.4}"#;
        assert_eq!(with_aim(aim, 1e9, "null").holds(), None);
    }

    #[test]
    fn rows_show_both_figures_the_ratio_and_the_verdict() {
        let share = with_aim(r#"{"share_at_least": 0.4}"#, 5100.4, "12600.0");
        assert_eq!(
            share.row(),
            "| w | 5,100/s | 12,600/s | 40 % | ≥ 40 % | yes |"
        );
        let times = line(
            r#"{"what": "p99", "unit": "ms", "measured": 9.5, "yardstick": 2.0,
                "aim": {"times_at_most": 4.0}, "problem": null}"#,
        );
        assert_eq!(
            times.row(),
            "| p99 | 9.50 ms | 2 ms | 4.75 × | ≤ 4 × | **no** |"
        );
        let alone = line(
            r#"{"what": "Memory", "unit": "MB", "measured": 41.27, "yardstick": null,
                "aim": {"at_most": 60.0}, "problem": null}"#,
        );
        assert_eq!(alone.row(), "| Memory | 41.3 MB |  |  | ≤ 60 MB | yes |");
        let nothing_waits = line(
            r#"{"what": "waiting", "unit": "", "measured": 12.0, "yardstick": 0.0,
                "aim": {"at_most": 100.0}, "problem": null}"#,
        );
        assert_eq!(nothing_waits.row(), "| waiting | 12 | 0 |  | ≤ 100 | yes |");
    }

    #[test]
    fn what_was_not_measured_says_why_and_counts_for_nothing() {
        let broken = line(
            r#"{"what": "browser", "unit": "", "measured": null, "yardstick": null,
                "aim": "told", "problem": "node | npm\nis missing"}"#,
        );
        assert_eq!(
            broken.row(),
            "| browser |  |  |  |  | not measured: node \\| npm is missing |"
        );
        let good = with_aim(r#"{"at_least": 1.0}"#, 2.0, "null");
        let bad = with_aim(r#"{"at_least": 1.0}"#, 0.5, "null");
        let table = markdown(&[good, broken, bad]);
        assert!(table.ends_with("1 of 2 aims hold.\n"), "{table}");
        assert_eq!(table.lines().count(), 7, "{table}");
    }

    #[test]
    fn numbers_are_read_at_a_glance() {
        for (value, text) in [
            (0.0, "0"),
            (0.00063, "0.0006"),
            (0.944, "0.94"),
            (9.999, "10.0"),
            (12.34, "12.3"),
            (99.96, "100"),
            (128.0, "128"),
            (999.6, "1,000"),
            (1234567.0, "1,234,567"),
            (-1500.0, "-1,500"),
            (-123.0, "-123"),
        ] {
            assert_eq!(number(value), text);
        }
    }
}
