//! A hundred ways to smuggle a script into a page, none of which does anything.

use domain::{CompetitionInput, Email, Password, PersonName, Role, Signup};
use service::{Actor, accounts, competitions, mailbox, testing::PASSWORD};

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

/// `text` as part of an address.
fn encode(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// Somebody whose name is `name`, or the beginning of it.
async fn person(app: &App, name: &str, number: usize, role: Role) -> Actor {
    let name: String = name.chars().take(100).collect();
    let email = format!("{}{number}@example.com", role.as_str());
    // A web address is refused in a name; without its slashes and dots the markup around it is not.
    let name = PersonName::parse(&name)
        .or_else(|_| PersonName::parse(&name.replace("//", "/ /").replace('.', " ")));
    let signup = Signup {
        name: name.unwrap(),
        email: Email::parse(&email).unwrap(),
        password: Password::parse(PASSWORD.to_owned()).unwrap(),
        role,
    };
    accounts::sign_up(&app.world.ctx, signup).await.unwrap().into()
}

/// The page at `path`, as a browser reads it, and whether it is one that refuses.
async fn page(app: &App, path: &str, cookie: Option<&str>) -> (bool, Findings) {
    let call = app.get(path).header("accept", HTML);
    let response = match cookie {
        Some(cookie) => call.header("cookie", cookie).send().await,
        None => call.send().await,
    };
    let is_refusal = response.status.is_client_error();
    assert!(response.status.is_success() || is_refusal, "{path}: {}", response.status);
    let policy = response.header("content-security-policy").unwrap();
    let nonce = policy.split("'nonce-").nth(1).unwrap().split('\'').next().unwrap();
    (is_refusal, inspect(&response.text, nonce))
}

/// How many scripts each page has when nobody means harm.
struct Pages<'a> {
    app: &'a App,
    harmless: Vec<Option<usize>>,
}

impl Pages<'_> {
    /// Writes `payload` wherever one can write, and looks at every page that shows it.
    async fn look(&mut self, payload: &str, number: usize) {
        let app = self.app;
        let ada = person(app, payload, number, Role::Organizer).await;
        let ben = person(app, payload, number, Role::Participant).await;
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
        // Plain text: it says what was written, and nothing reads it as anything else. A direction mark where all reads
        // from the left is left out.
        let shown = payload.trim().trim_start_matches('\u{200F}');
        // A web address does not reach a mail.
        let shown = domain::without_web_addresses(shown);
        assert!(mail.subject.contains(&*shown) || payload.chars().count() > 200);

        let (organizer, participant) = (app.sign_in(&ada).await, app.sign_in(&ben).await);
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
            let (is_refusal, findings) = page(app, path, cookie.map(String::as_str)).await;
            assert!(findings.faults.is_empty(), "{payload} at {path}: {:?}", findings.faults);
            scripts.push((!is_refusal).then_some(findings.scripts));
        }
        if self.harmless.is_empty() {
            self.harmless = scripts;
        } else {
            for (found, harmless) in scripts.iter().zip(&self.harmless) {
                let is_as_many = found.is_none_or(|found| Some(found) == *harmless);
                assert!(is_as_many, "{payload} brought scripts along: {scripts:?}");
            }
        }
    }
}

/// Looks at one part of the payloads, so that the parts run side by side.
async fn inert(part: usize, parts: usize) {
    let app = App::new().await;
    let mut pages = Pages { app: &app, harmless: Vec::new() };
    pages.look("Nothing to fear", 0).await;
    for (number, payload) in payloads().into_iter().enumerate() {
        if number % parts == part {
            pages.look(payload, number + 1).await;
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
