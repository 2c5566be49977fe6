//! What organizers enter about a webhook.

use std::collections::BTreeMap;

use serde::{Deserialize, de::IgnoredAny};

use super::EventType;
use crate::{
    CompetitionId, Faults, PublicError, Raw, Title,
    account::{refuse_unknown, text},
};

/// The longest address, in characters.
const MAX_URL: usize = 2_048;

/// The body of a new webhook, unchecked.
#[derive(Clone, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(
    feature = "openapi",
    schema(example = json!({
        "url": "https://club.example/hooks/mini-compete",
        "description": "Seats on our home page",
        "eventTypes": ["registration.confirmed", "competition.full"],
    }))
)]
#[serde(rename_all = "camelCase", expecting = "an object")]
pub struct WebhookInput {
    /// Where events are sent: `https`, at most 2,048 characters, no user name or password, the
    /// port 443 or 8443.
    #[cfg_attr(
        feature = "openapi",
        schema(value_type = String, required, format = "uri", min_length = 1, max_length = 2048)
    )]
    #[serde(default)]
    pub url: Raw<String>,
    /// A note for the organizer: one line, at most 200 characters.
    #[cfg_attr(
        feature = "openapi",
        schema(value_type = Option<String>, max_length = 200)
    )]
    #[serde(default)]
    pub description: Raw<String>,
    /// The events to send; all without it, or if it is empty.
    #[cfg_attr(
        feature = "openapi",
        schema(value_type = Option<Vec<EventType>>)
    )]
    #[serde(default)]
    pub event_types: Raw<Vec<String>>,
    /// The only competition whose events are sent; those of all without it.
    #[cfg_attr(
        feature = "openapi",
        schema(value_type = Option<CompetitionId>)
    )]
    #[serde(default)]
    pub competition_id: Raw<String>,
    /// Anything else: refused, by name.
    #[cfg_attr(feature = "openapi", schema(ignore))]
    #[serde(flatten)]
    pub unknown: BTreeMap<String, IgnoredAny>,
}

/// The body of an edit, unchecked. Absent fields stay as they are.
#[derive(Clone, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(
    feature = "openapi",
    schema(example = json!({ "eventTypes": [], "enabled": true }))
)]
#[serde(rename_all = "camelCase", expecting = "an object")]
pub struct WebhookPatch {
    /// As for a new webhook.
    #[cfg_attr(
        feature = "openapi",
        schema(value_type = Option<String>, format = "uri", min_length = 1, max_length = 2048)
    )]
    #[serde(default)]
    pub url: Raw<String>,
    /// As for a new webhook.
    #[cfg_attr(
        feature = "openapi",
        schema(value_type = Option<String>, max_length = 200)
    )]
    #[serde(default)]
    pub description: Raw<String>,
    /// As for a new webhook.
    #[cfg_attr(
        feature = "openapi",
        schema(value_type = Option<Vec<EventType>>)
    )]
    #[serde(default)]
    pub event_types: Raw<Vec<String>>,
    /// `false` to send nothing any more; `true` to send events again, from now on.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<bool>))]
    #[serde(default)]
    pub enabled: Raw<bool>,
    /// Anything else: refused, by name.
    #[cfg_attr(feature = "openapi", schema(ignore))]
    #[serde(flatten)]
    pub unknown: BTreeMap<String, IgnoredAny>,
}

/// A new webhook whose fields have been checked.
#[derive(Clone, Debug)]
pub struct NewWebhook {
    /// In the form that is requested.
    pub url: String,
    /// May be empty.
    pub description: String,
    /// Distinct; empty for all.
    pub event_types: Vec<EventType>,
    /// `None` for all of the organizer's.
    pub competition: Option<CompetitionId>,
}

/// An edit whose fields have been checked. `None` stays as it is.
#[derive(Clone, Debug)]
pub struct WebhookEdit {
    /// In the form that is requested.
    pub url: Option<String>,
    /// May be empty.
    pub description: Option<String>,
    /// Distinct; empty for all.
    pub event_types: Option<Vec<EventType>>,
    /// Whether events are sent.
    pub enabled: Option<bool>,
}

impl WebhookInput {
    /// Applies every rule. `check_url` returns the form of an address that is requested, or a
    /// sentence about its fault.
    ///
    /// # Errors
    /// All faults at once.
    pub fn check(
        self,
        check_url: impl Fn(&str) -> Result<String, String>,
    ) -> Result<NewWebhook, PublicError> {
        let mut faults = Faults::default();
        let url = faults.check("url", url(self.url, check_url));
        let description = faults.check("description", description(self.description));
        let event_types = faults.check("eventTypes", event_types(self.event_types));
        let competition = faults.check("competitionId", competition(self.competition_id));
        refuse_unknown(&mut faults, &self.unknown);
        let whole = url.zip(description).zip(event_types).zip(competition);
        faults.finish(whole.map(|(((url, description), event_types), competition)| NewWebhook {
            url,
            description,
            event_types,
            competition,
        }))
    }
}

impl WebhookPatch {
    /// The same for an edit.
    ///
    /// # Errors
    /// All faults at once.
    pub fn check(
        self,
        check_url: impl Fn(&str) -> Result<String, String>,
    ) -> Result<WebhookEdit, PublicError> {
        let mut faults = Faults::default();
        let url = match self.url {
            Raw::Missing => Some(None),
            raw => faults.check("url", url(raw, check_url)).map(Some),
        };
        let description = match self.description {
            Raw::Missing => Some(None),
            raw => faults.check("description", description(raw)).map(Some),
        };
        let event_types = match self.event_types {
            Raw::Missing => Some(None),
            raw => faults.check("eventTypes", event_types(raw)).map(Some),
        };
        let enabled = match self.enabled {
            Raw::Missing => Some(None),
            Raw::Given(enabled) => Some(Some(enabled)),
            Raw::WrongType => {
                faults.check("enabled", Err("Enabled must be true or false".to_owned()))
            }
        };
        refuse_unknown(&mut faults, &self.unknown);
        let whole = url.zip(description).zip(event_types).zip(enabled);
        faults.finish(whole.map(|(((url, description), event_types), enabled)| WebhookEdit {
            url,
            description,
            event_types,
            enabled,
        }))
    }
}

fn url(raw: Raw<String>, check: impl Fn(&str) -> Result<String, String>) -> Result<String, String> {
    let url = text(raw, "URL")?;
    let url = url.trim();
    if url.is_empty() {
        return Err("URL must not be blank".to_owned());
    }
    if url.chars().count() > MAX_URL {
        return Err(format!("URL must have at most {MAX_URL} characters"));
    }
    check(url)
}

/// One line as for a title, or nothing.
fn description(raw: Raw<String>) -> Result<String, String> {
    match raw {
        Raw::Missing => Ok(String::new()),
        Raw::Given(text) if text.trim().is_empty() => Ok(String::new()),
        raw => {
            let checked = text(raw, "Description").and_then(|text| Title::parse(&text));
            checked
                .map(|line| line.to_string())
                .map_err(|fault| fault.replace("Title", "Description"))
        }
    }
}

fn event_types(raw: Raw<Vec<String>>) -> Result<Vec<EventType>, String> {
    let names = match raw {
        Raw::Missing => Vec::new(),
        Raw::Given(names) => names,
        Raw::WrongType => return Err("Event types must be a list of text".to_owned()),
    };
    let mut chosen = Vec::new();
    for name in names {
        let kind = name.parse()?;
        if !chosen.contains(&kind) {
            chosen.push(kind);
        }
    }
    chosen.sort_unstable();
    Ok(chosen)
}

fn competition(raw: Raw<String>) -> Result<Option<CompetitionId>, String> {
    match raw {
        Raw::Missing => Ok(None),
        Raw::Given(text) if text.trim().is_empty() => Ok(None),
        Raw::Given(text) => {
            text.trim().parse().map(Some).map_err(|_| "Competition not found".to_owned())
        }
        Raw::WrongType => Err("Competition must be an id".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(body: &str) -> Result<NewWebhook, PublicError> {
        let input: WebhookInput = serde_json::from_str(body).unwrap();
        input.check(|url| Ok(url.to_lowercase()))
    }

    #[test]
    fn a_webhook_has_every_event_of_every_competition_unless_it_chooses() {
        let all = check(r#"{"url":" https://A.example "}"#).unwrap();
        assert_eq!((&*all.url, &*all.description), ("https://a.example", ""));
        assert!(all.event_types.is_empty() && all.competition.is_none());
        let some = check(
            r#"{"url":"https://a.example","description":"Seats","eventTypes":
                ["competition.full","registration.created","competition.full"]}"#,
        );
        let chosen = [EventType::RegistrationCreated, EventType::CompetitionFull];
        assert_eq!(some.unwrap().event_types, chosen);
    }

    #[test]
    fn every_fault_of_a_webhook_is_reported_at_once() {
        let body = r#"{"description":"two\nlines","eventTypes":["webhook.test"],
            "competitionId":"7","secret":"mine"}"#;
        let fields: Vec<_> =
            check(body).unwrap_err().fields.into_iter().map(|fault| fault.field).collect();
        assert_eq!(fields, ["url", "description", "eventTypes", "competitionId", "secret"]);
        let long = format!(r#"{{"url":"https://a.example/{}"}}"#, "x".repeat(MAX_URL));
        assert!(check(&long).is_err());
    }

    #[test]
    fn an_edit_leaves_absent_fields_and_refuses_the_scope() {
        let edit = |body: &str| {
            let patch: WebhookPatch = serde_json::from_str(body).unwrap();
            patch.check(|url| Ok(url.to_owned()))
        };
        let disabled = edit(r#"{"enabled":false}"#).unwrap();
        assert_eq!(disabled.enabled, Some(false));
        assert!(disabled.url.is_none() && disabled.event_types.is_none());
        assert!(edit(r#"{"enabled":"no"}"#).is_err());
        assert!(edit(r#"{"competitionId":null}"#).is_err());
    }
}
