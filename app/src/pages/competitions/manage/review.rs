//! Approving, promoting and rejecting registrations.

use domain::{CompetitionId, UserId};
use leptos::{html::Form, prelude::*};
use serde::{Deserialize, Serialize};

#[cfg(feature = "ssr")]
use crate::pages::competitions::address;
use crate::{
    components::{Field, MadeFor, Submit},
    error::Failure,
    form::FormError,
};

/// The name of the list of registrations in errors, and its id on the page.
pub(super) const LIST: &str = "registrationIds";

/// The name of the fields that choose registrations.
pub(super) const IDS: &str = "registration_ids[]";

/// What is in the form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypedReview {
    /// The chosen registrations.
    pub chosen: Vec<String>,
    /// The button that was pressed.
    pub verdict: String,
    /// Whether seats are added when none is free.
    pub adds_seats: bool,
    /// The reason of a rejection.
    pub reason: String,
}

/// The key of the form on a page in the session. It has the ids of the competition and, on the page
/// of one registration, of that, because several forms may be open.
#[cfg(feature = "ssr")]
pub(super) fn form_name(id: CompetitionId, page: &str) -> String {
    let registrations = format!("{}/registrations/", address::competition(id));
    let of_one = page.strip_prefix(&registrations).unwrap_or_default();
    format!("review:{id}:{of_one}")
}

/// Approves, promotes or rejects the chosen registrations. Sending it twice has the effect of
/// sending it once.
#[server(prefix = "/fn", endpoint = "review_registrations")]
pub async fn review_registrations(
    competition: CompetitionId,
    #[server(default)] registration_ids: Vec<String>,
    #[server(default)] verdict: String,
    #[server(default)] add_seats: bool,
    #[server(default)] reason: String,
    #[server(default)] made_for: Option<UserId>,
    #[server(default)] next: String,
) -> Result<(), Failure> {
    use crate::{
        next,
        ssr::{flash, form, request, response},
    };
    use domain::{ApprovalInput, ErrorCode, PromotionInput, PublicError, RejectionInput};
    use service::registration::{approve, promote, reject};

    let (ctx, actor) = (request::context()?, request::actor()?);
    let checked = form::check_same_user(made_for, &actor);
    let typed = TypedReview {
        chosen: registration_ids.clone(),
        verdict: verdict.clone(),
        adds_seats: add_seats,
        reason: reason.clone(),
    };
    let registration_ids = registration_ids.into();
    let outcome = form::and_then_async(checked, async |()| {
        let decision = match &*verdict {
            "approve" => {
                let input = ApprovalInput { registration_ids, ..Default::default() };
                approve(&ctx, &actor, competition, input, None).await?
            }
            "promote" => {
                let add_seats = add_seats.into();
                let input = PromotionInput { registration_ids, add_seats, ..Default::default() };
                promote(&ctx, &actor, competition, input, None).await?
            }
            "reject" => {
                let reason = reason.into();
                let input = RejectionInput { registration_ids, reason, ..Default::default() };
                reject(&ctx, &actor, competition, input, None).await?
            }
            // A browser that does not say which button was pressed decides nothing.
            _ => {
                let message = "Choose what to do with the registrations";
                let code = ErrorCode::ValidationFailed;
                return Err(PublicError::on_field(code, LIST, message).into());
            }
        };
        let all = decision.outcome?;
        match (&all.reviewed[..], all.refused.first()) {
            ([], Some(first)) => {
                Err(PublicError::on_field(first.code, LIST, &first.message).into())
            }
            _ => Ok(all),
        }
    })
    .await;
    let page = next::local(&next);
    let name = form_name(competition, page);
    let all = form::redirect_back_with(&name, page, typed, outcome).await?;
    for words in words(&all, verdict == "promote") {
        flash::set(words).await;
    }
    response::redirect_form(page);
    Ok(())
}

/// What became of the registrations: "2 registrations are approved", and why others are not.
#[cfg(feature = "ssr")]
fn words(all: &domain::ReviewedRegistrations, are_promoted: bool) -> Vec<String> {
    use domain::RegistrationStatus;

    let number = |number: usize| match number {
        1 => "1 registration is".to_owned(),
        number => format!("{number} registrations are"),
    };
    let count = |status| all.reviewed.iter().filter(|row| row.status == status).count();
    let rejected = count(RegistrationStatus::Rejected);
    let waitlisted = count(RegistrationStatus::Waitlisted);
    let seated = all.reviewed.len() - rejected - waitlisted;
    let seated_words = if are_promoted { "given a seat" } else { "approved" };
    let results =
        [(seated, seated_words), (waitlisted, "on the waiting list"), (rejected, "rejected")];
    let results = results.into_iter().filter(|(count, _)| *count > 0);
    let mut words: Vec<_> =
        results.map(|(count, what)| format!("{} {what}.", number(count))).collect();
    let mut refused: Vec<(&str, usize)> = Vec::new();
    for one in &all.refused {
        match refused.iter_mut().find(|(message, _)| *message == one.message) {
            Some((_, count)) => *count += 1,
            None => refused.push((&one.message, 1)),
        }
    }
    let refused = refused.into_iter();
    words
        .extend(refused.map(|(message, count)| format!("{} unchanged: {message}.", number(count))));
    words
}

/// The form around what chooses registrations, and its buttons.
#[component]
pub(super) fn ReviewForm(
    /// The competition.
    id: CompetitionId,
    /// The address of this page.
    next: String,
    /// What was in the form when a review was refused without JavaScript.
    typed: TypedReview,
    /// The error of the form.
    error: FormError,
    /// Whether any registration on the page can be approved.
    can_approve: bool,
    /// Whether any registration on the page can be given a seat ahead of the waiting list.
    can_promote: bool,
    /// Approving, promoting and rejecting.
    review: ServerAction<ReviewRegistrations>,
    /// The form on the page.
    form: NodeRef<Form>,
    /// Whether any registration on the page can be rejected.
    can_reject: bool,
    /// Whether it is about one registration, so that there is nothing to choose.
    #[prop(default = false)]
    of_one: bool,
    /// What chooses registrations: a table with boxes, or a hidden field.
    children: Children,
) -> impl IntoView {
    let is_reason_wrong =
        move || error.with(|error| error.as_ref().is_some_and(|e| e.about("reason").is_some()));
    let [approve_words, promote_words, reject_words] = match of_one {
        true => ["Approve", "Give a seat", "Reject or remove"],
        false => ["Approve chosen", "Give seats to chosen", "Reject or remove chosen"],
    };
    let [add_words, give_words, reason_hint] = match of_one {
        true => {
            ["Add a seat if none is free", "Give the seat", "The participant is sent the reason."]
        }
        false => [
            "Add a seat for each if none is free",
            "Give seats",
            "The participants are sent the reason.",
        ],
    };
    let approve = can_approve.then(|| {
        view! {
            <Submit pending=review.pending() class="" {..} name="verdict" value="approve">
                {approve_words}
            </Submit>
        }
    });
    let promote = can_promote.then(|| {
        view! {
            <details open={typed.verdict == "promote"}>
                <summary class="btn">{promote_words}</summary>
                <div class="grid max-w-prose gap-3 pt-3">
                    <p>"They get a seat ahead of everyone on the waiting list."</p>
                    <label class="choice">
                        <input
                            class="checkbox"
                            type="checkbox"
                            name="add_seats"
                            value="true"
                            checked=typed.adds_seats
                        />
                        {add_words}
                    </label>
                    <p>
                        <Submit
                            pending=review.pending()
                            class=""
                            {..}
                            name="verdict"
                            value="promote"
                        >
                            {give_words}
                        </Submit>
                    </p>
                </div>
            </details>
        }
    });
    let reject = can_reject.then(|| {
        view! {
            <details class="grow" open=is_reason_wrong>
                <summary class="btn">{reject_words}</summary>
                <div class="grid max-w-prose gap-3 pt-3">
                    <p>
                        "They lose their seat, and cannot register again unless you approve \
                            or add them. They are notified."
                    </p>
                    <Field
                        id="reason"
                        label="Reason (optional)"
                        hint=reason_hint
                        required=false
                        value=typed.reason
                        error
                    />
                    <p>
                        <Submit
                            pending=review.pending()
                            class="btn-error"
                            {..}
                            name="verdict"
                            value="reject"
                        >
                            "Reject or remove"
                        </Submit>
                    </p>
                </div>
            </details>
        }
    });
    let chooser = match of_one {
        true => children().into_any(),
        // The target of the link in the error summary.
        false => view! {
            <div id=LIST tabindex="-1" class="outline-none">
                {children()}
            </div>
        }
        .into_any(),
    };
    view! {
        <ActionForm action=review node_ref=form attr:class="grid gap-4">
            <input type="hidden" name="competition" value=id.to_string() />
            <input type="hidden" name="next" value=next />
            <MadeFor />
            // Enter in the reason sends nothing: it would press the first button, which approves.
            <button hidden disabled></button>
            {chooser}
            <div class="flex flex-wrap items-start gap-3">
                {approve} {promote} {reject}
            </div>
        </ActionForm>
    }
}

/// A box that chooses a registration, with its participant as the label.
#[component]
pub(super) fn ReviewBox(
    /// The registration.
    id: String,
    /// Whether it is chosen at first.
    checked: bool,
    /// The participant.
    children: Children,
) -> impl IntoView {
    view! {
        <label class="flex items-start gap-3">
            <input
                class="checkbox mt-0.5"
                type="checkbox"
                name=IDS
                value=id
                checked=checked
            />
            {children()}
        </label>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use domain::{
        ErrorCode, RefusedReview, Registration, RegistrationId, RegistrationStatus,
        ReviewedRegistrations,
    };

    use super::*;

    #[test]
    fn the_page_of_each_registration_has_a_form_of_its_own_and_the_lists_share_one() {
        const IDS: [&str; 2] =
            ["01939a00-0000-7000-8000-000000000000", "01939a00-0000-7000-8000-000000000001"];
        let id: CompetitionId = IDS[0].parse().unwrap();
        let [one, other] =
            IDS.map(|of| form_name(id, &address::participant(id, of.parse().unwrap())));
        let list = form_name(id, &address::participants(id));
        assert_eq!(form_name(id, &format!("{}?page=2", address::participants(id))), list);
        assert!(one != other && one != list, "{one} {other} {list}");
    }

    #[test]
    fn the_result_of_a_review_counts_registrations_in_words() {
        let at = "2026-11-24T00:00:00Z".parse().unwrap();
        const ID: &str = "01939a00-0000-7000-8000-000000000000";
        let id: RegistrationId = ID.parse().unwrap();
        let row = |status| Registration {
            id,
            user_id: ID.parse().unwrap(),
            competition_id: ID.parse().unwrap(),
            status,
            idempotency_key: None,
            registered_at: at,
            updated_at: at,
        };
        use RegistrationStatus::{Confirmed, Pending, Rejected, Waitlisted};
        let message = "All seats are taken".to_owned();
        let refused =
            RefusedReview { registration_id: id, code: ErrorCode::CompetitionFull, message };
        let approved = ReviewedRegistrations {
            reviewed: [Pending, Confirmed, Waitlisted].map(row).into(),
            refused: vec![refused],
        };
        assert_eq!(
            words(&approved, false),
            [
                "2 registrations are approved.",
                "1 registration is on the waiting list.",
                "1 registration is unchanged: All seats are taken.",
            ]
        );
        let promoted = ReviewedRegistrations { reviewed: vec![row(Pending)], refused: vec![] };
        assert_eq!(words(&promoted, true), ["1 registration is given a seat."]);
        let rejected = ReviewedRegistrations { reviewed: vec![row(Rejected)], refused: vec![] };
        assert_eq!(words(&rejected, false), ["1 registration is rejected."]);
    }
}
