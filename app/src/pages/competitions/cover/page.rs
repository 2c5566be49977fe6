//! The page where an organizer sets the cover of a competition.

use domain::{CompetitionId, UserId};
use leptos::{
    prelude::*,
    server_fn::codec::{MultipartData, MultipartFormData},
};
use leptos_router::hooks::use_params_map;
use serde::{Deserialize, Serialize};

use super::{FocusChoice, TypedCover};
use crate::{
    components::{
        ErrorSummary, Field, FieldError, Head, Heading, KeptIn, KeptText, Layout, Loaded, MadeFor,
        PictureField, Submit, Toasts, Upload, UploadProgress,
    },
    error::Failure,
    form::{FormError, Returned, count_replies, error_of, returned_by},
    pages::competitions::managed::ManageLink,
};

/// The data of the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoverScreen {
    /// The competition.
    pub id: CompetitionId,
    /// Its title.
    pub title: String,
    /// Whether it has a cover.
    pub has_cover: bool,
    /// The parts that can stay in view.
    pub choices: Vec<FocusChoice>,
    /// What is saved, or what was typed in a form that has just been refused without JavaScript.
    pub start: Returned<TypedCover>,
}

/// Loads the page; for the organizer of the competition.
#[server(prefix = "/fn", endpoint = "cover_screen")]
pub async fn load_cover(id: String) -> Result<CoverScreen, Failure> {
    use crate::ssr::{form, request};

    let (ctx, actor) = (request::context()?, request::actor()?);
    // Check the login before parsing the id, so that 401 wins over 404.
    actor.user()?;
    let id = request::parse_competition_id(&id)?;
    let competition = service::competitions::get_editable(&ctx, &actor, id).await?.competition;
    let stored = form::take_stored_form::<Option<TypedCover>>(&form_name(id)).await?;
    let typed = stored.typed.unwrap_or_else(|| TypedCover::saved(&competition));
    Ok(CoverScreen {
        id,
        has_cover: competition.cover.is_some(),
        choices: FocusChoice::all(),
        title: competition.title,
        start: Returned { typed, error: stored.error },
    })
}

/// The key of the form in the session. It has the id, because several forms may be open.
#[cfg(feature = "ssr")]
fn form_name(id: CompetitionId) -> String {
    format!("cover:{id}")
}

/// Saves the cover, with the picture that was chosen or that of the form. A form that is refused is
/// returned with its picture, which has been uploaded then; when others have changed the
/// competition meanwhile, with the current version.
#[server(prefix = "/fn", endpoint = "save_cover", input = MultipartFormData)]
pub async fn save_cover(form: MultipartData) -> Result<Option<Returned<TypedCover>>, Failure> {
    use super::typed_cover::as_shown;
    use crate::{
        next,
        pages::competitions::address,
        ssr::{error_words, flash, form as forms, multipart::MultipartForm, request, response},
    };
    use domain::{CompetitionPatch, ErrorCode, Role};
    use service::{Error, assets, competitions};

    let (ctx, actor) = (request::context()?, request::actor()?);
    // Only the forms of organizers are received.
    if let Err(error) = actor.require_writer(Role::Organizer) {
        let page = request::posted_from().unwrap_or_else(|| address::LIST.to_owned());
        response::redirect_form(&next::login(&page));
        return Err(error.into());
    }
    let mut sent = MultipartForm::read(form, "picture").await?;
    let competition = request::parse_competition_id(&sent.text("competition"))?;
    let (name, page) = (form_name(competition), address::cover(competition));
    let made_for = sent.text("made_for").parse::<UserId>().ok();
    let mut typed = TypedCover {
        alt: sent.text("alt"),
        focus: sent.text("focus"),
        version: sent.text("version").parse().unwrap_or_default(),
        ..TypedCover::default()
    };
    if let Ok(asset) = sent.text("asset").parse() {
        typed = typed.with(asset);
    }
    let checked = forms::check_same_user(made_for, &actor);
    let outcome = forms::and_then_async(checked, async |()| {
        // Before the picture is stored.
        competitions::get_editable(&ctx, &actor, competition).await?;
        if !sent.file.is_empty() {
            let uploaded = assets::upload(&ctx, &actor, sent.file).await?;
            typed = typed.clone().with(uploaded.id);
        }
        let patch = CompetitionPatch {
            version: i64::from(typed.version).into(),
            cover: Some(typed.input().into()),
            ..Default::default()
        };
        Ok(competitions::edit(&ctx, &actor, competition, patch, None).await?.outcome?)
    })
    .await;
    if let Err(Error::Public(error)) = &outcome
        && matches!(error.code, ErrorCode::StaleVersion | ErrorCode::ValidationFailed)
    {
        if error.code == ErrorCode::StaleVersion {
            let current = competitions::get_own(&ctx, &actor, competition).await?;
            typed.version = current.competition.version;
        }
        let error = error_words::for_pages(as_shown(error.clone(), !typed.asset.is_empty()));
        forms::show_again(&name, &page, &Some(typed.clone()), Some(&error)).await?;
        return Ok(Some(Returned { typed, error: Some(error) }));
    }
    forms::redirect_back_with(&name, &page, Some(typed), outcome).await?;
    flash::set("The cover is saved").await;
    response::redirect_form(&page);
    Ok(None)
}

/// Removes the cover.
#[server(prefix = "/fn", endpoint = "remove_cover")]
pub async fn remove_cover(
    competition: CompetitionId,
    #[server(default)] made_for: Option<UserId>,
) -> Result<(), Failure> {
    use crate::{
        pages::competitions::address,
        ssr::{flash, form, request, response},
    };
    use domain::{CompetitionPatch, Raw};
    use service::competitions;

    let (ctx, actor) = (request::context()?, request::actor()?);
    let checked = form::check_same_user(made_for, &actor);
    let outcome = form::and_then_async(checked, async |()| {
        let patch = CompetitionPatch { cover: Some(Raw::Missing), ..Default::default() };
        Ok(competitions::edit(&ctx, &actor, competition, patch, None).await?.outcome?)
    })
    .await;
    let (name, page) = (form_name(competition), address::cover(competition));
    form::redirect_back_with(&name, &page, None::<TypedCover>, outcome).await?;
    flash::set("The cover is removed").await;
    response::redirect_form(&page);
    Ok(())
}

type Reply = Option<Returned<TypedCover>>;

/// Whether the last upload was saved.
fn is_saved(save: Upload<Reply>) -> Signal<bool> {
    Signal::derive(move || matches!(save.reply().get(), Some(Ok(None))))
}

/// The page where an organizer sets the cover of a competition.
#[component]
pub fn CoverPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("id").unwrap_or_default());
    let save = Upload::<Reply>::new();
    let remove = ServerAction::<RemoveCover>::new();
    let is_saved = is_saved(save);
    Toasts::when(is_saved, save.version().into());
    Toasts::after(remove);
    // A form that is refused stays as it was typed. The success of one form ends the error of the
    // other.
    let saved = RwSignal::new(0_usize);
    Effect::new(move || {
        if save.version().get() > 0 && is_saved.get() {
            remove.clear();
            saved.update(|number| *number += 1);
        }
    });
    let removed = count_replies(remove, Result::is_ok);
    Effect::new(move || {
        if removed.get() > 0 {
            save.clear();
        }
    });
    let source = move || (id.get(), saved.get(), removed.get());
    let screen = Resource::new_blocking(source, |(id, ..)| load_cover(id));
    view! {
        <Loaded layout=Layout::Form from=screen let(screen)>
            <Content screen save remove />
        </Loaded>
    }
}

#[component]
fn Content(
    screen: CoverScreen,
    save: Upload<Reply>,
    remove: ServerAction<RemoveCover>,
) -> impl IntoView {
    let CoverScreen { id, title, has_cover, choices, start } = screen;
    let (shown, error) = returned_by(save.reply(), start);
    let removal_error = error_of(remove, None);
    let error = Signal::derive(move || error.get().or_else(|| removal_error.get()));
    let is_saved = is_saved(save);
    let fields = move |typed| view! { <Fields typed choices=choices.clone() error /> };
    view! {
        <Head title=format!("Cover of {title}") />
        <div class="form-page">
            <ManageLink id title />
            <Heading>"Cover"</Heading>
            <p class="text-muted">
                "Shown with the competition in lists and on its page. Without a cover it has a \
                    pattern of its own."
            </p>
            <ErrorSummary error />
            <KeptText within=KeptIn::Tab saved=is_saved>
                <form
                    class="grid gap-6"
                    method="post"
                    enctype="multipart/form-data"
                    action="/fn/save_cover"
                    novalidate=true
                    on:submit=move |event| save.submit(&event)
                >
                    <input type="hidden" name="competition" value=id.to_string() />
                    <MadeFor />
                    // New elements for each version: a field that was typed into ignores a new
                    // initial value.
                    <For
                        each=move || [shown.get()]
                        key=|shown| (shown.version, shown.asset.clone())
                        children=fields
                    />
                    <UploadProgress of=save />
                    <p>
                        <Submit pending=save.pending() class="btn-lg">
                            "Save cover"
                        </Submit>
                    </p>
                </form>
            </KeptText>
            {has_cover
                .then(|| {
                    view! {
                        <ActionForm action=remove>
                            <input type="hidden" name="competition" value=id.to_string() />
                            <MadeFor />
                            <button class="btn btn-outline">"Remove cover"</button>
                        </ActionForm>
                    }
                })}
        </div>
    }
}

#[component]
fn Fields(typed: TypedCover, choices: Vec<FocusChoice>, error: FormError) -> impl IntoView {
    let TypedCover { asset, preview, alt, focus, version } = typed;
    let preview = (!asset.is_empty()).then(|| {
        view! {
            <input type="hidden" name="asset" value=asset />
            <img
                class="aspect-video w-full rounded-box object-contain"
                src=preview
                alt=alt.clone()
            />
        }
    });
    let choice = |(index, choice): (usize, FocusChoice)| {
        let FocusChoice { value, name } = choice;
        // An error links to the first choice.
        let id = (index == 0).then_some("focus");
        let checked = value == focus;
        view! {
            <label class="focus-choice">
                <input
                    class="radio radio-primary"
                    type="radio"
                    id=id
                    name="focus"
                    value=value
                    checked=checked
                />
                <span class="sr-only">{name}</span>
            </label>
        }
    };
    let choices = choices.into_iter().enumerate().map(choice).collect_view();
    view! {
        <input type="hidden" name="version" value=version.to_string() />
        <div class="grid gap-3">
            {preview} <PictureField label="Picture" error />
        </div>
        <Field
            id="alt"
            label="What the picture shows"
            hint="One sentence, read to people who do not see the picture"
            value=alt
            error
        />
        <fieldset class="grid gap-1.5" aria-describedby="focus-hint focus-error">
            <legend class="font-semibold">"Part that stays in view"</legend>
            <p id="focus-hint" class="text-sm text-muted">
                "Lists and small screens show a part of the picture only."
            </p>
            <FieldError id="focus" error />
            <div class="focus-grid">{choices}</div>
        </fieldset>
    }
}
