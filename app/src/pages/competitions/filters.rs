//! The search and the filters of the list of competitions: a form and links, which need no
//! JavaScript.

use domain::{Attendance, CompetitionQuery, CompetitionSort, CompetitionStatus};
use leptos::{ev::SubmitEvent, html, prelude::*, web_sys::FormData};
use leptos_router::{NavigateOptions, hooks::use_navigate};

use super::address;
use crate::components::{Icon, NavigationFocus, Shape};

/// Search, filters and order. A choice from a list acts at once; without JavaScript, and for words
/// and days, the button does.
#[component]
pub(super) fn SearchForm(
    /// The current query.
    query: Memo<CompetitionQuery>,
) -> impl IntoView {
    let form = NodeRef::<html::Form>::new();
    let navigate = use_navigate();
    // As the browser would do, without loading the page and without empty fields in the address.
    let search = move |replace| {
        let form = form.get_untracked();
        let Some(data) = form.and_then(|form| FormData::new_with_form(&form).ok()) else { return };
        let asked = address::query_of(|name| data.get(name).as_string());
        let options = NavigateOptions { replace, ..NavigateOptions::default() };
        navigate(&address::href(&asked), options);
    };
    let focus = expect_context::<NavigationFocus>();
    let choose = {
        let search = search.clone();
        move |id: &'static str| {
            focus.keep_with(id.to_owned());
            // Arrow keys pass over the options between, to which nobody goes back.
            search(true);
        }
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        search(false);
    };
    let words = move || query.get().search.unwrap_or_default();
    let is_narrowed = move || {
        let query = query.get();
        query.attendance.is_some() || query.starts_from.is_some() || query.starts_until.is_some()
    };
    // What the form sends again, because it has no field for it.
    let kept = move || {
        let CompetitionQuery { tags, organizer_id, limit, .. } = query.get();
        let field = |(name, value): (&'static str, Option<String>)| {
            value.map(|value| view! { <input type="hidden" name=name value=value /> })
        };
        [("tags", tags), ("organizerId", organizer_id), ("limit", limit)].map(field).collect_view()
    };
    view! {
        <form
            node_ref=form
            action=address::LIST
            role="search"
            class="grid gap-3"
            on:submit=submit
        >
            <div class="search-form">
                <div class="grid min-w-0 grow basis-60 gap-1.5">
                    <label for="search" class="font-semibold">"Search"</label>
                    <input
                        class="input"
                        id="search"
                        name="search"
                        type="search"
                        value=words
                        prop:value=words
                    />
                </div>
                <button class="btn btn-primary">
                    <Icon shape=Shape::Search />
                    "Search"
                </button>
            </div>
            <div class="search-form">
                <Choice
                    id="status"
                    label="Status"
                    options=move || statuses(&query.read())
                    choose=choose.clone()
                />
                <Choice
                    id="sort"
                    label="Sort by"
                    options=move || orders(&query.read())
                    choose=choose.clone()
                />
            </div>
            <details open=is_narrowed>
                <summary class="cursor-pointer font-semibold">"Date and place"</summary>
                <div class="search-form pt-3">
                    <Choice
                        id="attendance"
                        label="Where"
                        options=move || places(&query.read())
                        choose
                    />
                    <Day
                        id="startsFrom"
                        label="Starts from"
                        value=Signal::derive(move || query.get().starts_from)
                    />
                    <Day
                        id="startsUntil"
                        label="Starts until"
                        value=Signal::derive(move || query.get().starts_until)
                    />
                    <button class="btn">"Apply"</button>
                </div>
                <p class="pt-2 text-sm text-muted">
                    "Days are in the time zone of your profile, or in UTC."
                </p>
            </details>
            {kept}
        </form>
    }
}

/// An option of a list.
struct Offered {
    /// What the form sends; empty for the default.
    value: &'static str,
    label: &'static str,
    is_chosen: bool,
}

fn statuses(query: &CompetitionQuery) -> Vec<Offered> {
    let chosen = query.status();
    let offered = |status: CompetitionStatus| {
        let is_default = status == CompetitionStatus::default();
        let value = if is_default { "" } else { status.as_str() };
        Offered { value, label: status.label(), is_chosen: status == chosen }
    };
    CompetitionStatus::ALL.map(offered).into()
}

fn places(query: &CompetitionQuery) -> Vec<Offered> {
    let chosen: Option<Attendance> = query.attendance.as_ref().and_then(|text| text.parse().ok());
    let anywhere = Offered { value: "", label: "Anywhere", is_chosen: chosen.is_none() };
    let offered = |attendance: Attendance| {
        let (value, label) = (attendance.as_str(), attendance.label());
        Offered { value, label, is_chosen: Some(attendance) == chosen }
    };
    std::iter::once(anywhere).chain(Attendance::ALL.map(offered)).collect()
}

/// The first option is the default, with an empty value: a search that is typed next has another
/// one.
fn orders(query: &CompetitionQuery) -> Vec<Offered> {
    let (default, status) = (query.default_order_of_pages(), query.status());
    let chosen: Option<CompetitionSort> = query.sort.as_ref().and_then(|text| text.parse().ok());
    let chosen = chosen.unwrap_or(default);
    let first = Offered { value: "", label: default.label(status), is_chosen: chosen == default };
    let others = CompetitionSort::ALL
        .into_iter()
        .filter(|order| *order != default && *order != CompetitionSort::Relevance)
        .map(|order| {
            let (value, label) = (order.as_str(), order.label(status));
            Offered { value, label, is_chosen: chosen == order }
        });
    std::iter::once(first).chain(others).collect()
}

/// A list to choose from, which acts at once.
#[component]
fn Choice(
    /// The name of the field, and its id.
    id: &'static str,
    label: &'static str,
    options: impl Fn() -> Vec<Offered> + Send + Sync + 'static,
    /// Called with the id.
    choose: impl Fn(&'static str) + 'static,
) -> impl IntoView {
    let option = |Offered { value, label, is_chosen }| {
        view! { <option value=value selected=is_chosen prop:selected=is_chosen>{label}</option> }
    };
    let options = move || options().into_iter().map(option).collect_view();
    view! {
        <div class="grid gap-1.5">
            <label for=id class="font-semibold">{label}</label>
            <select class="select" id=id name=id on:change=move |_| choose(id)>
                {options}
            </select>
        </div>
    }
}

/// A day.
#[component]
fn Day(
    /// The name of the field, and its id.
    id: &'static str,
    label: &'static str,
    value: Signal<Option<String>>,
) -> impl IntoView {
    let value = move || value.get().unwrap_or_default();
    view! {
        <div class="grid gap-1.5">
            <label for=id class="font-semibold">{label}</label>
            <input class="input" id=id name=id type="date" value=value prop:value=value />
        </div>
    }
}

fn chip_id(tag: &str) -> String {
    format!("tag-{}", tag.to_lowercase())
}

/// How many popular tags are in view before more are asked for.
const TAGS_IN_VIEW: usize = 12;

/// Tags to filter by, the selected ones first.
#[component]
pub(super) fn TagFilter(
    /// The current query.
    query: CompetitionQuery,
    /// Popular tags.
    popular: Vec<String>,
) -> impl IntoView {
    let selected = query.tag_list();
    let is_filtered = query.is_filtered() || query.status() != CompetitionStatus::Open;
    let others = popular.into_iter().filter(|tag| !address::is_selected(&selected, tag));
    let focus = expect_context::<NavigationFocus>();
    let nav = NodeRef::new();
    focus.restore_or(nav);
    let chip = |tag: String, on: bool| {
        let href = address::toggle_tag(&query, &tag);
        let id = chip_id(&tag);
        view! {
            <li>
                <a
                    class="chip"
                    class:chip-on=on
                    id=id.clone()
                    href=href
                    on:click=move |_| focus.keep_with(id.clone())
                >
                    <span class="sr-only">
                        {if on { "Remove filter: " } else { "Filter by: " }}
                    </span>
                    <bdi>{tag}</bdi>
                    {on.then(|| view! { <Icon shape=Shape::Cross /> })}
                </a>
            </li>
        }
    };
    let mut others: Vec<_> = others.collect();
    let more = others.split_off(others.len().min(TAGS_IN_VIEW));
    let more = (!more.is_empty()).then(|| {
        // The chip of a filter that was just removed takes the focus.
        let open = more.iter().any(|tag| focus.keeps(&chip_id(tag)));
        let chips = more.into_iter().map(|tag| chip(tag, false)).collect_view();
        view! {
            <details class="pt-2" open=open>
                <summary class="quiet-link">"More tags"</summary>
                <ul class="flex flex-wrap items-center gap-2 pt-2">{chips}</ul>
            </details>
        }
    });
    let off = others.into_iter().map(|tag| chip(tag, false)).collect_view();
    let on = selected.iter().map(|tag| chip(tag.clone(), true)).collect_view();
    view! {
        <nav node_ref=nav tabindex="-1" aria-label="Tags">
            <ul class="flex flex-wrap items-center gap-2">
                {on} {off}
            </ul>
            {more}
        </nav>
        {is_filtered
            .then(|| view! { <p><a class="quiet-link" href=address::LIST>"Clear filters"</a></p> })}
    }
}
