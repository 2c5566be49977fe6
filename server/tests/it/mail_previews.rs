//! `/dev/mails`.

use axum::http::StatusCode;

use crate::support::App;

#[tokio::test]
async fn every_mail_can_be_looked_at_while_developing() {
    let app = App::new().await;
    let list = app.get("/dev/mails").send().await;
    assert_eq!(list.status, StatusCode::OK);
    let names: Vec<_> = list
        .text
        .split("<a href=\"")
        .skip(1)
        .map(|rest| rest.split_once('"').expect("the end of an address").0.to_owned())
        .collect();
    assert!(names.contains(&"/dev/mails/confirmation.promoted".to_owned()), "{names:?}");
    for name in names {
        let part = app.get(&name).send().await;
        assert_eq!(part.status, StatusCode::OK, "{name}");
        let is_text = name.ends_with("/text");
        assert_eq!(part.text.starts_with("Subject: "), is_text, "{}", part.text);
        let policy = part.header("content-security-policy").expect("a policy");
        assert!(policy.starts_with("default-src 'none'"), "{policy}");
    }
    assert_eq!(app.get("/dev/mails/unknown").send().await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn mails_cannot_be_looked_at_in_production() {
    let app = App::in_production().await;
    assert_eq!(app.get("/dev/mails").send().await.status, StatusCode::NOT_FOUND);
}
