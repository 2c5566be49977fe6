//! One participant of a competition, with answers and history; for its organizer.

use domain::{
    CompetitionId, ErrorCode, Question, RegistrationId, RegistrationStatus, Timestamp, UserId,
};
use leptos::{html::H2, prelude::*};
use leptos_router::hooks::use_params_map;
use serde::{Deserialize, Serialize};

use super::{
    decision::{Decision, Reviewable, Reviewing},
    history::{History, HistoryEntry},
    review::{ReviewRegistrations, TypedReview},
};
use crate::{
    Moment,
    components::{
        ErrorSummary, Head, Heading, KeptIn, KeptText, Layout, Loaded, MadeFor, MailRefused,
        StatusBadge, Submit, Toasts, ViewerTime, focus,
    },
    error::Failure,
    form::{Returned, count_replies, error_of, keep_one_error, reload_when_refused, success_of},
    pages::competitions::{
        address::participants,
        answer_list::AnswerList,
        questions::{AnswerFields, Countries, TypedAnswers},
    },
};

/// The data of the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParticipantDetailScreen {
    /// The competition.
    pub competition: CompetitionId,
    /// Its title.
    pub title: String,
    /// The registration.
    pub registration: RegistrationId,
    /// The name of the participant.
    pub name: String,
    /// Their email.
    pub email: String,
    /// Whether their mail server has refused the address.
    pub mail_refused: bool,
    /// The status of the registration.
    pub status: RegistrationStatus,
    /// When the participant registered.
    pub registered_at: Moment,
    /// Why the organizer has rejected it, if they have and gave a reason.
    pub rejection_reason: Option<String>,
    /// The access code that the registration was made with.
    pub access_code: Option<String>,
    /// When the registration was last changed.
    pub updated_at: Timestamp,
    /// When the participant cancelled it, if they have.
    pub cancelled_at: Option<Moment>,
    /// What the viewer can decide about it; `None` for nothing.
    pub reviewable: Option<Reviewable>,
    /// A review that has just been refused without JavaScript, if one was.
    pub review: Returned<TypedReview>,
    /// The version of the questions.
    pub questions_version: u32,
    /// The questions in the form, which need no answer; none if the viewer cannot edit answers.
    pub questions: Vec<Question>,
    /// The countries to choose from.
    pub countries: Countries,
    /// The answers that are not in the form, in words.
    pub answers: Vec<(String, String)>,
    /// The answers as they are, or those of a form that has just been refused without JavaScript.
    pub start: Returned<TypedAnswers>,
    /// What the organizer has done to the registration, newest first.
    pub history: Vec<HistoryEntry>,
}

/// Loads the page; for the organizer of the competition and administrators.
#[server(prefix = "/fn", endpoint = "participant")]
pub async fn load_participant(
    competition: String,
    registration: String,
) -> Result<ParticipantDetailScreen, Failure> {
    use super::review;
    use crate::{
        pages::competitions::{address, questions::answer},
        ssr::{clock::ViewerClock, form, request},
    };
    use service::{competitions, registration};

    let (ctx, actor) = (request::context()?, request::actor()?);
    // Check the login before parsing the ids, so that 401 wins over 404.
    let viewer = actor.user()?.id;
    let clock = ViewerClock::of_request()?;
    let competition = request::parse_competition_id(&competition)?;
    let id = request::parse_registration_id(&registration)?;
    let record = registration::record(&ctx, &actor, competition, id).await?;
    let detail = competitions::get_visible_to(&ctx, &actor, competition).await?;
    let (competition, entry) = (detail.competition, record.entry);
    let status = entry.registration.status;
    let (is_cancelled, now) = (competition.is_cancelled(), ctx.now());
    let is_owner = viewer == competition.organizer_id;
    let can_review = is_owner && competition.takes_reviews(now) && status.is_reviewable();
    let reviewable = can_review.then(|| Reviewable {
        can_approve: competition.can_approve(status, now),
        can_promote: status.can_be_promoted(),
        can_reject: status.can_be_rejected(),
    });
    let can_edit = is_owner
        && status.check_answers_can_be_corrected(is_cancelled, competition.dates(), now).is_ok();
    let asked = if can_edit { detail.questions } else { Vec::new() };
    let mut start = form::take_stored_form::<TypedAnswers>(&form_name(id)).await?;
    // Not what was typed before the answers were changed. A form that was too large for the session
    // comes back without its text.
    let shows_stored =
        start.error.as_ref().is_none_or(|error| error.code == ErrorCode::StaleVersion);
    if shows_stored || start.typed.is_empty() {
        start.typed = answer::typed(&entry.answers);
    }
    let for_organizer = |question: Question| {
        let answer = entry.answers.iter().find(|answer| answer.question_id == question.id);
        let values = answer.map(|answer| answer.value.texts()).unwrap_or_default();
        question.for_organizer(&values)
    };
    let questions: Vec<_> = asked.into_iter().map(for_organizer).collect();
    let is_asked = |id| questions.iter().any(|question| question.id == id);
    let others = entry.answers.into_iter().filter(|answer| !is_asked(answer.question_id));
    let answers = others.map(domain::Answer::into_words).collect();
    let page = address::participant(competition.id, id);
    Ok(ParticipantDetailScreen {
        competition: competition.id,
        title: competition.title,
        registration: id,
        name: entry.user.name,
        email: entry.user.email,
        mail_refused: entry.mail_refused,
        status,
        registered_at: clock.in_viewer_zone(entry.registration.registered_at),
        rejection_reason: entry.rejection_reason,
        access_code: entry.access_code,
        updated_at: entry.registration.updated_at,
        cancelled_at: (status == RegistrationStatus::Cancelled)
            .then(|| clock.in_viewer_zone(entry.registration.updated_at)),
        reviewable,
        review: form::take_stored_form(&review::form_name(competition.id, &page)).await?,
        questions_version: detail.questions_version,
        countries: answer::countries_for(&questions),
        questions,
        answers,
        start,
        history: record.events.into_iter().map(|event| HistoryEntry::of(event, &clock)).collect(),
    })
}

/// The key of the form in the session. It has the id, because several forms may be open.
#[cfg(feature = "ssr")]
fn form_name(id: RegistrationId) -> String {
    format!("participant:{id}")
}

/// Replaces the answers of a participant, and stays on the page.
#[server(prefix = "/fn", endpoint = "correct_answers")]
pub async fn correct_answers(
    competition: CompetitionId,
    registration: RegistrationId,
    updated_at: Timestamp,
    questions_version: u32,
    #[server(default)] answers: TypedAnswers,
    #[server(default)] made_for: Option<UserId>,
) -> Result<(), Failure> {
    use crate::{
        pages::competitions::{address, questions::answer},
        ssr::{flash, form, request, response},
    };
    use domain::RegistrationPatch;
    use service::{
        competitions,
        registration::{SeenAnswers, correct_answers, record},
    };

    let (ctx, actor) = (request::context()?, request::actor()?);
    let checked = form::check_same_user(made_for, &actor);
    let outcome = form::and_then_async(checked, async |()| {
        let asked = competitions::get_visible_to(&ctx, &actor, competition).await?.questions;
        let before = record(&ctx, &actor, competition, registration).await?.entry.answers;
        let typed = answer::without_empty_boxes(answers.clone(), &asked, &before);
        let given = answer::inputs(&typed, &asked).into();
        let input = RegistrationPatch { answers: given, ..Default::default() };
        let seen = Some(SeenAnswers { updated_at, questions_version });
        correct_answers(&ctx, &actor, competition, registration, input, seen).await
    })
    .await;
    let page = address::participant(competition, registration);
    form::redirect_back_with(&form_name(registration), &page, answers, outcome).await?;
    flash::set("The answers are saved").await;
    response::redirect_form(&page);
    Ok(())
}

/// One participant of a competition.
#[component]
pub fn ParticipantPage() -> impl IntoView {
    let params = use_params_map();
    let ids = Memo::new(move |_| {
        let get = |name| params.read().get(name).unwrap_or_default();
        (get("id"), get("registrationId"))
    });
    let correct = ServerAction::<CorrectAnswers>::new();
    let review = ServerAction::<ReviewRegistrations>::new();
    Toasts::after(correct);
    Toasts::after(review);
    let reviewed = count_replies(review, Result::is_ok);
    let saved = count_replies(correct, Result::is_ok);
    let stale = count_replies(correct, |reply| {
        reply.as_ref().is_err_and(|Failure(error)| error.code == ErrorCode::StaleVersion)
    });
    let screen = Resource::new_blocking(
        move || (ids.get(), saved.get(), stale.get(), reviewed.get()),
        |((competition, registration), ..)| load_participant(competition, registration),
    );
    keep_one_error(correct, review);
    let focused = StoredValue::new(0);
    let reviewing = Reviewing { action: review, successes: reviewed, focused: StoredValue::new(0) };
    view! {
        <Loaded layout=Layout::Form from=screen let(screen)>
            <Content screen correct saved focused reviewing />
        </Loaded>
    }
}

#[component]
fn Content(
    screen: ParticipantDetailScreen,
    correct: ServerAction<CorrectAnswers>,
    /// The number of times that answers were saved.
    saved: RwSignal<usize>,
    /// That number when the heading of the answers took the focus.
    focused: StoredValue<usize>,
    /// Approving, promoting and rejecting.
    reviewing: Reviewing,
) -> impl IntoView {
    let decision = screen.reviewable.map(|reviewable| {
        let (competition, registration) = (screen.competition, screen.registration);
        view! { <Decision competition registration reviewable start=screen.review reviewing /> }
    });
    let ParticipantDetailScreen { competition, title, registration, name, email, .. } = screen;
    let error = error_of(correct, screen.start.error);
    let has_form = !screen.questions.is_empty();
    let asked = RwSignal::new(screen.questions);
    let countries = RwSignal::new(screen.countries);
    // The questions may have changed, in another tab.
    reload_when_refused(
        correct,
        move || load_participant(competition.to_string(), registration.to_string()),
        move |screen| {
            // Without questions the answers cannot be edited any more, which the error says.
            if !screen.questions.is_empty() {
                countries.set(screen.countries);
                asked.set(screen.questions);
            }
        },
    );
    let heading = NodeRef::<H2>::new();
    Effect::new(move || {
        // The button is gone: the form is rendered again.
        let saved = saved.get_untracked();
        if saved > focused.get_value()
            && let Some(heading) = heading.get()
        {
            focused.set_value(saved);
            focus(heading);
        }
    });
    let reason = screen.rejection_reason.map(|reason| {
        view! {
            <dt>"Reason"</dt>
            <dd dir="auto">{reason}</dd>
        }
    });
    let cancelled = screen.cancelled_at.map(|at| {
        view! {
            <dt>"Cancelled"</dt>
            <dd>
                <ViewerTime at />
            </dd>
        }
    });
    let code = screen.access_code.map(|code| {
        view! {
            <dt>"Access code"</dt>
            <dd class="wrap-anywhere">{code}</dd>
        }
    });
    let others =
        (!screen.answers.is_empty()).then(|| view! { <AnswerList answers=screen.answers /> });
    let form = has_form.then(|| {
        view! {
            <p class="text-muted">
                "The participant is notified of what you edit. All questions are optional here."
            </p>
            <KeptText within=KeptIn::Tab saved=success_of(correct, false)>
                <ActionForm action=correct attr:class="grid gap-6" attr:novalidate=true>
                    <input type="hidden" name="competition" value=competition.to_string() />
                    <input type="hidden" name="registration" value=registration.to_string() />
                    <input type="hidden" name="updated_at" value=screen.updated_at.to_string() />
                    <input
                        type="hidden"
                        name="questions_version"
                        value=screen.questions_version.to_string()
                    />
                    <MadeFor />
                    <AnswerFields asked countries typed=screen.start.typed error />
                    <p>
                        <Submit pending=correct.pending() class="btn-lg">"Save answers"</Submit>
                    </p>
                </ActionForm>
            </KeptText>
        }
    });
    let has_answers = has_form || others.is_some();
    view! {
        <Head title=format!("{name}, {title}") />
        <div class="form-page gap-8 wrap-anywhere">
            <div class="grid gap-3">
                <p>
                    <a class="quiet-link" href=participants(competition)>
                        <bdi>{title}</bdi>
                    </a>
                </p>
                <Heading><bdi>{name}</bdi></Heading>
                <p class="text-muted wrap-anywhere">{email}</p>
                <p class="flex flex-wrap gap-2">
                    <StatusBadge status=screen.status />
                    {screen.mail_refused.then(|| view! { <MailRefused /> })}
                </p>
                {screen
                    .mail_refused
                    .then(|| {
                        view! {
                            <p class="text-muted">
                                "The mail server of this address refuses mail. The participant \
                                finds messages in the mailbox on the site."
                            </p>
                        }
                    })}
            </div>
            <dl class="facts">
                <dt>"Registered"</dt>
                <dd>
                    <ViewerTime at=screen.registered_at />
                </dd>
                {cancelled} {code} {reason}
            </dl>
            {decision}
            <ErrorSummary error />
            {has_answers
                .then(|| {
                    view! {
                        <section aria-labelledby="answers" class="grid gap-4">
                            <h2
                                id="answers"
                                class="subheading outline-none"
                                node_ref=heading
                                tabindex="-1"
                            >
                                "Answers"
                            </h2>
                            {form}
                            {others}
                        </section>
                    }
                })}
            <History entries=screen.history />
        </div>
    }
}
