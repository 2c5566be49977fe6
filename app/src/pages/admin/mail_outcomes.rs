//! What becomes of mail.

use domain::{MailOutcomes, grouped};
use leptos::prelude::*;

/// What becomes of mail. Nothing where none is sent and none was.
#[component]
pub(super) fn Mail(
    /// In numbers.
    outcomes: MailOutcomes,
) -> impl IntoView {
    let MailOutcomes { enabled, done_last_hour, waiting, put_off, .. } = outcomes;
    let MailOutcomes { last_error, given_up, refused_addresses, .. } = outcomes;
    if !enabled && waiting + given_up + refused_addresses == 0 {
        return None;
    }
    let fact = |label: &'static str, number: u64| {
        view! {
            <div class="grid">
                <dt class="text-sm text-muted">{label}</dt>
                <dd class="text-xl font-semibold tabular-nums">{grouped(number)}</dd>
            </div>
        }
    };
    let reason = last_error.map(|reason| {
        view! {
            <p class="wrap-anywhere">
                "One was put off because: " <bdi>{reason}</bdi>
            </p>
        }
    });
    Some(view! {
        <section aria-labelledby="mail" class="grid gap-4">
            <h2 id="mail" class="subheading">"Mail"</h2>
            {(!enabled).then(|| view! { <p>"This site sends no mail."</p> })}
            <dl class="flex flex-wrap gap-x-10 gap-y-4">
                {fact("Done in the last hour", done_last_hour)} {fact("Waiting", waiting)}
                {fact("Put off", put_off)} {fact("Not taken by any server", given_up)}
                {fact("Addresses that take no mail", refused_addresses)}
            </dl>
            {reason}
        </section>
    })
}
