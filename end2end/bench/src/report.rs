//! The results: one line for each figure.

use serde::Serialize;

/// The target of a figure.
#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Aim {
    /// At least this share (0 to 1) of the yardstick.
    ShareAtLeast(f64),
    /// At most this many times the yardstick.
    TimesAtMost(f64),
    /// At least this value.
    AtLeast(f64),
    /// At most this value.
    AtMost(f64),
    /// No target; it explains another figure. `cargo xtask bench` reads it as `told`.
    #[serde(rename = "told")]
    Informational,
}

/// A line of the results.
#[derive(Clone, Serialize)]
pub struct Measurement {
    /// What was measured.
    pub what: String,
    /// The unit of both figures: `/s`, `ms`, `MB`, `KB`, or empty.
    pub unit: &'static str,
    /// The product's figure; `None` if it could not be measured.
    pub measured: Option<f64>,
    /// The figure it is compared with.
    pub yardstick: Option<f64>,
    /// The target.
    pub aim: Aim,
    /// Why there is no figure.
    pub problem: Option<String>,
}

impl Measurement {
    /// A figure without a yardstick.
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

    /// Adds the figure it is compared with.
    #[must_use]
    pub fn compared_with(self, yardstick: f64) -> Self {
        Self {
            yardstick: Some(yardstick),
            ..self
        }
    }

    /// A scenario that could not be measured.
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
