//! A builder of competitions.

use chrono::TimeDelta;
use domain::{
    AccessCodeInput, AccessMode, CompetitionId, CompetitionInput, QuestionInput, Sections,
    Timestamp, Visibility,
};

use super::World;
use crate::{Actor, Result, competitions};

impl World {
    /// A competition of `organizer`'s: ten seats, closing in a day, starting in a week, unless said
    /// otherwise.
    pub fn competition<'a>(&'a self, organizer: &'a Actor) -> CompetitionBuilder<'a> {
        CompetitionBuilder {
            world: self,
            organizer,
            title: "Code Sprint".to_owned(),
            description: "Twenty-four hours of code.".to_owned(),
            seats: 10,
            waitlist: 0,
            promoting: None,
            approval: false,
            deadline: TimeDelta::days(1),
            start: Some(TimeDelta::days(7)),
            opening: None,
            zone: None,
            lasting: None,
            venue: None,
            online_url: None,
            contact_email: None,
            sections: Sections::default(),
            questions: Vec::new(),
            access: AccessMode::Open,
            access_codes: Vec::new(),
            visibility: Visibility::Public,
            tags: Vec::new(),
        }
    }
}

/// A competition that is not created yet.
#[derive(Debug)]
pub struct CompetitionBuilder<'a> {
    world: &'a World,
    organizer: &'a Actor,
    title: String,
    description: String,
    seats: i64,
    waitlist: u32,
    promoting: Option<TimeDelta>,
    approval: bool,
    deadline: TimeDelta,
    start: Option<TimeDelta>,
    opening: Option<TimeDelta>,
    zone: Option<String>,
    lasting: Option<TimeDelta>,
    venue: Option<(String, String)>,
    online_url: Option<String>,
    contact_email: Option<String>,
    sections: Sections,
    questions: Vec<QuestionInput>,
    access: AccessMode,
    access_codes: Vec<AccessCodeInput>,
    visibility: Visibility,
    tags: Vec<String>,
}

impl CompetitionBuilder<'_> {
    /// Sets the title.
    pub fn titled(mut self, title: &str) -> Self {
        title.clone_into(&mut self.title);
        self
    }

    /// Sets the description.
    pub fn about(mut self, description: &str) -> Self {
        description.clone_into(&mut self.description);
        self
    }

    /// Sets the number of seats.
    pub fn seats(mut self, seats: i64) -> Self {
        self.seats = seats;
        self
    }

    /// Sets how many can wait for a seat.
    pub fn waitlist(mut self, capacity: u32) -> Self {
        self.waitlist = capacity;
        self
    }

    /// Sets the time until which seats that become free go to the first on the waiting list.
    pub fn promoting_for(mut self, promoting: TimeDelta) -> Self {
        self.promoting = Some(promoting);
        self
    }

    /// Lets its organizer approve registrations.
    pub fn with_approval(mut self) -> Self {
        self.approval = true;
        self
    }

    /// Sets the time until registration closes.
    pub fn closing_in(mut self, deadline: TimeDelta) -> Self {
        self.deadline = deadline;
        self
    }

    /// Sets the time until it starts.
    pub fn starting_in(mut self, start: impl Into<Option<TimeDelta>>) -> Self {
        self.start = start.into();
        self
    }

    /// Sets the time until registration opens. By default it is open at once.
    pub fn opening_in(mut self, opening: TimeDelta) -> Self {
        self.opening = Some(opening);
        self
    }

    /// Sets its time zone.
    pub fn in_zone(mut self, zone: &str) -> Self {
        self.zone = Some(zone.to_owned());
        self
    }

    /// Sets the time from its start to its end.
    pub fn lasting(mut self, length: TimeDelta) -> Self {
        self.lasting = Some(length);
        self
    }

    /// Sets the name of its venue and its address.
    pub fn at(mut self, name: &str, address: &str) -> Self {
        self.venue = Some((name.to_owned(), address.to_owned()));
        self
    }

    /// Sets its online link.
    pub fn online_at(mut self, url: &str) -> Self {
        self.online_url = Some(url.to_owned());
        self
    }

    /// Sets the address for questions about it.
    pub fn contact(mut self, address: &str) -> Self {
        self.contact_email = Some(address.to_owned());
        self
    }

    /// Sets its sections.
    pub fn with_sections(mut self, sections: Sections) -> Self {
        self.sections = sections;
        self
    }

    /// Sets what it asks, as JSON.
    ///
    /// # Panics
    /// When it is no list of questions.
    pub fn asking(mut self, questions: serde_json::Value) -> Self {
        self.questions = serde_json::from_value(questions).expect("questions");
        self
    }

    /// Sets who can register. By default everyone can.
    pub fn access(mut self, access: AccessMode) -> Self {
        self.access = access;
        self
    }

    /// Sets its access codes, as JSON. Only participants with one of them can register.
    ///
    /// # Panics
    /// When it is no list of access codes.
    pub fn with_codes(mut self, codes: serde_json::Value) -> Self {
        self.access = AccessMode::Code;
        self.access_codes = serde_json::from_value(codes).expect("access codes");
        self
    }

    /// Sets who can see it and find it. By default it is public.
    pub fn visible_as(mut self, visibility: Visibility) -> Self {
        self.visibility = visibility;
        self
    }

    /// Sets the tags.
    pub fn tagged(mut self, tags: &[&str]) -> Self {
        self.tags = tags.iter().map(|tag| (*tag).to_owned()).collect();
        self
    }

    /// Creates it.
    ///
    /// # Panics
    /// When a rule forbids it.
    pub async fn create(self) -> CompetitionId {
        self.try_create().await.expect("a new competition")
    }

    /// Creates it, unless something fails.
    ///
    /// # Errors
    /// When a rule forbids it, or the database fails.
    pub async fn try_create(self) -> Result<CompetitionId> {
        let ctx = &self.world.ctx;
        let in_time = |delta| Timestamp::from(ctx.now().utc() + delta).to_string();
        let end = self.start.zip(self.lasting).map(|(start, length)| start + length);
        let (venue_name, venue_address) = self.venue.unzip();
        let optional = |text: Option<String>| text.map_or_else(Default::default, Into::into);
        let input = CompetitionInput {
            title: self.title.into(),
            description: self.description.into(),
            tags: self.tags.into(),
            capacity: self.seats.into(),
            waitlist_capacity: i64::from(self.waitlist).into(),
            promote_until: optional(self.promoting.map(in_time)),
            approval_required: self.approval.into(),
            reg_deadline: in_time(self.deadline).into(),
            start_date: optional(self.start.map(in_time)),
            reg_opens_at: optional(self.opening.map(in_time)),
            ends_at: optional(end.map(in_time)),
            time_zone: optional(self.zone),
            venue_name: optional(venue_name),
            venue_address: optional(venue_address),
            online_url: optional(self.online_url),
            contact_email: optional(self.contact_email),
            rules: optional(self.sections.rules),
            prizes: optional(self.sections.prizes),
            schedule: optional(self.sections.schedule),
            questions: self.questions.into(),
            access: self.access.to_string().into(),
            access_codes: self.access_codes.into(),
            visibility: self.visibility.to_string().into(),
            ..CompetitionInput::default()
        };
        let created = competitions::create(ctx, self.organizer, input, None).await?;
        Ok(created.view.competition.id)
    }
}
