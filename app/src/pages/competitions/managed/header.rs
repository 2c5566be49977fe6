//! The header of the pages where a competition is managed: what it is, and the tabs.

use domain::{Availability, CompetitionId, Visibility, grouped};
use leptos::{html::H1, prelude::*};
use serde::{Deserialize, Serialize};

use super::{ManageLink, ManageTab};
use crate::{
    Moment,
    components::{Head, Heading},
    pages::competitions::{StateBadges, address},
};

/// What all pages where a competition is managed show of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManagedCompetition {
    /// Its id.
    pub id: CompetitionId,
    /// Its title.
    pub title: String,
    /// Whether it is open for registration.
    pub availability: Availability,
    /// Who can see it, and who can find it.
    pub visibility: Visibility,
    /// How many are on the waiting list.
    pub waitlisted: u32,
    /// When it was cancelled, if it was.
    pub cancelled_at: Option<Moment>,
    /// Whether the viewer is its organizer. Administrators can only look.
    pub is_owner: bool,
}

#[cfg(feature = "ssr")]
impl ManagedCompetition {
    /// For the user of the request.
    ///
    /// # Errors
    /// When nobody is logged in.
    pub(in crate::pages::competitions) fn of(
        competition: &domain::Competition,
    ) -> Result<Self, domain::PublicError> {
        use crate::ssr::{clock::ViewerClock, request};

        let (ctx, actor) = (request::context()?, request::actor()?);
        let clock = ViewerClock::of_request()?;
        Ok(Self {
            id: competition.id,
            title: competition.title.clone(),
            availability: Availability::of(competition, ctx.now()),
            visibility: competition.visibility,
            waitlisted: competition.waitlisted,
            cancelled_at: competition.cancelled_at.map(|at| clock.in_viewer_zone(at)),
            is_owner: actor.user()?.id == competition.organizer_id,
        })
    }
}

impl ManagedCompetition {
    /// Whether the viewer sees the tab.
    fn has(&self, tab: ManageTab) -> bool {
        match tab {
            ManageTab::Overview | ManageTab::Participants | ManageTab::WaitingList => true,
            ManageTab::Questions => self.is_owner && self.cancelled_at.is_none(),
            ManageTab::Messages | ManageTab::Settings => self.is_owner,
        }
    }
}

/// The title of a page where a competition is managed, the state of the competition, and the tabs.
#[component]
pub(in crate::pages::competitions) fn ManageHeader(
    /// The competition.
    managed: ManagedCompetition,
    /// The tab of the page.
    tab: ManageTab,
    /// The heading on the page.
    #[prop(optional)]
    heading: NodeRef<H1>,
) -> impl IntoView {
    let tabs = ManageTab::ALL.into_iter().filter(|tab| managed.has(*tab));
    let tabs: Vec<_> = tabs.collect();
    let ManagedCompetition { id, title, availability, visibility, waitlisted, .. } = managed;
    let is_draft = visibility.is_draft();
    let link = move |one: ManageTab| {
        let waiting = (one == ManageTab::WaitingList && waitlisted > 0)
            .then(|| format!(" ({})", grouped(waitlisted.into())));
        view! {
            <li>
                <a href=one.address(id) aria-current=(one == tab).then_some("page")>
                    {one.label()}
                    {waiting}
                </a>
            </li>
        }
    };
    let (page_title, above, words) = match tab {
        ManageTab::Overview => {
            let above = view! {
                <p>
                    <a class="quiet-link" href=address::competition(id)>
                        {if is_draft { "Preview" } else { "View public page" }}
                    </a>
                </p>
            };
            let words = view! {
                "Manage "
                <bdi>{title.clone()}</bdi>
            };
            (format!("Manage {title}"), above.into_any(), words.into_any())
        }
        tab => (
            format!("{} of {title}", tab.label()),
            view! { <ManageLink id title /> }.into_any(),
            tab.label().into_any(),
        ),
    };
    view! {
        <Head title=page_title />
        <div class="grid gap-3">
            {above} <StateBadges availability visibility /> <Heading node=heading>{words}</Heading>
            <nav aria-label="Manage the competition">
                <ul class="tab-list">{tabs.into_iter().map(link).collect_view()}</ul>
            </nav>
        </div>
    }
}
