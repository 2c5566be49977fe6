//! The page where an organizer uploads pictures, and copies them into texts.

use domain::{AssetId, PublicError};
use leptos::{html::Form, prelude::*};
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};
use serde::{Deserialize, Serialize};

use super::{PAGE, markdown};
use crate::{
    Moment,
    components::{
        CopyField, EmptyState, ErrorSummary, Head, Heading, Layout, Loaded, MadeFor, Pagination,
        PastTheEnd, PictureField, Submit, Toasts, Upload, UploadProgress, ViewerTime, page_words,
    },
    error::Failure,
};

/// The data of the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PicturesScreen {
    /// One page of the pictures, newest first.
    pub pictures: Vec<PictureRow>,
    /// How many there are.
    pub total: u64,
    /// The page, counted from 1.
    pub page: u64,
    /// How many pages there are.
    pub pages: u64,
    /// Why an upload without JavaScript has just been refused, if it was.
    pub error: Option<PublicError>,
}

/// A picture in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PictureRow {
    /// Which one.
    pub id: AssetId,
    /// Its number in the list, in which the first upload is 1.
    pub number: u64,
    /// The address of a small version.
    pub src: String,
    /// The address of the large version.
    pub path: String,
    /// `2,400 × 1,350 pixels`.
    pub size: String,
    /// When it was uploaded.
    pub uploaded_at: Moment,
    /// Until when it is kept; `None` while a competition uses it.
    pub kept_until: Option<Moment>,
}

/// Loads the page; for organizers.
#[server(prefix = "/fn", endpoint = "pictures_screen")]
pub async fn load_pictures(
    #[server(default)] page: Option<String>,
) -> Result<PicturesScreen, Failure> {
    use domain::{OwnPicture, Paging, PictureWidth, grouped};
    use service::assets;

    use crate::ssr::{clock::ViewerClock, form, request};

    /// Pictures on a page.
    const LIMIT: u64 = 24;

    let (ctx, actor) = (request::context()?, request::actor()?);
    let clock = ViewerClock::of_request()?;
    let paging = Paging::of_page(page.as_deref(), LIMIT)?;
    let found = assets::list(&ctx, &actor, paging).await?;
    let numbers = (1..=found.total.saturating_sub(paging.offset())).rev();
    let row = |(number, OwnPicture { asset, kept_until }): (u64, OwnPicture)| PictureRow {
        id: asset.id,
        number,
        src: PictureWidth::Small.path(asset.id),
        path: asset.path,
        size: format!(
            "{} × {} pixels",
            grouped(u64::from(asset.width)),
            grouped(u64::from(asset.height))
        ),
        uploaded_at: clock.in_viewer_zone(asset.created_at),
        kept_until: kept_until.map(|at| clock.in_viewer_zone(at)),
    };
    Ok(PicturesScreen {
        total: found.total,
        page: found.page,
        pages: found.pages(),
        pictures: numbers.zip(found.items).map(row).collect(),
        error: form::take_stored_form::<()>("upload_picture").await?.error,
    })
}

/// The pictures of an organizer.
#[component]
pub fn PicturesPage() -> impl IntoView {
    let query = use_query_map();
    let page = Memo::new(move |_| query.read().get("page"));
    let upload = Upload::<String>::new();
    let is_uploaded = Signal::derive(move || matches!(upload.reply().get(), Some(Ok(_))));
    Toasts::when(is_uploaded, upload.version().into());
    let uploaded = RwSignal::new(0_usize);
    let form = NodeRef::<Form>::new();
    let navigate = use_navigate();
    Effect::new(move || {
        if upload.version().get() > 0 && is_uploaded.get_untracked() {
            if let Some(form) = form.get_untracked() {
                form.reset();
            }
            // The new one is on the first page.
            if page.get_untracked().is_some() {
                navigate(PAGE, NavigateOptions::default());
            } else {
                uploaded.update(|number| *number += 1);
            }
        }
    });
    Effect::new(move || {
        page.track();
        upload.clear();
    });
    let source = move || (page.get(), uploaded.get());
    let screen = Resource::new_blocking(source, |(page, _)| load_pictures(page));
    view! {
        <Loaded layout=Layout::Form from=screen let(screen)>
            <Content screen upload form />
        </Loaded>
    }
}

#[component]
fn Content(screen: PicturesScreen, upload: Upload<String>, form: NodeRef<Form>) -> impl IntoView {
    let PicturesScreen { pictures, total, page, pages, error: at_first } = screen;
    let error = Signal::derive(move || match upload.reply().get() {
        None => at_first.clone(),
        Some(reply) => reply.err().map(|Failure(error)| error),
    });
    let count = match total {
        0 => "No pictures yet".to_owned(),
        1 => "1 picture".to_owned(),
        total => format!("{} pictures", domain::grouped(total)),
    };
    let count = count + &page_words(page, pages);
    let list = match (pictures.is_empty(), total) {
        (true, 0) => view! {
            <EmptyState title="No pictures yet">
                <p>
                    "Upload a map, a schedule or a photo, then add it to the text of a \
                        competition."
                </p>
            </EmptyState>
        }
        .into_any(),
        (true, _) => view! { <PastTheEnd first=at(1) /> }.into_any(),
        _ => {
            let rows = pictures.into_iter().map(|row| view! { <Row row /> });
            view! { <ul class="grid gap-6">{rows.collect_view()}</ul> }.into_any()
        }
    };
    view! {
        <Head title="Pictures" />
        <div class="form-page">
            <Heading>"Pictures"</Heading>
            <p class="text-muted">
                "For the description, rules, prizes and schedule of your competitions: copy the \
                    Markdown of a picture into the text. A picture that no competition uses is \
                    deleted after a week."
            </p>
            <ErrorSummary error />
            <form
                class="grid gap-4"
                method="post"
                enctype="multipart/form-data"
                action="/fn/upload_picture"
                novalidate=true
                node_ref=form
                on:submit=move |event| upload.submit(&event)
            >
                <MadeFor />
                <PictureField label="New picture" error />
                <UploadProgress of=upload />
                <p>
                    <Submit pending=upload.pending() class="btn-lg">
                        "Upload picture"
                    </Submit>
                </p>
            </form>
            <section class="section" aria-labelledby="pictures">
                <h2 id="pictures" class="subheading">
                    {count}
                </h2>
                {list}
                <Pagination page pages href=at />
            </section>
        </div>
    }
}

/// The address of a page of the list.
fn at(page: u64) -> String {
    if page == 1 { PAGE.to_owned() } else { format!("{PAGE}?page={page}") }
}

#[component]
fn Row(row: PictureRow) -> impl IntoView {
    let PictureRow { id, number, src, path, size, uploaded_at, kept_until } = row;
    let kept = match kept_until {
        None => view! { "used by a competition" }.into_any(),
        Some(at) => view! { "not used, deleted after "<ViewerTime at /> }.into_any(),
    };
    view! {
        <li class="grid gap-3 sm:grid-cols-[12rem_1fr]">
            <img
                class="aspect-video w-full rounded-box bg-base-200 object-contain"
                src=src
                alt=""
                width="480"
                height="270"
                loading="lazy"
            />
            <div class="grid content-start gap-2">
                <h3 class="font-semibold">{format!("Picture {number}")}</h3>
                <p class="text-sm text-muted">
                    "Uploaded "<ViewerTime at=uploaded_at />", "{size}", "{kept}
                </p>
                <CopyField
                    id=format!("markdown-{id}")
                    label=format!("Markdown of picture {number}")
                    copy="Copy"
                    copied="Markdown copied"
                    text=markdown(&path)
                />
            </div>
        </li>
    }
}
