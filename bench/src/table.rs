//! The table of results: the figures of each round, and the row that summarizes them.

use std::{fmt, time::Duration};

use crate::http::{Latencies, Outcome};

/// The unit of a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    PerSecond,
    Milliseconds,
    MiB,
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::PerSecond => "/s",
            Self::Milliseconds => " ms",
            Self::MiB => " MiB",
        })
    }
}

/// The figure of the product or its rival in one round.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Measured {
    pub(crate) value: f64,
    /// p50 and p99 in milliseconds.
    latency: Option<(f64, f64)>,
    /// The share of the machine's CPU time that the load client took.
    client_share: Option<f64>,
}

impl Measured {
    pub(crate) fn value(value: f64) -> Self {
        Self { value, ..Self::default() }
    }

    /// A rate per second.
    pub(crate) fn rate(count: usize, elapsed: Duration) -> Self {
        Self::value(f64::from(u32::try_from(count).unwrap_or(u32::MAX)) / elapsed.as_secs_f64())
    }

    /// A duration as a figure.
    pub(crate) fn time(time: Duration) -> Self {
        Self::value(millis(time))
    }

    /// The median as the figure.
    pub(crate) fn latency(latencies: &Latencies) -> Self {
        Self::time(latencies.p50()).with(latencies)
    }

    pub(crate) fn with(self, latencies: &Latencies) -> Self {
        Self { latency: Some((millis(latencies.p50()), millis(latencies.p99()))), ..self }
    }
}

impl From<&Outcome> for Measured {
    fn from(outcome: &Outcome) -> Self {
        let measured = Self::rate(outcome.responses, outcome.elapsed).with(&outcome.latencies);
        Self { client_share: Some(outcome.client_share), ..measured }
    }
}

/// One row: the figures of the product, and those of a rival, by round.
#[derive(Debug)]
pub(crate) struct Row {
    what: String,
    unit: Unit,
    ours: Vec<Measured>,
    /// The rival's name, and its figure for every round.
    rival: Option<(&'static str, Vec<Measured>)>,
}

impl Row {
    pub(crate) fn alone(what: impl Into<String>, unit: Unit) -> Self {
        Self { what: what.into(), unit, ours: Vec::new(), rival: None }
    }

    pub(crate) fn against(rival: &'static str, what: impl Into<String>, unit: Unit) -> Self {
        Self { rival: Some((rival, Vec::new())), ..Self::alone(what, unit) }
    }

    /// Adds a round to a row without a rival.
    pub(crate) fn add(&mut self, ours: Measured) {
        debug_assert!(self.rival.is_none(), "{} has a rival", self.what);
        self.ours.push(ours);
    }

    /// Adds a round to a row with a rival.
    pub(crate) fn compare(&mut self, ours: Measured, theirs: Measured) {
        let (_, rounds) = self.rival.as_mut().expect("a row with a rival");
        self.ours.push(ours);
        rounds.push(theirs);
    }

    /// What was measured, and the name of the rival. `None` without one.
    pub(crate) fn heading(&self) -> Option<(String, String)> {
        let (rival, _) = self.rival.as_ref()?;
        Some((self.what.clone(), (*rival).to_owned()))
    }

    pub(crate) fn is_better_when_greater(&self) -> bool {
        self.unit == Unit::PerSecond
    }

    /// The ratio of the best round.
    pub(crate) fn best_ratio(&self) -> Option<f64> {
        let better = if self.is_better_when_greater() { f64::max } else { f64::min };
        self.ratios().into_iter().reduce(better)
    }

    /// The product's figure divided by the rival's, by round.
    fn ratios(&self) -> Vec<f64> {
        let theirs = self.rival.iter().flat_map(|(_, rounds)| rounds);
        self.ours.iter().zip(theirs).map(|(ours, theirs)| ours.value / theirs.value).collect()
    }
}

/// The head of the table.
pub(crate) const HEAD: &str = "\
| What | Mini Compete | p50 / p99, ms | Client | Compared with | Its figure | p50 / p99, ms | \
Client | Ratio |
|---|--:|--:|--:|---|--:|--:|--:|--:|
";

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, unit, ours, rival } = self;
        write!(f, "| {what} | {} | {} | {} ", figure(ours, *unit), latency(ours), client(ours))?;
        let Some((name, rounds)) = rival else {
            return writeln!(f, "| – | – | – | – | – |");
        };
        let ratios = self.ratios();
        let least = ratios.iter().copied().fold(f64::INFINITY, f64::min);
        let most = ratios.iter().copied().fold(0.0, f64::max);
        let ratio = median(ratios).map(|ratio| format!("**{ratio:.2}** ({least:.2}–{most:.2})"));
        let (figure, latency, client) = (figure(rounds, *unit), latency(rounds), client(rounds));
        write!(f, "| {name} | {figure} | {latency} | {client} ")?;
        writeln!(f, "| {} |", or_none(ratio))
    }
}

fn figure(rounds: &[Measured], unit: Unit) -> String {
    let figure = median(rounds.iter().map(|round| round.value));
    or_none(figure.map(|figure| format!("{}{unit}", short(figure))))
}

fn latency(rounds: &[Measured]) -> String {
    let p50 = median(rounds.iter().filter_map(|round| Some(round.latency?.0)));
    let p99 = median(rounds.iter().filter_map(|round| Some(round.latency?.1)));
    or_none(p50.zip(p99).map(|(p50, p99)| format!("{} / {}", short(p50), short(p99))))
}

fn client(rounds: &[Measured]) -> String {
    let share = median(rounds.iter().filter_map(|round| round.client_share));
    or_none(share.map(|share| format!("{:.0} %", 100.0 * share)))
}

fn or_none(text: Option<String>) -> String {
    text.unwrap_or_else(|| "–".to_owned())
}

/// About three significant digits.
fn short(value: f64) -> String {
    match value {
        ..10.0 => format!("{value:.2}"),
        10.0..100.0 => format!("{value:.1}"),
        _ => format!("{value:.0}"),
    }
}

/// The middle value, or the mean of the two middle values.
fn median(values: impl IntoIterator<Item = f64>) -> Option<f64> {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    let upper = *values.get(values.len() / 2)?;
    let lower = values[(values.len() - 1) / 2];
    Some(f64::midpoint(lower, upper))
}

fn millis(time: Duration) -> f64 {
    1000.0 * time.as_secs_f64()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_shows_medians_and_the_median_of_the_ratios() {
        let mut row = Row::against("theirs", "ours", Unit::PerSecond);
        for (ours, theirs) in [(100.0, 50.0), (300.0, 100.0), (200.0, 200.0)] {
            row.compare(Measured::value(ours), Measured::value(theirs));
        }
        let expected = "| ours | 200/s | – | – | theirs | 100/s | – | – | **2.00** (1.00–3.00) |\n";
        assert_eq!(row.to_string(), expected);
    }

    #[test]
    fn a_row_without_a_rival_has_no_ratio() {
        let mut row = Row::alone("wait", Unit::Milliseconds);
        let waits = (1..=100).map(Duration::from_millis).collect();
        row.add(Measured::latency(&Latencies::new(waits)));
        assert_eq!(row.to_string(), "| wait | 50.0 ms | 50.0 / 99.0 | – | – | – | – | – | – |\n");
    }

    #[test]
    fn the_median_of_an_even_number_lies_between() {
        assert_eq!(median([4.0, 1.0, 2.0, 3.0]), Some(2.5));
        assert_eq!(median([]), None);
    }
}
