//! The state of a competition for its viewer, and what they can do.

use domain::{
    AccessMode, CallToAction, CompetitionId, PublicError, RegistrationStatus, Role, Room,
};
use leptos::{html::Div, prelude::*};

use super::{
    address,
    claim::Claim,
    register_form::{FormPage, Register, RegisterForm, button_of},
};
use crate::{
    Moment,
    components::{ErrorSummary, Icon, LocalTime, Shape, add_role_words, focus, ordinal},
    form::error_of,
    next,
    viewer::CurrentViewer,
};

/// The registration form, or the reason why the viewer cannot register.
#[component]
pub(super) fn CallToActionPanel(
    /// The competition.
    id: CompetitionId,
    /// The state.
    call_to_action: CallToAction,
    /// When registration opens, if it has not opened yet.
    opens: Option<Moment>,
    /// The page with the form that registers, if it is on a page of its own.
    form_page: Option<FormPage>,
    /// The access code in the address.
    code: String,
    /// Whether the viewer can change the answers to them.
    can_change_answers: bool,
    /// Why the organizer has rejected the registration of the viewer, if they have.
    rejection_reason: Option<String>,
    /// The key of the form.
    idempotency_key: String,
    /// Why registering without JavaScript has just been refused, if it was.
    error: Option<PublicError>,
    /// Registering.
    register: ServerAction<Register>,
    /// The registration after which the panel has taken the focus.
    focused: StoredValue<usize>,
) -> impl IntoView {
    let key = idempotency_key;
    let panel = match call_to_action {
        CallToAction::Register | CallToAction::RequestSeat | CallToAction::JoinWaitlist => {
            let (title, note) = notes_of(call_to_action);
            let button = button_of(call_to_action);
            view! { <RegisterForm id key register form_page title button note /> }.into_any()
        }
        CallToAction::AwaitingApproval => {
            let title = "Waiting for approval".to_owned();
            let text = "The organizer approves or rejects your request. You have no seat until \
                        then, and get a message.";
            view! { <Waiting id title text leave=Claim::Request.button() register focused /> }
                .into_any()
        }
        CallToAction::Rejected => view! {
            <Notice title="You have no seat">
                "The organizer has rejected your registration."
                {rejection_reason
                    .map(|reason| view! { " Reason: " <span dir="auto">{reason}</span> })}
            </Notice>
        }
        .into_any(),
        CallToAction::Registered(status) => {
            view! { <Registered id status register focused /> }.into_any()
        }
        CallToAction::Waitlisted(position) => {
            let title = match position {
                Some(position) => format!("You're {} in line", ordinal(position)),
                None => "You're on the waiting list".to_owned(),
            };
            let text = "You're on the waiting list. When a seat becomes free and you're first in \
                        line, you're registered at once and get a confirmation.";
            view! { <Waiting id title text leave=Claim::WaitingList.button() register focused /> }
                .into_any()
        }
        CallToAction::WaitlistClosed => view! {
            <Notice title="The waiting list is closed">
                "Seats that become free do not go to the waiting list any more. "
                <a class="link" href=address::cancel_registration(id)>"Leave waiting list"</a>
            </Notice>
        }
        .into_any(),
        CallToAction::LogIn => {
            let button = button_of(call_to_action);
            view! { <LogInFirst id code button /> }.into_any()
        }
        CallToAction::Full | CallToAction::Closed | CallToAction::NotYetOpen => {
            view! { <Unavailable call_to_action opens /> }.into_any()
        }
        CallToAction::Cancelled => view! {
            <Notice title="This competition was cancelled">
                "Its organizer has cancelled it. Everyone who was registered is notified."
            </Notice>
        }
        .into_any(),
        CallToAction::UnderWay(registration) => {
            let claim = registration.and_then(Claim::of);
            let words = match claim {
                Some(Claim::Seat) => "You're registered for it.",
                Some(Claim::Request) => "The organizer can still approve your request.",
                Some(Claim::WaitingList) => "The waiting list has ended.",
                None => "Registration is closed.",
            };
            let leave = claim.filter(|claim| *claim != Claim::Seat).map(|claim| {
                view! {
                    " "
                    <a class="link" href=address::cancel_registration(id)>
                        {claim.button()}
                    </a>
                }
            });
            view! { <Notice title="This competition is under way">{words} {leave}</Notice> }
                .into_any()
        }
        CallToAction::Over(registration) => view! {
            <Notice title="This competition is over">
                {match registration {
                    Some(_) => "You were registered for it.",
                    None => "Registration is closed.",
                }}
            </Notice>
        }
        .into_any(),
        CallToAction::Own => ().into_any(),
        CallToAction::AddRole => view! { <AddRoleFirst id code /> }.into_any(),
        CallToAction::AdministratorsCannotRegister => view! {
            <Notice title="Administrators cannot register">
                "Sign up with another address to take part in competitions."
            </Notice>
        }
        .into_any(),
    };
    view! {
        <ErrorSummary error=error_of(register, error) />
        {panel}
        {can_change_answers
            .then(|| {
                view! {
                    <a class="quiet-link" href=address::answers(id)>
                        "Change your answers"
                    </a>
                }
            })}
    }
}

/// The heading of a state, if it has one, and a sentence about it, for a participant who is not
/// registered.
pub(super) fn notes_of(action: CallToAction) -> (Option<&'static str>, &'static str) {
    match action {
        CallToAction::RequestSeat => {
            (None, "The organizer approves or rejects your request. You'll get a message.")
        }
        CallToAction::JoinWaitlist => (
            Some("This competition is full"),
            "A seat that becomes free goes to the first in line.",
        ),
        CallToAction::Full => (Some("This competition is full"), "All seats are taken."),
        CallToAction::Closed => (Some("Registration is closed"), "The deadline has passed."),
        CallToAction::NotYetOpen => (Some("Registration is not open yet"), ""),
        _ => (None, "Your seat is reserved straight away."),
    }
}

/// Who may register, in words, if not everyone.
pub(super) fn access_words(access: AccessMode) -> Option<&'static str> {
    match access {
        AccessMode::Open => None,
        AccessMode::Code => Some("Registration needs an access code."),
        AccessMode::Invitation => Some("Registration is by invitation."),
    }
}

/// That registrations are approved, and whether they join the waiting list then.
pub(super) fn approval_words(room: Room) -> &'static str {
    match room.leads_to_waitlist() {
        true => {
            "The organizer approves each registration. Approved registrations join the waiting \
             list."
        }
        false => "The organizer approves each registration.",
    }
}

/// What the viewer waits for: a seat or its approval. After registering with JavaScript it takes
/// the focus.
#[component]
fn Waiting(
    id: CompetitionId,
    title: String,
    text: &'static str,
    /// The link that ends it.
    leave: &'static str,
    register: ServerAction<Register>,
    focused: StoredValue<usize>,
) -> impl IntoView {
    view! {
        <div
            node_ref=focus_after(register, focused)
            role="status"
            tabindex="-1"
            class="grid gap-3 outline-none"
        >
            <p class="font-semibold text-lg">{title}</p>
            <p>{text}</p>
            <a class="quiet-link" href=address::cancel_registration(id)>
                {leave}
            </a>
        </div>
    }
}

/// An element that takes the focus once the viewer has registered, because the button is gone. When
/// the page is refreshed, the focus stays where it is.
fn focus_after(register: ServerAction<Register>, focused: StoredValue<usize>) -> NodeRef<Div> {
    let node = NodeRef::<Div>::new();
    Effect::new(move || {
        let version = register.version().get_untracked();
        if version > focused.get_value()
            && let Some(notice) = node.get()
        {
            focused.set_value(version);
            focus(notice);
        }
    });
    node
}

#[component]
fn LogInFirst(id: CompetitionId, code: String, button: Option<&'static str>) -> impl IntoView {
    let here = address::with_code(address::competition(id), &code);
    view! {
        <div class="grid gap-3">
            <a class="btn btn-primary btn-lg btn-block" href=next::login(&here)>
                {button}
            </a>
            <p class="text-sm">
                "New here? " <a class="link" href=next::sign_up(&here)>"Sign up to register"</a>
            </p>
        </div>
    }
}

#[component]
fn AddRoleFirst(id: CompetitionId, code: String) -> impl IntoView {
    let here = address::with_code(address::competition(id), &code);
    view! {
        <div class="grid gap-3">
            // External: the browser scrolls to the form.
            <a
                class="btn btn-primary btn-lg btn-block"
                href=next::add_role(&here)
                rel="external"
            >
                {add_role_words(Role::Participant)}
            </a>
            <p class="text-sm text-muted">
                "Your account is that of an organizer. With both roles you can register."
            </p>
        </div>
    }
}

/// Why nobody can register now: it is not open yet, closed, or full.
#[component]
pub(super) fn Unavailable(
    /// The state.
    call_to_action: CallToAction,
    /// When registration opens, if it has not opened yet.
    opens: Option<Moment>,
) -> impl IntoView {
    let (title, note) = notes_of(call_to_action);
    let opens = opens.filter(|_| call_to_action == CallToAction::NotYetOpen);
    let text = match opens {
        Some(at) => view! { "It opens on " <LocalTime at /> "." }.into_any(),
        None => note.into_any(),
    };
    view! { <Notice title=title.unwrap_or_default()>{text}</Notice> }
}

#[component]
fn Notice(title: &'static str, children: Children) -> impl IntoView {
    view! {
        <div class="grid gap-1">
            <p class="font-semibold text-lg">{title}</p>
            <p>{children()}</p>
        </div>
    }
}

/// The confirmation. After registering with JavaScript it takes the focus.
#[component]
fn Registered(
    id: CompetitionId,
    status: RegistrationStatus,
    register: ServerAction<Register>,
    focused: StoredValue<usize>,
) -> impl IntoView {
    let node = focus_after(register, focused);
    let viewer = expect_context::<CurrentViewer>();
    Effect::new(move || {
        if register.version().get_untracked() > 0 && node.get().is_some() {
            // The mail may have arrived already, and the header counts unread mail.
            viewer.resource.refetch();
        }
    });
    let words = match status {
        RegistrationStatus::Confirmed => {
            "Your seat is confirmed. The confirmation is in your mailbox."
        }
        _ => "Your seat is reserved. You'll get a confirmation shortly.",
    };
    view! {
        <div node_ref=node role="status" tabindex="-1" class="grid gap-3 outline-none">
            <p class="icon-line font-semibold text-lg text-success">
                <Icon shape=Shape::Tick />
                "You are registered"
            </p>
            <p>{words}</p>
            <a class="btn btn-block" href="/mailbox">"Open mailbox"</a>
            <a class="quiet-link" href=address::cancel_registration(id)>"Cancel registration"</a>
        </div>
    }
}
