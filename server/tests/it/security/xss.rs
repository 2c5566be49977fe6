//! A hundred XSS payloads, all of which stay inert.

use domain::{CompetitionInput, Email, Password, PersonName, Role, Signup};
use service::{Actor, accounts, competitions, mail::mailbox, testing::PASSWORD};

use super::{
    HTML,
    markup::{Findings, inspect},
};
use crate::support::App;

/// One on each line.
const PAYLOADS: &str = include_str!("xss.txt");

fn payloads() -> Vec<&'static str> {
    PAYLOADS.lines().filter(|line| !line.is_empty()).collect()
}

/// Percent-encodes `text`.
fn encode(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// Signs up a user whose name begins with `name`.
async fn user(app: &App, name: &str, number: usize, role: Role) -> Actor {
    let name: String = name.chars().take(100).collect();
    let email = format!("{}{number}@example.com", role.as_str());
    // Names must not hold web addresses. Without slashes and dots the markup is accepted.
    let name = PersonName::parse(&name)
        .or_else(|_| PersonName::parse(&name.replace("//", "/ /").replace('.', " ")));
    let signup = Signup {
        name: name.unwrap(),
        email: Email::parse(&email).unwrap(),
        password: Password::parse(PASSWORD.to_owned()).unwrap(),
        role,
    };
    accounts::add_user(&app.world.ctx, signup).await.unwrap().into()
}

/// Inspects the page at `path`. Returns also whether it is a client error.
async fn page(app: &App, path: &str, cookie: Option<&str>) -> (bool, Findings) {
    let call = app.get(path).header("accept", HTML);
    let response = match cookie {
        Some(cookie) => call.header("cookie", cookie).send().await,
        None => call.send().await,
    };
    let is_error = response.status.is_client_error();
    assert!(response.status.is_success() || is_error, "{path}: {}", response.status);
    let policy = response.header("content-security-policy").unwrap();
    (is_error, inspect(&response.text, policy))
}

/// The number of scripts of each page with a harmless text.
struct Pages<'a> {
    app: &'a App,
    harmless: Vec<Option<usize>>,
}

impl Pages<'_> {
    /// Puts `payload` into every text field, and inspects every page that shows it.
    async fn inspect(&mut self, payload: &str, number: usize) {
        let app = self.app;
        let ada = user(app, payload, number, Role::Organizer).await;
        let ben = user(app, payload, number, Role::Participant).await;
        let title: String = payload.chars().take(200).collect();
        let fits = !payload.contains(',') && payload.chars().count() <= 40;
        let tags = if fits { vec![payload.to_owned()] } else { Vec::new() };
        let input = CompetitionInput {
            title: title.into(),
            description: format!("{payload}\n\n{payload}").into(),
            tags: tags.into(),
            capacity: 5.into(),
            reg_deadline: "2026-11-30T12:00:00Z".to_owned().into(),
            ..CompetitionInput::default()
        };
        let created = competitions::create(&app.world.ctx, &ada, input, None).await.unwrap();
        let id = created.view.competition.id;
        app.post(&format!("/api/competitions/{id}/register")).by(&ben).send().await;
        worker::drain(&app.world.ctx).await.unwrap();
        let mails = mailbox::list(&app.world.ctx, &ben, None).await.unwrap();
        let mail = mails.first().expect("a confirmation");
        assert!(!mail.subject.contains(['\r', '\n']), "a subject is one line");
        // Mails are plain text, so the payload is unchanged, except for a leading direction mark,
        // which is removed.
        let shown = payload.trim().trim_start_matches('\u{200F}');
        // Web addresses are removed from mails.
        let has_address = domain::without_web_addresses(shown) != shown;
        let is_whole = !has_address && payload.chars().count() <= 200;
        assert!(mail.subject.contains(shown) || !is_whole);

        let (organizer, participant) = (app.log_in(&ada).await, app.log_in(&ben).await);
        let address = format!("/competitions/{id}");
        let search = format!("/competitions?search={}", encode(payload));
        let message = format!("/mailbox?mail={}", mail.id);
        let visits = [
            ("/".to_owned(), None),
            (address.clone(), None),
            (search, None),
            (format!("/competitions?tags={}", encode(payload)), None),
            (format!("/auth/login?next=/{}", encode(payload)), None),
            (format!("/auth/signup?role={}", encode(payload)), None),
            (address, Some(&participant)),
            ("/dashboard".to_owned(), Some(&organizer)),
            ("/dashboard".to_owned(), Some(&participant)),
            // The first visit marks it read and leads to itself.
            (message.clone(), Some(&participant)),
            (message, Some(&participant)),
        ];
        let mut scripts = Vec::new();
        for (path, cookie) in &visits {
            if path.starts_with("/mailbox") && scripts.len() == 9 {
                app.get(path).header("cookie", cookie.unwrap()).send().await;
            }
            let (is_error, findings) = page(app, path, cookie.map(String::as_str)).await;
            assert!(findings.faults.is_empty(), "{payload} at {path}: {:?}", findings.faults);
            scripts.push((!is_error).then_some(findings.scripts));
        }
        if self.harmless.is_empty() {
            self.harmless = scripts;
        } else {
            for (found, harmless) in scripts.iter().zip(&self.harmless) {
                let is_as_many = found.is_none_or(|found| Some(found) == *harmless);
                assert!(is_as_many, "{payload} adds scripts: {scripts:?}");
            }
        }
    }
}

/// Inspects one part of the payloads, so that the parts run in parallel.
async fn inert(part: usize, parts: usize) {
    let app = App::new().await;
    let mut pages = Pages { app: &app, harmless: Vec::new() };
    pages.inspect("A harmless text", 0).await;
    for (number, payload) in payloads().into_iter().enumerate() {
        if number % parts == part {
            pages.inspect(payload, number + 1).await;
        }
    }
}

#[test]
fn there_are_a_hundred_payloads() {
    let mut payloads = payloads();
    payloads.sort_unstable();
    payloads.dedup();
    assert!(payloads.len() >= 100, "{}", payloads.len());
}

#[tokio::test]
async fn the_first_third_is_inert_in_pages_and_mails() {
    inert(0, 3).await;
}

#[tokio::test]
async fn the_second_third_is_inert_in_pages_and_mails() {
    inert(1, 3).await;
}

#[tokio::test]
async fn the_last_third_is_inert_in_pages_and_mails() {
    inert(2, 3).await;
}
