//! Measures both sides of a comparison alternately, so that other load on the machine affects both.

use std::time::Duration;

use anyhow::Result;

/// How long and how often to measure.
#[derive(Clone, Copy)]
pub struct Rounds {
    /// Duration of one round of one side.
    pub round: Duration,
    /// Number of rounds of each side.
    pub rounds: usize,
    /// Whether to check only that everything runs; the figures then mean nothing.
    pub quick: bool,
}

impl Rounds {
    /// The settings for the report, or those of a quick check.
    pub fn new(quick: bool) -> Self {
        Self {
            round: Duration::from_millis(if quick { 200 } else { 2000 }),
            rounds: if quick { 1 } else { 5 },
            quick,
        }
    }

    /// `full`, or `quick` in a quick check.
    pub fn pick<T>(&self, full: T, quick: T) -> T {
        if self.quick { quick } else { full }
    }

    /// Measures both sides alternately, after a warm-up round of each.
    ///
    /// # Errors
    /// If a round fails.
    pub async fn alternate<T>(
        &self,
        mut product: impl AsyncFnMut(Duration) -> Result<T>,
        mut yardstick: impl AsyncFnMut(Duration) -> Result<T>,
    ) -> Result<(Vec<T>, Vec<T>)> {
        let warm = self.round / 4;
        product(warm).await?;
        yardstick(warm).await?;
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for _ in 0..self.rounds {
            ours.push(product(self.round).await?);
            theirs.push(yardstick(self.round).await?);
        }
        Ok((ours, theirs))
    }
}

/// The median; for an even number of values, the mean of the middle two.
pub fn median<T>(rounds: &[T], value: impl Fn(&T) -> f64) -> f64 {
    let mut values: Vec<f64> = rounds.iter().map(value).collect();
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => f64::NAN,
        odd if odd % 2 == 1 => values[middle],
        _ => (values[middle - 1] + values[middle]) / 2.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outlier_does_not_change_the_median() {
        let of = |values: &[f64]| median(values, |value| *value);
        assert_eq!(of(&[3.0, 900.0, 1.0]), 3.0);
        assert_eq!(of(&[4.0, 1.0, 2.0, 900.0]), 3.0);
        assert_eq!(of(&[7.0]), 7.0);
    }
}
