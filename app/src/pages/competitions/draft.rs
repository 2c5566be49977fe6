//! What the form for a competition shows, new or not.

use domain::{Clash, CompetitionDraft, PublicError};
use serde::{Deserialize, Serialize};

use crate::error::Failure;

/// What a form holds, on its way through the server and back without JavaScript.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftValues {
    /// The text in its fields.
    pub draft: CompetitionDraft,
    /// What the text was when the form was opened; nothing for a new competition.
    pub seen: CompetitionDraft,
    /// Which version that was.
    pub version: u32,
    /// What somebody else has changed since.
    pub clashes: Vec<Clash>,
    /// Whether the text is to be shown as everybody will see it.
    pub wants_preview: bool,
}

/// What the form shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftState {
    /// What it holds.
    pub values: DraftValues,
    /// Whether the time zone is that of the browser, which only the browser knows.
    pub ask_browser: bool,
    /// The description as everybody will see it, as safe HTML, if that was asked for.
    pub preview: Option<String>,
    /// When registration opens, its deadline and the start, in UTC; nothing where no time was typed.
    pub utc: [Option<String>; 3],
    /// Seats that are taken.
    pub taken: u32,
    /// Makes that a double click or a resend has one effect.
    pub idempotency_key: String,
    /// Why it was refused, if it was.
    pub problem: Option<PublicError>,
}

/// Time zones of one part of the world.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Region {
    /// What it is called.
    pub name: String,
    /// `Europe/Berlin`, from A to Z.
    pub zones: Vec<String>,
}

/// What the page of a form is made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftForm {
    /// What the form starts with.
    pub first: DraftState,
    /// The zones to choose from.
    pub regions: Vec<Region>,
}

/// What sending a form comes to: nothing more when it led to another page, else what the form shows now.
pub(super) type Reply = Result<Option<DraftState>, Failure>;

/// What the button that asks for a preview sends.
pub(super) const PREVIEW: &str = "preview";

#[cfg(feature = "ssr")]
impl DraftState {
    /// With `taken` seats taken.
    pub(super) fn of(values: DraftValues, taken: u32, problem: Option<PublicError>) -> Self {
        use service::{idempotency, markdown, zones};

        /// Below the heading of the page and that of the preview.
        const TOP_HEADING: u8 = 3;
        let CompetitionDraft { description, time_zone, .. } = &values.draft;
        let times = [&values.draft.reg_opens_at, &values.draft.reg_deadline, &values.draft.start_date];
        let utc = |text: &String| Some(zones::to_utc(text, time_zone).ok()?.human());
        Self {
            ask_browser: false,
            preview: values.wants_preview.then(|| markdown::render(description, TOP_HEADING)),
            utc: times.map(utc),
            taken,
            idempotency_key: idempotency::new_key(),
            problem,
            values,
        }
    }
}

#[cfg(feature = "ssr")]
impl DraftForm {
    pub(super) fn of(first: DraftState) -> Self {
        let mut regions: Vec<Region> = Vec::new();
        for zone in service::zones::names() {
            let name = zone.split_once('/').map_or(zone, |(region, _)| region);
            match regions.last_mut().filter(|region| region.name == name) {
                Some(region) => region.zones.push(zone.into()),
                None => regions.push(Region { name: name.into(), zones: vec![zone.into()] }),
            }
        }
        Self { first, regions }
    }
}
