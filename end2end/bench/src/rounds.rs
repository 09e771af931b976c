//! The two sides of a comparison by turns, so that whatever else the machine does meets both.

use std::time::Duration;

use anyhow::Result;

/// How long and how often is measured.
#[derive(Clone, Copy)]
pub struct Rounds {
    /// One round of one side.
    pub round: Duration,
    /// Rounds of each side.
    pub rounds: usize,
    /// Only to see that everything runs: the figures mean nothing.
    pub quick: bool,
}

impl Rounds {
    /// As the report's figures are measured, or only to see that everything runs.
    pub fn new(quick: bool) -> Self {
        Self {
            round: Duration::from_millis(if quick { 200 } else { 2000 }),
            rounds: if quick { 1 } else { 5 },
            quick,
        }
    }

    /// `full`, or `quick` of it.
    pub fn pick<T>(&self, full: T, quick: T) -> T {
        if self.quick { quick } else { full }
    }

    /// Measures both sides by turns, after one round of each that does not count.
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

/// The middle one; the mean of the middle two.
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
    fn one_odd_round_moves_no_median() {
        let of = |values: &[f64]| median(values, |value| *value);
        assert_eq!(of(&[3.0, 900.0, 1.0]), 3.0);
        assert_eq!(of(&[4.0, 1.0, 2.0, 900.0]), 3.0);
        assert_eq!(of(&[7.0]), 7.0);
    }
}
