//! The search and the filters of the list of competitions: a form and links, which need no
//! JavaScript.

use domain::{CompetitionQuery, CompetitionSort};
use leptos::{
    ev::SubmitEvent,
    html::{Input, Select},
    prelude::*,
};
use leptos_router::{NavigateOptions, hooks::use_navigate};

use super::address;
use crate::components::{Icon, NavigationFocus, Shape};

/// Search and order.
#[component]
pub(super) fn SearchForm(
    /// The current query.
    query: Memo<CompetitionQuery>,
) -> impl IntoView {
    let search_field = NodeRef::<Input>::new();
    let sort_field = NodeRef::<Select>::new();
    let navigate = use_navigate();
    // As the browser would do, without loading the page and without empty fields in the address.
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
    let chosen = move || -> Option<CompetitionSort> { query.get().sort?.parse().ok() };
    // The first option is the default, with an empty value: a search that is typed next has
    // another one.
    let orders = move || {
        let (default, chosen) = (query.get().default_order_of_pages(), chosen());
        let others = CompetitionSort::ALL
            .into_iter()
            .filter(move |order| *order != default && *order != CompetitionSort::Relevance);
        let option = |value, order: CompetitionSort, selected| {
            view! { <option value=value selected=selected>{order.label()}</option> }
        };
        let first = option("", default, chosen.is_none_or(|chosen| chosen == default));
        let others = others.map(|order| option(order.as_str(), order, chosen == Some(order)));
        (first, others.collect_view())
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
                <label for="sort" class="font-semibold">"Sort by"</label>
                <select node_ref=sort_field class="select" id="sort" name="sort">
                    {orders}
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
    /// The current query.
    query: CompetitionQuery,
    /// Popular tags.
    popular: Vec<String>,
) -> impl IntoView {
    let selected = query.tag_list();
    let is_filtered =
        query.search.is_some() || query.organizer_id.is_some() || !selected.is_empty();
    let others = popular.into_iter().filter(|tag| !address::is_selected(&selected, tag));
    let focus = expect_context::<NavigationFocus>();
    let nav = NodeRef::new();
    focus.restore_or(nav);
    let chip = |tag: String, on: bool| {
        let href = address::toggle_tag(&query, &tag);
        let id = format!("tag-{}", tag.to_lowercase());
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
                    {tag}
                    {on.then(|| view! { <Icon shape=Shape::Cross /> })}
                </a>
            </li>
        }
    };
    let off = others.map(|tag| chip(tag, false)).collect_view();
    let on = selected.iter().map(|tag| chip(tag.clone(), true)).collect_view();
    view! {
        <nav node_ref=nav tabindex="-1" aria-label="Tags">
            <ul class="flex flex-wrap items-center gap-2">
                {on} {off}
                {is_filtered
                    .then(|| {
                        view! {
                            <li><a class="quiet-link" href=address::LIST>"Clear filters"</a></li>
                        }
                    })}
            </ul>
        </nav>
    }
}
