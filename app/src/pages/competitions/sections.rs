//! The sections of a competition in its form.

use domain::{Clash, CompetitionDraft};
use leptos::prelude::*;

use super::theirs::Theirs;
use crate::{components::TextArea, form::FormError, pages::pictures::AddPicture};

/// The names of the fields in errors.
const FIELDS: [&str; 3] = ["rules", "prizes", "schedule"];

/// The fields of the sections: collapsed, unless there is something in them to read or to correct.
#[component]
pub(super) fn SectionFields(
    /// The text in all fields of the form.
    draft: CompetitionDraft,
    /// The conflicting changes of others.
    clashes: Vec<Clash>,
    /// The error of the form.
    error: FormError,
) -> impl IntoView {
    let CompetitionDraft { rules, prizes, schedule, .. } = draft;
    let clash = |field: &str| clashes.iter().find(|clash| clash.field == field).cloned();
    let [rules_clash, prizes_clash, schedule_clash] = FIELDS.map(clash);
    let is_used = [&rules, &prizes, &schedule].into_iter().any(|text| !text.trim().is_empty())
        || [&rules_clash, &prizes_clash, &schedule_clash].into_iter().any(Option::is_some);
    let is_faulty = move || {
        error.with(|error| {
            let error = error.as_ref();
            error.is_some_and(|error| FIELDS.iter().any(|field| error.about(field).is_some()))
        })
    };
    let hint = "Markdown. It has a heading of its own on the page.";
    view! {
        <details class="section" open=move || is_used || is_faulty()>
            <summary class="subheading">"Rules, prizes and schedule"</summary>
            <div class="grid gap-4 mt-4">
                <TextArea
                    id="rules"
                    name="draft[rules]"
                    label="Rules (optional)"
                    hint
                    required=false
                    value=rules
                    error
                />
                <AddPicture to="rules" text="rules" />
                <Theirs clash=rules_clash name="theirs[rules]" />
                <TextArea
                    id="prizes"
                    name="draft[prizes]"
                    label="Prizes (optional)"
                    hint
                    required=false
                    value=prizes
                    error
                />
                <AddPicture to="prizes" text="prizes" />
                <Theirs clash=prizes_clash name="theirs[prizes]" />
                <TextArea
                    id="schedule"
                    name="draft[schedule]"
                    label="Schedule (optional)"
                    hint
                    required=false
                    value=schedule
                    error
                />
                <AddPicture to="schedule" text="schedule" />
                <Theirs clash=schedule_clash name="theirs[schedule]" />
            </div>
        </details>
    }
}
