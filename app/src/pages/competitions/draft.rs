//! The state of the form of a competition.

use domain::{Clash, CompetitionDraft, CompetitionId, NoticeDraft, PublicError};
use serde::{Deserialize, Serialize};

use super::preview_screen::PreviewScreen;
#[cfg(feature = "ssr")]
use super::saved_details::SavedDetails;
use crate::{components::Zone, error::Failure};

/// The values of the form. Without JavaScript they are stored in the session.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftValues {
    /// The text in its fields.
    pub draft: CompetitionDraft,
    /// The text when the form was opened; empty for a new competition.
    pub seen: CompetitionDraft,
    /// The version of the competition then.
    pub version: u32,
    /// The fields that have been changed since by others.
    pub clashes: Vec<Clash>,
    /// Whether a preview was requested.
    pub wants_preview: bool,
    /// The competition whose questions and access codes a new one has.
    pub copy_of: Option<CompetitionId>,
    /// The text about the notice of an edit. A server of an earlier release stores none.
    #[serde(default)]
    pub notice: NoticeDraft,
}

/// The state of the form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftState {
    /// The values.
    pub values: DraftValues,
    /// Whether the initial time zone is that of the browser.
    pub ask_browser: bool,
    /// The preview, if it was requested.
    pub preview: Option<PreviewScreen>,
    /// When registration opens and closes, the waiting list ends, the start and the end, in UTC;
    /// `None` without a valid time.
    pub utc: [Option<String>; 5],
    /// The number of taken seats.
    pub taken: u32,
    /// How many are notified of an edit.
    pub participants: u32,
    /// Makes a double click or a resend have one effect.
    pub idempotency_key: String,
    /// The error, if the form was refused.
    pub error: Option<PublicError>,
}

/// The data of the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftForm {
    /// The initial state of the form.
    pub first: DraftState,
    /// The zones to choose from.
    pub zones: Vec<Zone>,
}

/// The response to a form: `None` after a redirect to another page, else the new state of the form.
pub(super) type Reply = Result<Option<DraftState>, Failure>;

/// The `intent` of the button that requests a preview.
pub(super) const PREVIEW: &str = "preview";
/// The `intent` of the button that saves a new competition as a draft.
pub(super) const SAVE_AS_DRAFT: &str = "draft";

#[cfg(feature = "ssr")]
impl DraftState {
    /// The state of a form of the actor's.
    ///
    /// # Errors
    /// As for [`PreviewScreen::of`].
    pub(super) async fn of(
        ctx: &service::Context,
        actor: &service::Actor,
        values: DraftValues,
        saved: SavedDetails,
        error: Option<PublicError>,
    ) -> service::Result<Self> {
        use service::{idempotency, zones};

        let CompetitionDraft { time_zone, promote_until, .. } = &values.draft;
        let CompetitionDraft { reg_opens_at, reg_deadline, start_date, ends_at, .. } =
            &values.draft;
        let times = [reg_opens_at, reg_deadline, promote_until, start_date, ends_at];
        let zone = zones::find_text(time_zone);
        let utc = |text: &String| Some(zones::to_utc(text, zone.as_ref()?.as_str()).ok()?.human());
        let SavedDetails { taken, participants, .. } = saved;
        let preview = if values.wants_preview {
            Some(PreviewScreen::of(ctx, actor, &values.draft, saved).await?)
        } else {
            None
        };
        Ok(Self {
            ask_browser: false,
            preview,
            utc: times.map(utc),
            taken,
            participants,
            idempotency_key: idempotency::new_key(),
            error,
            values,
        })
    }
}

#[cfg(feature = "ssr")]
impl DraftForm {
    pub(super) fn of(first: DraftState, now: domain::Timestamp) -> Self {
        Self { first, zones: Zone::choices(now) }
    }
}
