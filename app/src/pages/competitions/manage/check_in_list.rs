//! The list of participants to print: everyone with a seat, and a box to tick.

#[cfg(feature = "ssr")]
use domain::RosterQuery;
use domain::{CompetitionId, RegistrationStatus, grouped};
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use serde::{Deserialize, Serialize};

use crate::{
    Moment,
    components::{
        EmptyState, Head, Heading, Loaded, LocalTime, Pagination, PastTheEnd, page_words,
        status_words,
    },
    error::Failure,
    pages::competitions::{
        Place, PlaceLine,
        address::{check_in_list, participants, with_query},
    },
};

/// A participant on the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckInRow {
    /// The name.
    pub name: String,
    /// The email.
    pub email: String,
}

/// The data of the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckInListScreen {
    /// The competition.
    pub id: CompetitionId,
    /// Its title.
    pub title: String,
    /// When it starts, if that is decided.
    pub start: Option<Moment>,
    /// Where it takes place.
    pub place: Place,
    /// The status that the list is of; those with a seat otherwise.
    pub status: Option<RegistrationStatus>,
    /// By name.
    pub rows: Vec<CheckInRow>,
    /// How many there are on all pages.
    pub total: u64,
    /// Counted from 1.
    pub page: u64,
    /// The number of pages.
    pub pages: u64,
}

/// Lists participants, at most 2,000 on a page; without a status, those with a seat. For the
/// organizer of the competition and administrators.
#[server(prefix = "/fn", endpoint = "check_in_list")]
pub async fn load_check_in_list(
    id: String,
    #[server(default)] status: Option<String>,
    #[server(default)] page: Option<String>,
) -> Result<CheckInListScreen, Failure> {
    use crate::ssr::{clock::ViewerClock, request};

    let (ctx, actor) = (request::context()?, request::actor()?);
    let clock = ViewerClock::of_request()?;
    let id = request::parse_competition_id(&id)?;
    let filter = RosterQuery { status, page, ..RosterQuery::default() }.check()?;
    let (status, page) = (filter.status, filter.paging.page);
    let found = service::registration::check_in_list(&ctx, &actor, id, status, page).await?;
    let competition = service::competitions::get_visible_to(&ctx, &actor, id).await?.competition;
    let row = |(name, email): (String, String)| CheckInRow { name, email };
    Ok(CheckInListScreen {
        id,
        start: competition.start_date.map(|at| clock.in_event_zone(at, &competition.time_zone)),
        place: Place::public(&competition),
        title: competition.title,
        total: found.total,
        page: found.page,
        pages: found.pages(),
        status,
        rows: found.items.into_iter().map(row).collect(),
    })
}

/// The list of participants to print.
#[component]
pub fn CheckInListPage() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let asked = Memo::new(move |_| {
        let query = query.read();
        (params.read().get("id").unwrap_or_default(), query.get("status"), query.get("page"))
    });
    let load = |(id, status, page)| load_check_in_list(id, status, page);
    let screen = Resource::new_blocking(move || asked.get(), load);
    view! {
        <Loaded from=screen let(screen)>
            <Content screen />
        </Loaded>
    }
}

#[component]
fn Content(screen: CheckInListScreen) -> impl IntoView {
    let CheckInListScreen { id, title, start, place, status, rows, total, page, pages } = screen;
    let at_page = move |page: u64| {
        let status = status.map(|status| status.as_str().to_owned());
        let page = (page > 1).then(|| page.to_string());
        with_query(&check_in_list(id), &[("status", &status), ("page", &page)])
    };
    let count = match (status, total) {
        (Some(status), total) => format!("{}: {}", status_words(status), grouped(total)),
        (None, 1) => "1 participant with a seat".to_owned(),
        (None, total) => format!("{} participants with a seat", grouped(total)),
    };
    let count = count + &page_words(page, pages);
    let row = |row: CheckInRow| {
        view! {
            <tr>
                <th scope="row">
                    <span class="icon-line">
                        <span class="tick-box"></span>
                        <bdi>{row.name}</bdi>
                    </span>
                </th>
                <td data-label="Email">{row.email}</td>
            </tr>
        }
    };
    let list = if rows.is_empty() && page > 1 {
        view! { <PastTheEnd first=at_page(1) /> }.into_any()
    } else if rows.is_empty() {
        let words = match status {
            Some(_) => "Participants with this status appear here.",
            None => "Participants with a seat appear here.",
        };
        view! {
            <EmptyState title="Nobody to list">
                <p>{words}</p>
                <a class="btn btn-primary" href=participants(id)>
                    "Back to participants"
                </a>
            </EmptyState>
        }
        .into_any()
    } else {
        view! {
            <table class="data-table">
                <caption class="sr-only">"Participants by name, with a box to tick"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Name"</th>
                        <th scope="col">"Email"</th>
                    </tr>
                </thead>
                <tbody>{rows.into_iter().map(row).collect_view()}</tbody>
            </table>
        }
        .into_any()
    };
    view! {
        <Head title=format!("Check-in list of {title}") />
        <div class="grid gap-4">
            <p class="no-print">
                <a class="quiet-link" href=participants(id)>"Participants"</a>
            </p>
            <Heading>
                "Check-in list: " <bdi>{title}</bdi>
            </Heading>
            <div class="grid gap-1">
                {start
                    .map(|at| {
                        view! {
                            <p>
                                <LocalTime at />
                            </p>
                        }
                    })}
                <PlaceLine place />
                <p class="font-semibold">{count}</p>
            </div>
            <PrintButton />
            {list}
            <div class="no-print">
                <Pagination page pages href=at_page />
            </div>
        </div>
    }
}

/// Opens the print dialog of the browser. Without JavaScript, the browser has a command for it.
#[component]
fn PrintButton() -> impl IntoView {
    let (can_print, set_can_print) = signal(false);
    Effect::new(move || set_can_print.set(true));
    let print = move |_| {
        // A browser that refuses shows why.
        let _ = window().print();
    };
    view! {
        <p class="no-print">"Print this list and tick each participant who arrives."</p>
        <p class="no-print">
            <Show when=move || can_print.get() fallback=|| "Print this page with your browser.">
                <button type="button" class="btn btn-primary" on:click=print>
                    "Print"
                </button>
            </Show>
        </p>
    }
}
