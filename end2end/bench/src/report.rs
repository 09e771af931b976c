//! What is handed to whoever prints it: one line for each thing that was measured.

use serde::Serialize;

/// What a figure is held against.
#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Aim {
    /// At least this share (0 to 1) of the yardstick.
    ShareAtLeast(f64),
    /// At most so many times the yardstick.
    TimesAtMost(f64),
    /// At least so much.
    AtLeast(f64),
    /// At most so much.
    AtMost(f64),
    /// Nothing: it is told because it explains another.
    #[serde(rename = "told")]
    Informational,
}

/// One line.
#[derive(Clone, Serialize)]
pub struct Measurement {
    /// What was measured.
    pub what: String,
    /// `/s`, `ms`, `MB`, `KB` or empty; of both figures.
    pub unit: &'static str,
    /// The product's figure; none if measuring failed.
    pub measured: Option<f64>,
    /// What it is compared with.
    pub yardstick: Option<f64>,
    /// What it is held against.
    pub aim: Aim,
    /// Why there is no figure.
    pub problem: Option<String>,
}

impl Measurement {
    /// A figure that stands for itself.
    pub fn new(what: impl Into<String>, unit: &'static str, measured: f64, aim: Aim) -> Self {
        Self {
            what: what.into(),
            unit,
            measured: Some(measured),
            yardstick: None,
            aim,
            problem: None,
        }
    }

    /// Beside `yardstick`.
    #[must_use]
    pub fn compared_with(self, yardstick: f64) -> Self {
        Self {
            yardstick: Some(yardstick),
            ..self
        }
    }

    /// It could not be measured.
    pub fn failed(what: &str, error: &anyhow::Error) -> Self {
        Self {
            what: what.to_owned(),
            unit: "",
            measured: None,
            yardstick: None,
            aim: Aim::Informational,
            problem: Some(format!("{error:#}")),
        }
    }
}
