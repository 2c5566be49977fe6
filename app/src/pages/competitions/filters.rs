//! Narrowing the list of competitions down. Without JavaScript it is a form and links; with it, the same.

use domain::{CompetitionQuery, CompetitionSort};
use leptos::{
    ev::SubmitEvent,
    html::{Input, Nav, Select},
    prelude::*,
};
use leptos_router::{NavigateOptions, hooks::use_navigate};

use super::address;
use crate::components::{Icon, Shape, focus};

/// Search and order.
#[component]
pub(super) fn SearchForm(
    /// What is asked for now.
    query: Memo<CompetitionQuery>,
) -> impl IntoView {
    let search_field = NodeRef::<Input>::new();
    let sort_field = NodeRef::<Select>::new();
    let navigate = use_navigate();
    // The same as the browser does by itself, without loading the page and without empty fields in the address.
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let asked = CompetitionQuery {
            search: search_field.get_untracked().map(|field| field.value()),
            sort: sort_field.get_untracked().map(|field| field.value()),
            page: None,
            ..query.get_untracked()
        };
        navigate(&address::href(&asked), NavigateOptions::default());
    };
    let search = move || query.get().search.unwrap_or_default();
    let sort = move || {
        let asked: Option<CompetitionSort> = query.get().sort.and_then(|sort| sort.parse().ok());
        asked.unwrap_or_default()
    };
    let option = move |order: CompetitionSort| {
        view! {
            <option value=order.as_str() selected=move || sort() == order>
                {order.label()}
            </option>
        }
    };
    view! {
        <form action=address::LIST role="search" class="search-form" on:submit=submit>
            <div class="grid min-w-0 grow basis-60 gap-1.5">
                <label for="search" class="font-semibold">"Search"</label>
                <input
                    node_ref=search_field
                    class="input"
                    id="search"
                    name="search"
                    type="search"
                    value=search
                    prop:value=search
                />
            </div>
            <div class="grid gap-1.5">
                <label for="sort" class="font-semibold">"Order"</label>
                <select node_ref=sort_field class="select" id="sort" name="sort">
                    {CompetitionSort::ALL.map(option).collect_view()}
                </select>
            </div>
            {move || {
                let tags = query.get().tags;
                tags.map(|tags| view! { <input type="hidden" name="tags" value=tags /> })
            }}
            <button class="btn btn-primary">
                <Icon shape=Shape::Search />
                "Search"
            </button>
        </form>
    }
}

/// Tags to filter by, the selected ones first.
#[component]
pub(super) fn TagFilter(
    /// What is asked for now.
    query: CompetitionQuery,
    /// Tags that are worth a click.
    popular: Vec<String>,
    /// The tag that was clicked last: it keeps the focus, wherever it comes to stand. If it stands nowhere any more,
    /// the list of tags takes it.
    clicked: StoredValue<Option<String>>,
) -> impl IntoView {
    let selected = query.tag_list();
    let narrowed = query.search.is_some() || query.organizer_id.is_some() || !selected.is_empty();
    let others = popular.into_iter().filter(|tag| !address::is_selected(&selected, tag));
    let chip = |tag: String, on: bool| {
        let href = address::toggle_tag(&query, &tag);
        let (id, words) = (chip_id(&tag), tag.clone());
        view! {
            <li>
                <a
                    class="chip"
                    class:chip-on=on
                    id=id
                    href=href
                    on:click=move |_| clicked.set_value(Some(tag.clone()))
                >
                    <span class="sr-only">
                        {if on { "Remove filter: " } else { "Filter by: " }}
                    </span>
                    {words}
                    {on.then(|| view! { <Icon shape=Shape::Cross /> })}
                </a>
            </li>
        }
    };
    let off = others.map(|tag| chip(tag, false)).collect_view();
    let on = selected.iter().map(|tag| chip(tag.clone(), true)).collect_view();
    let nav = NodeRef::<Nav>::new();
    Effect::new(move || {
        let Some(tag) = clicked.try_update_value(Option::take).flatten() else { return };
        // Until then the chips of before may be there.
        request_animation_frame(move || {
            if let Some(chip) = document().get_element_by_id(&chip_id(&tag)) {
                focus(chip);
            } else if let Some(nav) = nav.get_untracked() {
                focus(nav);
            }
        });
    });
    view! {
        <nav node_ref=nav tabindex="-1" aria-label="Tags">
            <ul class="flex flex-wrap items-center gap-2">
                {on} {off}
                {narrowed
                    .then(|| {
                        view! { <li><a class="quiet-link" href=address::LIST>"Clear all"</a></li> }
                    })}
            </ul>
        </nav>
    }
}

fn chip_id(tag: &str) -> String {
    format!("tag-{}", tag.to_lowercase())
}
