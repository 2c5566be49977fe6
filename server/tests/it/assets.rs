//! Uploading pictures, over the API and on pages, and the files of pictures.

use axum::{
    body::Body,
    http::{Method, StatusCode},
};
use domain::Visibility;
use futures::stream;
use serde_json::json;
use service::testing::picture;
use tower::ServiceExt;

use crate::support::{App, Call, page_text, post_form};

const MULTIPART: &str = "multipart/form-data; boundary=x";

fn png() -> Vec<u8> {
    picture(640, 320, 7)
}

/// The body of the form of a cover.
fn form(fields: &[(&str, &str)], file: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in fields {
        let part =
            format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend(part.into_bytes());
    }
    body.extend(
        b"--x\r\nContent-Disposition: form-data; name=\"picture\"; filename=\"a.png\"\r\n\
          Content-Type: image/png\r\n\r\n",
    );
    body.extend(file);
    body.extend(b"\r\n--x--\r\n");
    body
}

/// A request of a page.
fn posted<'a>(app: &'a App, cookie: &str, accept: &str, body: Vec<u8>) -> Call<'a> {
    let call = app.post("/fn/save_cover").header("cookie", cookie).header("accept", accept);
    call.header("sec-fetch-site", "same-origin").text(MULTIPART, body)
}

#[tokio::test]
async fn a_picture_becomes_a_cover_that_everyone_sees() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    let id = app.world.competition(&ada).create().await;
    let upload = || app.post("/api/assets").by(&ada).text("image/png", png()).send();
    let uploaded = upload().await;
    assert_eq!(uploaded.status, StatusCode::OK);
    let asset = uploaded.json();
    assert_eq!((&asset["width"], &asset["height"]), (&json!(640), &json!(320)));
    assert_eq!(upload().await.json(), asset);
    let own = async || app.get("/api/assets").by(&ada).send().await;
    let listed = own().await;
    assert_eq!(listed.header("x-total-count"), Some("1"));
    assert_eq!(listed.json()[0]["id"], asset["id"]);
    assert!(listed.json()[0]["keptUntil"].is_string(), "{}", listed.text);
    let path = format!("/api/competitions/{id}");
    let cover = json!({ "assetId": asset["id"], "alt": "A colour", "focus": "TOP" });
    let edited = app.patch(&path).by(&ada).json(&json!({ "cover": cover })).send().await;
    assert_eq!(edited.status, StatusCode::OK);
    let shown = app.get(&path).send().await.json()["cover"].clone();
    assert_eq!((&shown["alt"], &shown["focus"]), (&json!("A colour"), &json!("TOP")));
    let listed = app.get("/api/competitions").send().await.json();
    assert_eq!(listed[0]["cover"], shown);
    assert_eq!(own().await.json()[0]["keptUntil"], json!(null));
    // What was read can be sent back.
    let again = app.patch(&path).by(&ada).json(&json!({ "cover": shown })).send().await;
    assert_eq!(again.json()["version"], edited.json()["version"]);
    let page = app.get(&format!("/competitions/{id}")).send().await.text;
    let file = shown["path"].as_str().unwrap();
    assert!(page.contains(file) && page.contains("alt=\"A colour\""), "{page}");
    for width in [480, 960, 1600] {
        let file = app.get(&file.replace("1600", &width.to_string())).send().await;
        assert_eq!(file.status, StatusCode::OK);
        assert_eq!(file.header("content-type"), Some("image/jpeg"));
        assert_eq!(file.header("cache-control"), Some("public, max-age=31536000, immutable"));
        assert_eq!(file.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(file.header("cross-origin-resource-policy"), Some("cross-origin"));
    }
}

#[tokio::test]
async fn a_picture_in_a_text_is_shown_on_the_page_and_in_the_preview() {
    let app = App::new().await;
    let (ada, eve) = (app.world.organizer("Ada").await, app.world.organizer("Eve").await);
    let id = app.world.competition(&ada).create().await;
    let asset = app.world.picture(&ada, 7).await;
    let text = format!("![The map]({})", asset.path);
    let image = format!("<img src=\"{}\" alt=\"The map\"", asset.path.replace("1600", "960"));
    let edit = app.patch(&format!("/api/competitions/{id}")).by(&ada);
    let edited = edit.json(&json!({ "description": text, "rules": text })).send().await;
    assert_eq!(edited.status, StatusCode::OK, "{}", edited.text);
    let page = app.get(&format!("/competitions/{id}")).send().await.text;
    assert!(page.matches(&image).count() >= 2, "{page}");

    let cookie = app.log_in(&ada).await;
    let previewed = format!(
        "draft[title]=x&draft[description]={text}&draft[rules]={text}&intent=preview\
         &idempotency_key=k"
    );
    post_form(&app, &cookie, "create_competition", &previewed).await;
    let page = page_text(&app, &cookie, "/competitions/create").await;
    assert!(page.matches(&image).count() >= 2, "{page}");

    let foreign = json!({
        "title": "Chess", "description": text, "capacity": 5,
        "regDeadline": "2099-11-24T12:00:00Z",
    });
    let refused = app.post("/api/competitions").by(&eve).json(&foreign).send().await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert_eq!(refused.json()["errors"][0]["field"], "description");
}

#[tokio::test]
async fn pictures_for_texts_are_uploaded_and_listed_without_javascript() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    let cookie = app.log_in(&ada).await;
    let send = |file: &[u8]| {
        let call = app.post("/fn/upload_picture").header("cookie", &cookie);
        let call = call.header("accept", "text/html").header("sec-fetch-site", "same-origin");
        call.text(MULTIPART, form(&[], file)).send()
    };
    let shown = page_text(&app, &cookie, "/pictures").await;
    assert!(shown.contains("No pictures yet"), "{shown}");
    for (file, words) in [
        (&b""[..], "Choose a picture"),
        (b"no picture", "The picture must be a JPEG, PNG or WebP file"),
        (&png(), "The picture is uploaded"),
    ] {
        let sent = send(file).await;
        assert_eq!(sent.status, StatusCode::FOUND);
        assert_eq!(sent.header("location"), Some("/pictures"));
        let shown = page_text(&app, &cookie, "/pictures").await;
        assert!(shown.contains(words), "{words}: {shown}");
    }
    let shown = page_text(&app, &cookie, "/pictures").await;
    for words in ["1 picture", "640 × 320 pixels", "value=\"![What the picture shows](/media/"] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    let eve = app.world.organizer("Eve").await;
    let made_for = eve.user().unwrap().id.to_string();
    let call = app.post("/fn/upload_picture").header("cookie", &cookie);
    let call = call.header("accept", "application/json").header("sec-fetch-site", "same-origin");
    let other = call.text(MULTIPART, form(&[("made_for", &made_for)], &png())).send().await;
    assert_eq!(other.status, StatusCode::FORBIDDEN, "{}", other.text);
    let page = app.get("/pictures?page=2").header("cookie", &cookie).send().await;
    assert!(page.text.contains("This list has fewer pages"), "{}", page.text);
}

#[tokio::test]
async fn a_competition_without_a_cover_has_a_pattern() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    let id = app.world.competition(&ada).create().await;
    let path = format!("/media/patterns/{id}.svg");
    assert!(app.get("/competitions").send().await.text.contains(&path));
    let pattern = app.get(&path).send().await;
    assert_eq!(pattern.header("content-type"), Some("image/svg+xml"));
    assert!(pattern.text.starts_with("<svg "));
}

#[tokio::test]
async fn a_link_to_a_competition_has_a_picture_with_its_title_and_seats() {
    let app = App::new().await;
    let (ada, ben) = (app.world.organizer("Ada").await, app.world.participant("Ben").await);
    let id = app.world.competition(&ada).titled("Łódź Chess Open").create().await;
    let path = format!("/media/social/{id}.jpg");
    let page = app.get(&format!("/competitions/{id}")).send().await.text;
    for part in [&*format!("{path}?v="), "summary_large_image", "content=\"1200\""] {
        assert!(page.contains(part), "{part} in {page}");
    }
    let picture = async || app.get(&path).send().await;
    let first = picture().await;
    assert_eq!(first.status, StatusCode::OK, "{}", first.text);
    assert_eq!(first.header("content-type"), Some("image/jpeg"));
    assert_eq!(first.header("cache-control"), Some("public, max-age=300"));
    assert!(first.bytes.starts_with(&[0xFF, 0xD8]), "a JPEG");
    assert_eq!(picture().await.bytes, first.bytes);
    app.post(&format!("/api/competitions/{id}/register")).by(&ben).send().await;
    assert_ne!(picture().await.bytes, first.bytes, "a seat less");

    let draft = app.world.competition(&ada).visible_as(Visibility::Draft).create().await;
    let cookie = app.log_in(&ada).await;
    let hidden = app.get(&format!("/media/social/{draft}.jpg")).header("cookie", &cookie);
    assert_eq!(hidden.send().await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_link_to_a_competition_in_a_script_without_fonts_has_the_picture_of_the_site() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    let id = app.world.competition(&ada).titled("\u{1E5D0}\u{1E5D1}").create().await;
    let picture = app.get(&format!("/media/social/{id}.jpg")).send().await;
    assert_eq!(picture.status, StatusCode::TEMPORARY_REDIRECT);
    assert_eq!(picture.header("location"), Some("/social.png"));
}

#[tokio::test]
async fn nothing_else_is_found_among_the_pictures() {
    let app = App::new().await;
    let id = "01939c2e-7b5a-7000-8000-000000000001";
    for path in [
        format!("/media/{id}/480.jpg"),
        format!("/media/{id}/481.jpg"),
        format!("/media/{id}/480.png"),
        format!("/media/{id}/..%2F480.jpg"),
        "/media/x/480.jpg".to_owned(),
        "/media/patterns/x.svg".to_owned(),
        format!("/media/patterns/{id}"),
        format!("/media/social/{id}.jpg"),
        format!("/media/social/{id}.png"),
        "/media/social/x.jpg".to_owned(),
        "/media".to_owned(),
    ] {
        let missing = app.get(&path).send().await;
        assert_eq!(missing.status, StatusCode::NOT_FOUND, "{path}");
        let cached = missing.header("cache-control").unwrap_or_default();
        assert!(!cached.contains("immutable"), "{path}: {cached}");
    }
}

#[tokio::test]
async fn an_upload_that_is_refused_says_why() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    let large = vec![0; 8 * 1024 * 1024 + 1];
    let in_parts = || {
        let parts = (0..9).map(|_| Ok::<_, std::io::Error>(vec![0; 1024 * 1024]));
        Body::from_stream(stream::iter(parts))
    };
    for (kind, body, status, words) in [
        ("image/jpeg", Body::from("no picture"), 400, "JPEG, PNG or WebP"),
        ("image/png", Body::from(picture(100, 100, 1)), 400, "at least 480 by 200"),
        ("image/png", Body::empty(), 400, "JPEG, PNG or WebP"),
        ("image/png", Body::from(large), 413, "at most 8 MB"),
        ("image/png", in_parts(), 413, "at most 8 MB"),
        ("application/json", Body::from("{}"), 415, "must be the picture itself"),
        (MULTIPART, Body::from(form(&[], &png())), 415, "must be the picture itself"),
    ] {
        let refused = app.post("/api/assets").by(&ada).text(kind, body).send().await;
        assert_eq!(refused.status.as_u16(), status, "{}", refused.text);
        assert!(refused.text.contains(words), "{}", refused.text);
    }
    // A page of another site could send it with the session, but not with this content type.
    let cookie = app.log_in(&ada).await;
    let by_session = app.post("/api/assets").header("cookie", &cookie);
    let by_session = by_session.header("sec-fetch-site", "same-origin").text("image/png", png());
    assert_eq!(by_session.send().await.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

#[tokio::test]
async fn a_form_without_javascript_sets_the_cover_and_keeps_a_picture_beside_an_error() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    let id = app.world.competition(&ada).create().await.to_string();
    let cookie = app.log_in(&ada).await;
    let page = format!("/competitions/{id}/cover");
    let send = |fields: &[(&str, &str)], file: &[u8]| {
        let known = [("competition", &*id), ("version", "1"), ("focus", "TOP")];
        let fields: Vec<_> = known.iter().chain(fields).copied().collect();
        posted(&app, &cookie, "text/html", form(&fields, file)).send()
    };
    let refused = send(&[("alt", "")], &png()).await;
    assert_eq!(refused.status, StatusCode::FOUND);
    assert_eq!(refused.header("location"), Some(&*page));
    let shown = page_text(&app, &cookie, &page).await;
    assert!(shown.contains("Enter a description of the picture"), "{shown}");
    let (_, rest) = shown.split_once("name=\"asset\" value=\"").unwrap();
    let asset = rest.split('"').next().unwrap().to_owned();
    let saved = send(&[("alt", "A colour"), ("asset", &asset)], b"").await;
    assert_eq!(saved.header("location"), Some(&*page));
    let detail = app.get(&format!("/api/competitions/{id}")).send().await.json();
    assert_eq!(detail["cover"]["assetId"], asset);
    // The form is based on the first version.
    let stale = send(&[("alt", "Other"), ("asset", &asset)], b"").await;
    assert_eq!(stale.header("location"), Some(&*page));
    let shown = page_text(&app, &cookie, &page).await;
    assert!(shown.contains("was changed since you opened it"), "{shown}");
}

#[tokio::test]
async fn a_form_of_a_visitor_leads_to_the_login_and_back() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    let id = app.world.competition(&ada).create().await;
    let body = form(&[("competition", &id.to_string())], &png());
    let page = format!("/competitions/{id}/cover");
    let call = posted(&app, "", "text/html", body);
    let call = call.header("referer", &format!("https://site.example{page}"));
    let location = call.send().await.header("location").unwrap().to_owned();
    assert!(location.starts_with("/auth/login?next="), "{location}");
    assert!(location.ends_with("%2Fcover"), "{location}");
}

#[tokio::test]
async fn a_malformed_form_is_a_fault_of_its_sender() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    let cookie = app.log_in(&ada).await;
    let unended = {
        let mut body = form(&[("alt", "x")], &png());
        body.truncate(body.len() - 20);
        body
    };
    for (kind, body, status) in [
        ("multipart/form-data", b"x".to_vec(), 415),
        ("multipart/form-data; boundary=", b"x".to_vec(), 400),
        ("application/json", b"{}".to_vec(), 415),
        ("application/x-www-form-urlencoded", b"alt=x".to_vec(), 415),
        (MULTIPART, b"rubbish".to_vec(), 400),
        (MULTIPART, unended, 400),
        (MULTIPART, form(&[("competition", "x")], &png()), 404),
    ] {
        // By session, and by token, for which the content type is not checked before.
        let call = || app.call(Method::POST, "/fn/save_cover").header("accept", "application/json");
        let by_session = call().header("cookie", &cookie).header("sec-fetch-site", "same-origin");
        for call in [by_session, call().by(&ada)] {
            let refused = call.text(kind, body.clone()).send().await;
            assert_eq!(refused.status.as_u16(), status, "{kind}: {}", refused.text);
        }
    }
}

#[tokio::test]
async fn an_organizer_sends_two_pictures_at_a_time() {
    let app = App::new().await;
    let (ada, eve) = (app.world.organizer("Ada").await, app.world.organizer("Eve").await);
    let held = [(); 2].map(|()| {
        let endless = stream::pending::<Result<Vec<u8>, std::io::Error>>();
        let call = app.post("/api/assets").by(&ada).text("image/png", Body::from_stream(endless));
        tokio::spawn(app.router.clone().oneshot(call.request()))
    });
    let send = async |actor| {
        app.post("/api/assets").by(actor).text("image/png", png()).send().await.status
    };
    // Until both are being received.
    while send(&ada).await == StatusCode::OK {
        tokio::task::yield_now().await;
    }
    assert_eq!(send(&ada).await, StatusCode::SERVICE_UNAVAILABLE);
    let listed = app.get("/api/assets").by(&ada).text("image/png", png()).send().await.status;
    assert_eq!(listed, StatusCode::OK, "a list is no upload, whatever comes with it");
    assert_eq!(send(&eve).await, StatusCode::OK);
    for request in held {
        request.abort();
        assert!(request.await.unwrap_err().is_cancelled());
    }
    assert_eq!(send(&ada).await, StatusCode::OK, "a hang-up ends an upload");
}
