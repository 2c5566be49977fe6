//! Pictures in a bucket.

use axum::http::Method;
use serde_json::Value;
use service::testing::picture;
use tokio::task::block_in_place;

use crate::{
    command::run,
    support::{App, Bucket, Process},
};

fn variables(bucket: &Bucket) -> [(&str, &str); 5] {
    [
        ("MEDIA_URL", "s3://club/compete"),
        ("AWS_ENDPOINT_URL", &bucket.endpoint),
        ("AWS_ACCESS_KEY_ID", "key"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
        ("AWS_REGION", "eu-central-1"),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_are_stored_in_a_bucket_and_shown_by_another_process() {
    let (app, bucket) = (App::new().await, Bucket::open().await);
    let ada = app.world.organizer("Ada").await;
    // The token is checked by the real time.
    app.world.clock.set_to_real_time();
    let uploading = Process::serve_in(&app.world, &variables(&bucket), &[]);
    let upload = reqwest::Client::new()
        .post(uploading.url("/api/assets"))
        .bearer_auth(app.token(&ada))
        .header("content-type", "image/png")
        .body(picture(640, 320, 7));
    let uploaded = upload.send().await.unwrap();
    assert_eq!(uploaded.status(), 200);
    let asset: Value = uploaded.json().await.unwrap();
    let path = format!("/media/{}/960.jpg", asset["id"].as_str().unwrap());
    let paths = bucket.paths();
    assert_eq!(paths.len(), 3, "{paths:?}");
    assert!(paths.iter().all(|path| path.starts_with("/club/compete/")), "{paths:?}");

    let other = Process::serve_in(&app.world, &variables(&bucket), &[]);
    for process in [&uploading, &other] {
        let file = reqwest::get(process.url(&path)).await.unwrap();
        assert_eq!(file.status(), 200);
        assert_eq!(file.headers()["content-type"], "image/jpeg");
        assert!(image_is_jpeg(&file.bytes().await.unwrap()));
    }
    let missing = other.url("/media/01939a00-0000-7000-8000-000000000000/960.jpg");
    assert_eq!(reqwest::get(missing).await.unwrap().status(), 404);
}

fn image_is_jpeg(file: &[u8]) -> bool {
    file.starts_with(&[0xff, 0xd8, 0xff])
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_stores_reads_and_deletes_a_file_of_the_bucket() {
    let (app, bucket) = (App::new().await, Bucket::open().await);
    let redis = app.world.redis_variables();
    let mut variables = variables(&bucket).to_vec();
    variables.push(("DATABASE_URL", app.world.database_url()));
    variables.extend(redis.iter().map(|(name, value)| (*name, &**value)));
    let finding = |variables: &[(&str, &str)]| {
        let output = block_in_place(|| run(&["doctor", "--json"], variables, ""));
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        let findings = report["findings"].as_array().unwrap();
        let media = findings.iter().find(|finding| finding["check"] == "media.store");
        media.unwrap_or_else(|| panic!("{report}"))["severity"].as_str().unwrap().to_owned()
    };
    assert_eq!(finding(&variables), "ok");
    // Files are deleted by the request for several of them.
    assert_eq!(bucket.methods(), [Method::PUT, Method::GET, Method::POST]);
    assert_eq!(bucket.paths(), Vec::<String>::new(), "the doctor has left a file");
    // A port that nothing listens on.
    variables[1].1 = "http://127.0.0.1:1";
    assert_eq!(finding(&variables), "error");
}
