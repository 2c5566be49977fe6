//! Questions of a competition and answers of registrations, by the API and on pages.

use axum::http::StatusCode;
use chrono::TimeDelta;
use serde_json::{Value, json};
use service::Actor;

use crate::support::{App, page_text, post_form};

/// A competition that asks for a team, a size and the terms; and the ids of the questions.
async fn create(app: &App, organizer: &Actor) -> (String, Vec<String>) {
    let body = json!({
        "title": "Code Sprint", "description": "24 hours.", "capacity": 5,
        "regDeadline": "2026-11-30T12:00:00Z",
        "questions": [
            { "kind": "SHORT_TEXT", "label": "Team", "help": "If you have one" },
            { "kind": "ONE_OF", "label": "Size", "required": true, "options": ["S", "M"] },
            { "kind": "YES_NO", "label": "I accept the terms", "required": true,
                "link": "https://sprint.example/terms" },
        ],
    });
    let created = app.post("/api/competitions").by(organizer).json(&body).send().await;
    assert_eq!(created.status, StatusCode::CREATED, "{}", created.text);
    let created = created.json();
    let ids = created["questions"].as_array().unwrap().iter();
    let ids = ids.map(|question| question["id"].as_str().unwrap().to_owned()).collect();
    (created["id"].as_str().unwrap().to_owned(), ids)
}

fn answers(ids: &[String], values: [Value; 3]) -> Value {
    let answers = ids.iter().zip(values).filter(|(_, value)| !value.is_null());
    let answers = answers.map(|(id, value)| json!({ "questionId": id, "value": value }));
    json!({ "answers": answers.collect::<Vec<_>>() })
}

/// The questions and values of the answers of a registration.
fn given(registration: &Value) -> Vec<(String, Value)> {
    let answers = registration["answers"].as_array().unwrap().iter();
    let answer =
        |answer: &Value| (answer["question"].as_str().unwrap().to_owned(), answer["value"].clone());
    answers.map(answer).collect()
}

fn pair(question: &str, value: impl Into<Value>) -> (String, Value) {
    (question.to_owned(), value.into())
}

#[tokio::test]
async fn a_participant_answers_by_the_api_and_the_organizer_reads_the_answers() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    let ben = app.world.participant("Ben").await;
    let (id, questions) = create(&app, &ada).await;
    let path = format!("/api/competitions/{id}");
    let shown = app.get(&path).send().await.json();
    assert_eq!(shown["questions"][1]["options"], json!(["S", "M"]));
    let list = app.get("/api/competitions").send().await.json();
    assert!(!list[0].as_object().unwrap().contains_key("questions"), "{list}");

    let register = format!("{path}/register");
    let send = async |body: &Value| {
        let call = app.post(&register).by(&ben).header("idempotency-key", "r-1").json(body);
        call.send().await
    };
    for (body, wrong) in [
        (json!({}), vec![1, 2]),
        (json!([]), vec![1, 2]),
        (answers(&questions, [json!(null), json!("L"), json!(true)]), vec![1]),
        (answers(&questions, [json!("a\nb"), json!("M"), json!(false)]), vec![0, 2]),
    ] {
        let refused = send(&body).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{body}");
        let problem = refused.json();
        let errors = problem["errors"].as_array().unwrap().iter();
        let fields: Vec<_> = errors.map(|error| error["field"].as_str().unwrap()).collect();
        let expected: Vec<_> =
            wrong.into_iter().map(|index| format!("answers.{}", questions[index])).collect();
        assert_eq!(fields, expected, "{body}");
    }
    let right = answers(&questions, [json!("=1+1"), json!("M"), json!("true")]);
    let registered = send(&right).await;
    assert_eq!(registered.status, StatusCode::CREATED, "{}", registered.text);
    assert_eq!(send(&right).await.header("idempotency-replayed"), Some("true"));
    let registration = format!("/api/registrations/{}", registered.json()["id"].as_str().unwrap());
    let all = [pair("Team", "=1+1"), pair("Size", "M"), pair("I accept the terms", true)];
    assert_eq!(given(&app.get(&registration).by(&ben).send().await.json()), all);

    let roster = app.get(&format!("{path}/registrations")).by(&ada).send().await.json();
    assert_eq!(given(&roster[0]), all);
    let filtered = async |answer: &str| {
        let list = format!("{path}/registrations?answer={answer}");
        let response = app.get(&list).by(&ada).send().await;
        (response.status, response.json().as_array().map(Vec::len))
    };
    assert_eq!(filtered(&format!("{}:M", questions[1])).await, (StatusCode::OK, Some(1)));
    assert_eq!(filtered(&format!("{}:S", questions[1])).await, (StatusCode::OK, Some(0)));
    assert_eq!(filtered("Size:M").await, (StatusCode::BAD_REQUEST, None));
    let csv = app.get(&format!("{path}/registrations.csv")).by(&ada).send().await.text;
    let mut lines = csv.lines();
    let head = lines.next().unwrap();
    assert!(
        head.ends_with("\"Registration ID\",\"Team\",\"Size\",\"I accept the terms\""),
        "{head}"
    );
    let line = lines.next().unwrap();
    assert!(line.ends_with(",\"'=1+1\",\"M\",\"Yes\""), "{line}");
}

#[tokio::test]
async fn answers_are_replaced_by_the_api_and_survive_the_removal_of_their_question() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    let [ben, eve] = &app.world.participants(2).await[..] else { panic!("two") };
    let (id, questions) = create(&app, &ada).await;
    let path = format!("/api/competitions/{id}");
    let body = answers(&questions, [json!("Crabs"), json!("M"), json!(true)]);
    let registered = app.post(&format!("{path}/register")).by(ben).json(&body).send().await.json();
    let registration = format!("/api/registrations/{}", registered["id"].as_str().unwrap());
    let replace = async |actor: &Actor, body: &Value| {
        let call = app.patch(&registration).by(actor);
        call.json(body).send().await
    };
    let other = answers(&questions, [json!(null), json!("S"), json!(true)]);
    assert_eq!(replace(eve, &other).await.status, StatusCode::NOT_FOUND);
    let kept = app.get(&path).send().await.json()["questions"].as_array().unwrap()[1..].to_vec();
    let edit = app.patch(&path).by(&ada).json(&json!({ "questions": kept })).send().await;
    assert_eq!(edit.json()["questions"].as_array().unwrap().len(), 2, "{}", edit.text);
    let replaced = replace(ben, &other).await;
    assert_eq!(replaced.status, StatusCode::OK, "{}", replaced.text);
    let all = [pair("Size", "S"), pair("I accept the terms", true), pair("Team", "Crabs")];
    assert_eq!(given(&replaced.json()), all);
    for wrong in [json!({}), json!({ "answers": {} }), json!({ "answers": [], "seat": 1 }), body] {
        let refused = replace(ben, &wrong).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{wrong}");
    }
    let csv = app.get(&format!("{path}/registrations.csv")).by(&ada).send().await.text;
    assert!(csv.contains("\"I accept the terms\",\"Team (removed)\""), "{csv}");
    assert!(csv.contains(",\"S\",\"Yes\",\"Crabs\""), "{csv}");
}

#[tokio::test]
async fn a_question_is_asked_and_answered_on_pages_without_javascript() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    let ben = app.world.participant("Ben").await;
    let body = json!({
        "title": "Code Sprint", "description": "24 hours.", "capacity": 5,
        "regDeadline": "2026-11-30T12:00:00Z",
    });
    let created = app.post("/api/competitions").by(&ada).json(&body).send().await.json();
    let id = created["id"].as_str().unwrap();
    let (page, cookie) = (format!("/competitions/{id}"), &app.log_in(&ada).await);
    let save = async |version: u32, fields: &str| {
        let form = format!("competition={id}&version={version}&{fields}");
        let leads_to = post_form(&app, cookie, "save_questions", &form).await;
        assert_eq!(leads_to, format!("{page}/questions"));
        page_text(&app, cookie, &leads_to).await
    };
    let new = |at: usize, kind: &str, label: &str, rest: &str| {
        format!("questions[{at}][kind]={kind}&questions[{at}][label]={label}&questions[{at}]{rest}")
    };
    let shown = save(1, &new(0, "ONE_OF", "Size", "[required]=true")).await;
    assert!(shown.contains("Give 1 to 50 options"), "{shown}");
    assert!(shown.contains("value=\"Size\""), "what was typed stays: {shown}");
    let shown = save(1, &new(0, "ONE_OF", "Size", "[options]=S%0D%0AM%0D%0A&intent=save")).await;
    assert!(shown.contains("The questions are saved"), "{shown}");
    // Another tab still has the version before: what it has typed stays, and can be saved then.
    let shown = save(1, &new(0, "DATE", "Born", "[required]=true")).await;
    assert!(shown.contains("This competition was changed since you opened it"), "{shown}");
    assert!(shown.contains("value=\"Born\"") && shown.contains("value=\"Size\""), "{shown}");
    assert!(shown.contains("name=\"version\" value=\"2\""), "{shown}");

    let cookie = &app.log_in(&ben).await;
    let shown = page_text(&app, cookie, &page).await;
    assert!(shown.contains(&format!("href=\"{page}/register\"")), "{shown}");
    let shown = page_text(&app, cookie, &format!("{page}/register")).await;
    let (_, rest) = shown.split_once("name=\"answers[q").expect("a field");
    let question = &rest[..36];
    let register = async |key: &str, answer: &str| {
        let form =
            format!("competition={id}&idempotency_key={key}&answers[q{question}][]={answer}");
        let leads_to = post_form(&app, cookie, "register_with_answers", &form).await;
        (page_text(&app, cookie, &leads_to).await, leads_to)
    };
    let (shown, leads_to) = register("k-1", "XL").await;
    assert_eq!(leads_to, format!("{page}/register"));
    assert!(shown.contains("choose one of the options"), "{shown}");
    // Twenty long answers of three-byte characters are larger than other forms may be.
    let (shown, _) = register("k-1", &"x".repeat(300 * 1024)).await;
    assert!(shown.contains("choose one of the options"), "{shown}");
    let (shown, leads_to) = register("k-2", "M").await;
    assert_eq!(leads_to, format!("{page}#registration"));
    assert!(shown.contains("You are registered"), "{shown}");
    assert!(shown.contains("Change your answers"), "{shown}");

    let mine = app.get("/api/competitions/registrations/my").by(&ben).send().await.json();
    assert_eq!(given(&mine[0]), [pair("Size", "M")]);
    let registration = mine[0]["id"].as_str().unwrap();
    let form = format!("competition={id}&registration={registration}&answers[q{question}][]=S");
    assert_eq!(post_form(&app, cookie, "change_answers", &form).await, page);
    let mine = app.get("/api/competitions/registrations/my").by(&ben).send().await.json();
    assert_eq!(given(&mine[0]), [pair("Size", "S")]);
    let shown = page_text(&app, cookie, &format!("{page}/answers")).await;
    assert!(shown.contains("value=\"S\" checked"), "{shown}");
    let shown = page_text(&app, cookie, "/dashboard").await;
    assert!(shown.contains(&format!("href=\"{page}/answers\"")), "{shown}");

    // After the deadline they are still shown.
    app.world.clock.advance(chrono::TimeDelta::days(7));
    let cookie = &app.log_in(&ben).await;
    let shown = page_text(&app, cookie, &format!("{page}/answers")).await;
    assert!(shown.contains("Answers can be changed until registration closes"), "{shown}");
    assert!(shown.contains(">S<") && !shown.contains("/fn/change_answers"), "{shown}");
}

#[tokio::test]
async fn the_questions_of_a_duplicate_are_those_of_the_original_under_ids_of_their_own() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    let (id, questions) = create(&app, &ada).await;
    let cookie = &app.log_in(&ada).await;
    let shown = page_text(&app, cookie, &format!("/competitions/create?from={id}")).await;
    assert!(shown.contains(&format!("name=\"copy_of\" value=\"{id}\"")), "{shown}");
    let form = format!(
        "draft[title]=Chess&draft[description]=Seven&draft[capacity]=5&draft[timeZone]=UTC\
         &draft[regDeadline]=2026-11-30T12:00&idempotency_key=k-1&copy_of={id}"
    );
    let leads_to = post_form(&app, cookie, "create_competition", &form).await;
    let copy = app.get(&format!("/api{leads_to}")).send().await.json();
    let of = |field: &str| -> Vec<_> {
        copy["questions"]
            .as_array()
            .unwrap()
            .iter()
            .map(|question| question[field].clone())
            .collect()
    };
    assert_eq!(of("label"), ["Team", "Size", "I accept the terms"]);
    assert!(of("id").iter().all(|id| !questions.contains(&id.as_str().unwrap().to_owned())));
}

#[tokio::test]
async fn an_organizer_corrects_answers_by_the_api_and_on_a_page_without_javascript() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    let ben = app.world.participant("Ben").await;
    let (id, questions) = create(&app, &ada).await;
    let path = format!("/api/competitions/{id}");
    let body = answers(&questions, [Value::Null, json!("S"), json!(true)]);
    let new = app.post(&format!("{path}/register")).by(&ben).json(&body).send().await.json();
    let registration = new["id"].as_str().unwrap();
    let entry = format!("{path}/registrations/{registration}");
    let untouched = app.get(&entry).by(&ada).send().await.json();
    assert_eq!((&untouched["user"]["name"], &untouched["events"]), (&json!("Ben"), &json!([])));

    let body = answers(&questions, [Value::Null, json!("M"), Value::Null]);
    let edited = app.patch(&entry).by(&ada).json(&body).send().await;
    assert_eq!(edited.status, StatusCode::OK, "{}", edited.text);
    let edited = edited.json();
    assert_eq!(given(&edited), [pair("Size", "M")]);
    let event = &edited["events"][0];
    assert_eq!(
        (&event["kind"], &event["by"], &event["reason"]),
        (&json!("ANSWERS_EDITED"), &json!("Ada"), &Value::Null)
    );
    let wrong = answers(&questions, [Value::Null, json!("XL"), Value::Null]);
    let refused = app.patch(&entry).by(&ada).json(&wrong).send().await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert_eq!(refused.json()["errors"][0]["field"], format!("answers.{}", questions[1]));
    for unknown in ["x", "01939a00-0000-7000-8000-000000000000"] {
        let unknown = app.get(&format!("{path}/registrations/{unknown}")).by(&ada).send().await;
        assert_eq!(
            (unknown.status, &unknown.json()["code"]),
            (StatusCode::NOT_FOUND, &json!("not_registered"))
        );
    }

    let (page, cookie) =
        (format!("/competitions/{id}/registrations/{registration}"), &app.log_in(&ada).await);
    let hidden = |shown: &str, name: &str| {
        let (_, rest) = shown.split_once(&format!("name=\"{name}\" value=\"")).expect(name);
        rest.split_once('"').unwrap().0.to_owned()
    };
    let open = async || {
        let shown = page_text(&app, cookie, &page).await;
        (hidden(&shown, "updated_at"), hidden(&shown, "questions_version"))
    };
    let save_as_seen = async |size: &str, (updated_at, version): &(String, String)| {
        let form = format!(
            "competition={id}&registration={registration}&answers[q{}][]={size}\
             &answers[q{}][]=false&updated_at={updated_at}&questions_version={version}",
            questions[1], questions[2]
        );
        let leads_to = post_form(&app, cookie, "correct_answers", &form).await;
        assert_eq!(leads_to, page);
        page_text(&app, cookie, &leads_to).await
    };
    let first = open().await;
    app.world.clock.advance(TimeDelta::minutes(1));
    let save = async |size: &str| save_as_seen(size, &open().await).await;
    let shown = save("XL").await;
    assert!(shown.contains("choose one of the options"), "{shown}");
    let shown = save("S").await;
    assert!(shown.contains("The answers are saved"), "{shown}");
    assert_eq!(shown.matches("Answers edited").count(), 2, "{shown}");
    let shown = save("S").await;
    assert_eq!(shown.matches("Answers edited").count(), 2, "nothing has changed: {shown}");
    let shown = save_as_seen("M", &first).await;
    assert!(shown.contains("make your changes again"), "{shown}");
    let seen = app.get(&entry).by(&ada).send().await.json();
    assert_eq!(given(&seen), [pair("Size", "S")]);
}
