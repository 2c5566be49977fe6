//! The registrations of each day, as a chart.

use domain::DayCount;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// A day and its number of registrations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrendDay {
    /// `29 November 2026`.
    pub day: String,
    /// The number of registrations, including cancelled ones.
    pub count: u64,
}

impl From<DayCount> for TrendDay {
    fn from(counted: DayCount) -> Self {
        Self { day: counted.day.human_day(), count: counted.count }
    }
}

/// The height of the chart and the width of a day, scaled to the page.
const HEIGHT: u64 = 80;
const DAY: usize = 10;
/// The width of the bar of a day.
const BAR: usize = 7;

/// A bar for each day, with a summary above and a table below.
#[component]
pub(super) fn Trend(
    /// Oldest first.
    days: Vec<TrendDay>,
) -> impl IntoView {
    let most = days.iter().map(|day| day.count).max().unwrap_or_default();
    let bars = days.iter().enumerate().map(|(number, day)| {
        let height = bar_height(day.count, most);
        view! { <rect x=DAY * number y=HEIGHT - height width=BAR height=height /> }
    });
    let rows = days.iter().rev().map(|day| {
        view! {
            <tr>
                <th scope="row">{day.day.clone()}</th>
                <td class="number" data-label="Registrations">
                    {day.count}
                </td>
            </tr>
        }
    });
    view! {
        <section aria-labelledby="trend" class="grid gap-3">
            <h2 id="trend" class="subheading">"Registrations in the last 30 days"</h2>
            <p>{summary(&days)}</p>
            <svg
                class="trend"
                role="img"
                aria-label="A bar for each day"
                viewBox=format!("0 0 {} {}", DAY * days.len(), HEIGHT + 1)
                preserveAspectRatio="none"
            >
                <line x1="0" y1=HEIGHT x2=DAY * days.len() y2=HEIGHT />
                {bars.collect_view()}
            </svg>
            <details>
                <summary class="quiet-link">"View as table"</summary>
                <table class="data-table">
                    <caption class="sr-only">"Registrations by day"</caption>
                    <thead>
                        <tr>
                            <th scope="col">"Day (UTC)"</th>
                            <th scope="col" class="number">"Registrations"</th>
                        </tr>
                    </thead>
                    <tbody>{rows.collect_view()}</tbody>
                </table>
            </details>
        </section>
    }
}

/// The day with the most registrations has the whole height; any day with a registration has a
/// visible bar.
fn bar_height(count: u64, most: u64) -> u64 {
    match (count, most) {
        (0, _) | (_, 0) => 0,
        (count, most) => (count * HEIGHT / most).max(2),
    }
}

/// The chart in words.
fn summary(days: &[TrendDay]) -> String {
    let all: u64 = days.iter().map(|day| day.count).sum();
    let busiest = days.iter().rev().max_by_key(|day| day.count);
    match (all, busiest) {
        (0, _) | (_, None) => "No registrations in this period.".into(),
        (1, Some(day)) => format!("1 registration, on {}.", day.day),
        (all, Some(day)) => {
            format!("{all} registrations, the most on {}: {}.", day.day, day.count)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(counts: &[u64]) -> Vec<TrendDay> {
        let day = |(number, count): (usize, &u64)| TrendDay {
            day: format!("{} November 2026", number + 1),
            count: *count,
        };
        counts.iter().enumerate().map(day).collect()
    }

    #[test]
    fn the_summary_names_the_total_and_the_busiest_day() {
        assert_eq!(summary(&days(&[0, 0])), "No registrations in this period.");
        assert_eq!(summary(&days(&[0, 1])), "1 registration, on 2 November 2026.");
        assert_eq!(summary(&days(&[2, 5, 5])), "12 registrations, the most on 2 November 2026: 5.");
    }

    #[test]
    fn every_day_with_a_registration_has_a_bar_and_none_is_too_high() {
        assert_eq!(bar_height(0, 0), 0);
        assert_eq!(bar_height(0, 1_000_000), 0);
        assert_eq!(bar_height(1, 1_000_000), 2);
        assert_eq!(bar_height(1_000_000, 1_000_000), HEIGHT);
    }
}
