//! Creating and editing from a form, whose times are local times in its zone.

use domain::{
    AccessCodeInput, AccessCodeUse, CompetitionDetail, CompetitionDraft, CompetitionId,
    CompetitionInput, CompetitionPatch, CompetitionWithOrganizer, Cover, CoverInput, EditDraft,
    ErrorCode, FieldError, IdempotencyKey, Question, QuestionInput, Raw, reminder_minutes,
};

use super::{Created, access_codes, create, edit, get_own};
use crate::{Actor, Context, Decision, Error, Result, zones};

/// A competition as a form shows it.
pub fn draft_of(detail: &CompetitionDetail) -> CompetitionDraft {
    let (competition, sections) = (&detail.competition, &detail.sections);
    let zone = &competition.time_zone;
    let shown = |at| zones::input_value(at, zone);
    CompetitionDraft {
        title: competition.title.clone(),
        description: competition.description.clone(),
        tags: competition.tags.join(", "),
        capacity: competition.capacity.to_string(),
        waitlist_capacity: match competition.waitlist_capacity {
            0 => String::new(),
            number => number.to_string(),
        },
        promote_until: competition.promote_until.map(shown).unwrap_or_default(),
        approval_required: match competition.approval_required {
            true => true.to_string(),
            false => String::new(),
        },
        time_zone: zone.clone(),
        reg_opens_at: competition.reg_opens_at.map(shown).unwrap_or_default(),
        reg_deadline: shown(competition.reg_deadline),
        start_date: competition.start_date.map(shown).unwrap_or_default(),
        ends_at: competition.ends_at.map(shown).unwrap_or_default(),
        reminder_offsets: competition.reminder_offsets.in_words(),
        summary: competition.summary.clone().unwrap_or_default(),
        venue_name: competition.venue_name.clone().unwrap_or_default(),
        venue_address: competition.venue_address.clone().unwrap_or_default(),
        online_url: detail.online_url.clone().unwrap_or_default(),
        website: competition.website.clone().unwrap_or_default(),
        contact_email: competition.contact_email.clone().unwrap_or_default(),
        rules: sections.rules.clone().unwrap_or_default(),
        prizes: sections.prizes.clone().unwrap_or_default(),
        schedule: sections.schedule.clone().unwrap_or_default(),
        visibility: competition.visibility.to_string(),
    }
}

/// [`create`], from a form; with the questions, the access codes and the cover of the competition
/// `copy_of`, which is the actor's own.
///
/// # Errors
/// The same; as for [`get_own`]; a local time that does not exist in its zone, or is ambiguous, is
/// a fault of its field.
pub async fn create_draft(
    ctx: &Context,
    actor: &Actor,
    draft: CompetitionDraft,
    copy_of: Option<CompetitionId>,
    key: Option<IdempotencyKey>,
) -> Result<Created> {
    let (input, faults) = input(ctx, actor, draft, copy_of).await?;
    create(ctx, actor, input, key).await.map_err(|error| explain(error, &faults))
}

/// What [`create_draft`] creates, and the faults of times that cannot be converted.
///
/// # Errors
/// As for [`get_own`].
pub(super) async fn input(
    ctx: &Context,
    actor: &Actor,
    draft: CompetitionDraft,
    copy_of: Option<CompetitionId>,
) -> Result<(CompetitionInput, Vec<FieldError>)> {
    let copied = match copy_of {
        None => Copied::default(),
        Some(id) => Copied::of(ctx, actor, id).await?,
    };
    let times = Times::read(&draft);
    let closes_at_start = closes_at_start(&draft);
    let input = CompetitionInput {
        title: draft.title.into(),
        description: draft.description.into(),
        tags: tags(&draft.tags),
        capacity: number(&draft.capacity),
        waitlist_capacity: waitlist_capacity(&draft.waitlist_capacity),
        promote_until: times.promote_until,
        approval_required: is_checked(&draft.approval_required),
        reg_deadline: times.reg_deadline,
        start_date: times.start_date,
        deadline_may_equal_start: closes_at_start.into(),
        ends_at: times.ends_at,
        reg_opens_at: times.reg_opens_at,
        reminder_offsets: reminders(&draft.reminder_offsets),
        time_zone: draft.time_zone.into(),
        summary: draft.summary.into(),
        venue_name: draft.venue_name.into(),
        venue_address: draft.venue_address.into(),
        online_url: draft.online_url.into(),
        website: draft.website.into(),
        contact_email: draft.contact_email.into(),
        rules: draft.rules.into(),
        prizes: draft.prizes.into(),
        schedule: draft.schedule.into(),
        visibility: visibility(draft.visibility),
        questions: copied.questions.into(),
        access: copied.access,
        access_codes: copied.access_codes.into(),
        cover: copied.cover,
        ..Default::default()
    };
    Ok((input, times.faults))
}

/// What a copy has of a competition that its form does not show.
#[derive(Default)]
struct Copied {
    questions: Vec<QuestionInput>,
    access: Raw<String>,
    access_codes: Vec<AccessCodeInput>,
    cover: Raw<CoverInput>,
}

impl Copied {
    async fn of(ctx: &Context, actor: &Actor, id: CompetitionId) -> Result<Self> {
        let detail = get_own(ctx, actor, id).await?;
        let code = |used: AccessCodeUse| AccessCodeInput {
            code: used.code.into(),
            max_uses: used.max_uses.map_or(Raw::Missing, |max| i64::from(max).into()),
            ..Default::default()
        };
        let codes = access_codes(ctx, actor, id).await?;
        Ok(Self {
            questions: detail.questions.into_iter().map(copy).collect(),
            access: detail.competition.access.to_string().into(),
            access_codes: codes.into_iter().map(code).collect(),
            cover: detail.competition.cover.map(same_cover).map_or(Raw::Missing, Raw::Given),
        })
    }
}

/// A question like this one for another competition.
fn copy(question: Question) -> QuestionInput {
    let Question { id: _, kind, label, help, required, options, link } = question;
    let optional = |text: Option<String>| text.map_or(Raw::Missing, Raw::Given);
    QuestionInput {
        kind: kind.to_string().into(),
        label: label.into(),
        help: optional(help),
        required: required.into(),
        options: options.into(),
        link: optional(link),
        ..Default::default()
    }
}

/// The same cover for another competition.
fn same_cover(cover: Cover) -> CoverInput {
    CoverInput {
        asset_id: cover.asset_id.to_string().into(),
        alt: cover.alt.into(),
        focus: cover.focus.to_string().into(),
        ..Default::default()
    }
}

/// [`edit`], from a form that was opened on `seen` at `version`. Edits the changed fields only.
///
/// # Errors
/// The same, with the faults of fields and those that depend on the competition together; a local
/// time that does not exist in its zone, or is ambiguous, is a fault of its field.
pub async fn edit_draft(
    ctx: &Context,
    actor: &Actor,
    id: CompetitionId,
    version: u32,
    seen: &CompetitionDraft,
    draft: EditDraft,
    key: Option<IdempotencyKey>,
) -> Result<Decision<CompetitionWithOrganizer>> {
    let EditDraft { draft, notice } = draft;
    let changed = draft.changed_since(seen);
    let is_changed = |field| changed.contains(&field);
    // In another zone, the same local time is another moment.
    let is_moved = |field| is_changed(field) || is_changed("timeZone");
    let times = Times::read(&draft);
    let closes_at_start = closes_at_start(&draft);
    let patch = CompetitionPatch {
        version: i64::from(version).into(),
        title: only_if(is_changed("title"), draft.title.into()),
        description: only_if(is_changed("description"), draft.description.into()),
        tags: only_if(is_changed("tags"), tags(&draft.tags)),
        capacity: only_if(is_changed("capacity"), number(&draft.capacity)),
        waitlist_capacity: only_if(
            is_changed("waitlistCapacity"),
            waitlist_capacity(&draft.waitlist_capacity),
        ),
        promote_until: is_moved("promoteUntil").then_some(times.promote_until),
        approval_required: only_if(
            is_changed("approvalRequired"),
            is_checked(&draft.approval_required),
        ),
        time_zone: only_if(is_changed("timeZone"), draft.time_zone.into()),
        reg_opens_at: is_moved("regOpensAt").then_some(times.reg_opens_at),
        reg_deadline: only_if(is_moved("regDeadline"), times.reg_deadline),
        start_date: is_moved("startDate").then_some(times.start_date),
        deadline_may_equal_start: closes_at_start.into(),
        ends_at: is_moved("endsAt").then_some(times.ends_at),
        reminder_offsets: only_if(
            is_changed("reminderOffsets"),
            reminders(&draft.reminder_offsets),
        ),
        summary: is_changed("summary").then(|| draft.summary.into()),
        venue_name: is_changed("venueName").then(|| draft.venue_name.into()),
        venue_address: is_changed("venueAddress").then(|| draft.venue_address.into()),
        online_url: is_changed("onlineUrl").then(|| draft.online_url.into()),
        website: is_changed("website").then(|| draft.website.into()),
        contact_email: is_changed("contactEmail").then(|| draft.contact_email.into()),
        rules: is_changed("rules").then(|| draft.rules.into()),
        prizes: is_changed("prizes").then(|| draft.prizes.into()),
        schedule: is_changed("schedule").then(|| draft.schedule.into()),
        visibility: only_if(is_changed("visibility"), visibility(draft.visibility)),
        notify_participants: notice.is_wanted().into(),
        change_note: notice.change_note.into(),
        ..Default::default()
    };
    let beyond_fields = CompetitionPatch {
        capacity: patch.capacity.clone(),
        reg_opens_at: patch.reg_opens_at.clone(),
        reg_deadline: patch.reg_deadline.clone(),
        start_date: patch.start_date.clone(),
        deadline_may_equal_start: patch.deadline_may_equal_start.clone(),
        ends_at: patch.ends_at.clone(),
        promote_until: patch.promote_until.clone(),
        visibility: patch.visibility.clone(),
        ..Default::default()
    };
    match edit(ctx, actor, id, patch, key).await {
        Err(Error::Public(mut refusal)) if refusal.code == ErrorCode::ValidationFailed => {
            let more = refused_beyond_fields(ctx, actor, id, beyond_fields).await;
            refusal.fields.extend(more.unwrap_or_default());
            Err(explain(refusal.into(), &times.faults))
        }
        decided => decided.map_err(|error| explain(error, &times.faults)),
    }
}

/// The faults of times and of the capacity that depend on the competition. A fault of a field stops
/// an edit before these checks, and a form shows all faults at once. None if one of the times or
/// the capacity has a fault itself.
async fn refused_beyond_fields(
    ctx: &Context,
    actor: &Actor,
    id: CompetitionId,
    patch: CompetitionPatch,
) -> Result<Vec<FieldError>> {
    let Ok(edit) = patch.check(zones::find) else { return Ok(Vec::new()) };
    let detail = get_own(ctx, actor, id).await?;
    let current = &detail.competition;
    let is_draft = edit.visibility.unwrap_or(current.visibility).is_draft();
    let publishes = current.visibility.is_draft() && !is_draft;
    let dates = edit.dates(current.dates(), publishes, ctx.now()).err();
    let capacity = edit.refused_capacity(detail.count.registrations);
    Ok(capacity.into_iter().chain(dates).flat_map(|refusal| refusal.fields).collect())
}

fn only_if<T>(is_wanted: bool, value: Raw<T>) -> Raw<T> {
    if is_wanted { value } else { Raw::Missing }
}

/// A form without the choice leaves it out.
fn visibility(text: String) -> Raw<String> {
    only_if(!text.is_empty(), text.into())
}

fn tags(text: &str) -> Raw<Vec<String>> {
    text.split(',').map(str::to_owned).collect::<Vec<_>>().into()
}

/// An empty field is no waiting list.
fn waitlist_capacity(text: &str) -> Raw<i64> {
    number(if text.trim().is_empty() { "0" } else { text })
}

fn reminders(text: &str) -> Raw<Vec<i64>> {
    reminder_minutes(text).map_or(Raw::WrongType, Raw::Given)
}

/// A form sends nothing for a box that is not ticked.
fn is_checked(text: &str) -> Raw<bool> {
    (!text.is_empty()).into()
}

fn number(text: &str) -> Raw<i64> {
    text.trim().parse().map_or(Raw::WrongType, Raw::Given)
}

/// The times of a form in UTC, and the faults of those that cannot be converted.
struct Times {
    reg_opens_at: Raw<String>,
    reg_deadline: Raw<String>,
    promote_until: Raw<String>,
    start_date: Raw<String>,
    ends_at: Raw<String>,
    faults: Vec<FieldError>,
}

impl Times {
    fn read(draft: &CompetitionDraft) -> Self {
        let mut faults = Vec::new();
        let mut read = |field: &str, label: &str, text: &str| {
            if text.trim().is_empty() {
                return text.to_owned().into();
            }
            match zones::to_utc(text, &draft.time_zone) {
                Ok(time) => time.to_string().into(),
                Err(error) => {
                    faults.push(FieldError {
                        field: field.into(),
                        message: format!("{label} {error}"),
                    });
                    Raw::WrongType
                }
            }
        };
        Self {
            reg_opens_at: read("regOpensAt", "Opening of registration", &draft.reg_opens_at),
            reg_deadline: read("regDeadline", "Registration deadline", &draft.reg_deadline),
            promote_until: read("promoteUntil", "End of the waiting list", &draft.promote_until),
            start_date: read("startDate", "Start date", &draft.start_date),
            ends_at: read("endsAt", "End", &draft.ends_at),
            faults,
        }
    }
}

/// Whether a form has one time for the deadline and the start.
fn closes_at_start(draft: &CompetitionDraft) -> bool {
    draft.start_date == draft.reg_deadline
}

/// Replaces the message of an invalid time by the reason that its zone gives, and puts the faults
/// in the order of the form.
fn explain(error: Error, reasons: &[FieldError]) -> Error {
    let Error::Public(mut public) = error else { return error };
    for fault in &mut public.fields {
        if let Some(reason) = reasons.iter().find(|reason| reason.field == fault.field) {
            fault.message.clone_from(&reason.message);
        }
    }
    public.fields.sort_by_key(|fault| {
        let position = CompetitionDraft::FIELDS.iter().position(|field| *field == fault.field);
        // The last field of the form.
        position.or_else(|| (fault.field == "changeNote").then_some(usize::MAX))
    });
    Error::Public(public)
}
