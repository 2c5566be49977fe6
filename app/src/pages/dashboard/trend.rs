//! The registrations of each day, as a chart.

use domain::{DayCount, grouped};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// A day and its number of registrations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrendDay {
    /// `29 November 2026`.
    pub day: String,
    /// `29 Nov`.
    pub short: String,
    /// The number of registrations, including cancelled ones.
    pub count: u64,
}

impl From<DayCount> for TrendDay {
    fn from(counted: DayCount) -> Self {
        Self { day: counted.day.human_day(), short: counted.day.short_day(), count: counted.count }
    }
}

/// The height of the chart and the width of a day, scaled to the page.
const HEIGHT: u64 = 80;
const DAY: usize = 10;
/// The space at the left of a bar, and its width.
const GAP: usize = 1;
const BAR: usize = 8;

/// A bar for each day over an axis, with a summary above and a table below.
#[component]
pub(super) fn Trend(
    /// Oldest first.
    days: Vec<TrendDay>,
) -> impl IntoView {
    let ticks = ticks(days.iter().map(|day| day.count).max().unwrap_or_default());
    let top = ticks.last().copied().unwrap_or(1);
    let width = DAY * days.len();
    let bars = days.iter().enumerate().map(|(number, day)| {
        let height = bar_height(day.count, top);
        let words = format!("{}: {}", day.day, grouped(day.count));
        // The browser shows the title for the whole height of the day.
        view! {
            <g>
                <title>{words}</title>
                <rect class="trend-day" x=DAY * number y="0" width=DAY height=HEIGHT />
                <rect x=DAY * number + GAP y=HEIGHT - height width=BAR height=height />
            </g>
        }
    });
    let lines = ticks.iter().map(|tick| {
        let y = HEIGHT - tick * HEIGHT / top;
        view! { <line x1="0" y1=y x2=width y2=y /> }
    });
    let lines = lines.collect_view();
    let tick = |tick: &u64| view! { <span>{grouped(*tick)}</span> };
    let labels = ticks.iter().map(tick).collect_view();
    let shown = [days.first(), days.get(days.len() / 2), days.last()].into_iter().flatten();
    let dates = shown.map(|day| view! { <span>{day.short.clone()}</span> }).collect_view();
    let rows = days.iter().rev().map(|day| {
        view! {
            <tr>
                <th scope="row">{day.day.clone()}</th>
                <td class="number" data-label="Registrations">
                    {grouped(day.count)}
                </td>
            </tr>
        }
    });
    view! {
        <section aria-labelledby="trend" class="grid gap-3">
            <h2 id="trend" class="subheading">"Registrations in the last 30 days"</h2>
            <p>{summary(&days)}</p>
            <div class="trend">
                <div class="trend-counts" aria-hidden="true">
                    {labels}
                </div>
                <svg
                    role="img"
                    aria-label="A bar for each day"
                    viewBox=format!("0 0 {width} {HEIGHT}")
                    preserveAspectRatio="none"
                >
                    {lines}
                    {bars.collect_view()}
                </svg>
                <div class="trend-dates" aria-hidden="true">
                    {dates}
                </div>
            </div>
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

/// The numbers of the axis, from 0 to at least `most`: three to six, at equal distances of 1, 2 or
/// 5 times a power of ten.
fn ticks(most: u64) -> Vec<u64> {
    let is_enough = |step: &u64| most.div_ceil(*step) <= 5;
    let powers = (0..19).map(|power| 10u64.pow(power));
    let mut steps =
        powers.flat_map(|power| [1, 2, 5].map(|times: u64| times.saturating_mul(power)));
    let step = steps.find(is_enough).unwrap_or(u64::MAX);
    let last = most.div_ceil(step).max(2);
    (0..=last).map(|number| number.saturating_mul(step)).collect()
}

/// A day with `top` registrations has the whole height; any day with a registration has a visible
/// bar.
fn bar_height(count: u64, top: u64) -> u64 {
    match count {
        0 => 0,
        count => (count.saturating_mul(HEIGHT) / top.max(1)).clamp(2, HEIGHT),
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
            let (all, most) = (grouped(all), grouped(day.count));
            format!("{all} registrations, the most on {}: {most}.", day.day)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(counts: &[u64]) -> Vec<TrendDay> {
        let day = |(number, count): (usize, &u64)| TrendDay {
            day: format!("{} November 2026", number + 1),
            short: format!("{} Nov", number + 1),
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
        assert_eq!(bar_height(0, 1_000_000), 0);
        assert_eq!(bar_height(1, 1_000_000), 2);
        assert_eq!(bar_height(1_000_000, 1_000_000), HEIGHT);
        assert_eq!(bar_height(u64::MAX, 0), HEIGHT);
    }

    #[test]
    fn the_axis_has_three_to_six_round_numbers_up_to_the_highest_bar() {
        assert_eq!(ticks(0), [0, 1, 2]);
        assert_eq!(ticks(1), [0, 1, 2]);
        assert_eq!(ticks(5), [0, 1, 2, 3, 4, 5]);
        assert_eq!(ticks(7), [0, 2, 4, 6, 8]);
        assert_eq!(ticks(23), [0, 5, 10, 15, 20, 25]);
        assert_eq!(ticks(1_000), [0, 200, 400, 600, 800, 1_000]);
        for most in [0, 3, 11, 99, 101, 12_345, u64::MAX / 2, u64::MAX] {
            let ticks = ticks(most);
            assert!((3..=6).contains(&ticks.len()), "{most}: {ticks:?}");
            assert!(ticks.last() >= Some(&most), "{most}: {ticks:?}");
        }
    }
}
