//! The jobs, counted by type.

use domain::{QueueStats, grouped};
use leptos::prelude::*;

/// The jobs, counted by type.
#[component]
pub(super) fn JobCounts(
    /// By name.
    kinds: Vec<QueueStats>,
) -> impl IntoView {
    let row = |stats: QueueStats| {
        let age = stats.oldest_age_seconds.map_or_else(|| "—".into(), age);
        view! {
            <tr>
                <th scope="row" class="font-semibold">
                    <code>{stats.kind}</code>
                </th>
                <td class="number" data-label="Waiting">
                    {grouped(stats.ready)}
                </td>
                <td class="number" data-label="Active">
                    {grouped(stats.running)}
                </td>
                <td class="number" data-label="Oldest waiting">
                    {age}
                </td>
                <td class="number" data-label="Completed (1 min)">
                    {grouped(stats.done_last_minute)}
                </td>
                <td class="number" data-label="Failed">
                    {grouped(stats.dead)}
                </td>
            </tr>
        }
    };
    view! {
        <table class="data-table">
            <caption class="sr-only">"Jobs by type"</caption>
            <thead>
                <tr>
                    <th scope="col">"Job type"</th>
                    <th scope="col" class="number">"Waiting"</th>
                    <th scope="col" class="number">"Active"</th>
                    <th scope="col" class="number">"Oldest waiting"</th>
                    <th scope="col" class="number">"Completed (1 min)"</th>
                    <th scope="col" class="number">"Failed"</th>
                </tr>
            </thead>
            <tbody>{kinds.into_iter().map(row).collect_view()}</tbody>
        </table>
    }
}

/// `45 s`, `3 min`, `2 h`: rounded down to the unit that matters.
fn age(seconds: u64) -> String {
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7_200 => format!("{} min", seconds / 60),
        _ => format!("{} h", seconds / 3_600),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_is_shown_in_the_unit_that_matters() {
        assert_eq!([119, 120, 7_199, 7_200].map(age), ["119 s", "2 min", "119 min", "2 h"]);
    }
}
