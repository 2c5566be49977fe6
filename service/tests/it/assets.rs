//! Uploaded pictures, and the covers of competitions.

use chrono::TimeDelta;
use domain::{
    AssetId, CompetitionDraft, CoverFocus, ErrorCode, MAX_ASSETS, MAX_ASSETS_A_DAY, MAX_UPLOAD,
    PictureWidth,
};
use serde_json::json;
use service::{
    Actor, ClientAddress, Error, MediaStore, accounts, assets, competitions, cron,
    housekeeping::CleanUp,
    testing::{PASSWORD, World, picture},
};

use crate::support::{claim_one, clean_up, code, edit, run_job};

/// A week, and a second more.
const A_WEEK: TimeDelta = TimeDelta::seconds(7 * 24 * 3600 + 1);

/// Whether the files of a picture are there: all of them or none.
async fn is_there(world: &World, asset: AssetId) -> bool {
    let mut found = Vec::new();
    for width in PictureWidth::ALL {
        found.push(assets::read(&world.ctx, asset, width).await.unwrap().is_some());
    }
    assert!(found.iter().all(|there| *there == found[0]), "{found:?}");
    found[0]
}

async fn upload(world: &World, actor: &Actor, file: Vec<u8>) -> Result<AssetId, ErrorCode> {
    assets::upload(&world.ctx, actor, file).await.map(|asset| asset.id).map_err(code)
}

#[tokio::test]
async fn a_cover_is_a_picture_that_its_organizer_has_uploaded() {
    let world = World::new().await;
    let (ada, eve) = (world.organizer("Ada").await, world.organizer("Eve").await);
    let id = world.competition(&ada).create().await;
    let (hers, foreign) = (world.picture(&ada, 1).await, world.picture(&eve, 1).await);
    assert_ne!(hers.id, foreign.id, "nobody learns what others have uploaded");
    let refused = world.set_cover(&ada, id, &foreign).await.unwrap_err();
    let Error::Public(refused) = refused else { panic!("{refused:?}") };
    assert_eq!(refused.code, ErrorCode::ValidationFailed);
    assert!(refused.about("cover.assetId").is_some(), "{refused:?}");
    world.set_cover(&ada, id, &hers).await.unwrap();
    let cover = || async {
        let detail = competitions::get(&world.ctx, id).await.unwrap();
        (detail.competition.cover, detail.competition.version)
    };
    let (shown, version) = cover().await;
    let shown = shown.unwrap();
    assert_eq!(
        (shown.asset_id, &*shown.alt, shown.focus),
        (hers.id, "A colour", CoverFocus::Center)
    );
    assert_eq!(shown.path, hers.path);
    // The same again changes nothing; a null removes it.
    world.set_cover(&ada, id, &hers).await.unwrap();
    assert_eq!(cover().await.1, version);
    edit(&world.ctx, &ada, id, json!({ "title": "Other" })).await.unwrap();
    assert!(cover().await.0.is_some());
    edit(&world.ctx, &ada, id, json!({ "cover": null })).await.unwrap();
    assert_eq!(cover().await.0, None);
}

#[tokio::test]
async fn a_copy_has_the_cover_of_the_original() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let id = world.competition(&ada).create().await;
    world.set_cover(&ada, id, &world.picture(&ada, 1).await).await.unwrap();
    let copy = competitions::duplicate(&world.ctx, &ada, id).await.unwrap();
    assert!(copy.has_more);
    let draft = CompetitionDraft { visibility: "PUBLIC".into(), ..copy.draft };
    let created = competitions::create_draft(&world.ctx, &ada, draft, Some(id), None).await;
    let original = competitions::get(&world.ctx, id).await.unwrap();
    assert_eq!(created.unwrap().view.competition.cover, original.competition.cover);
}

#[tokio::test]
async fn a_repeated_upload_is_the_same_picture() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let first = world.picture(&ada, 1).await;
    assert_eq!((first.width, first.height), (640, 320));
    assert_eq!(world.picture(&ada, 1).await, first);
    assert_ne!(world.picture(&ada, 2).await.id, first.id);
    assert_eq!(world.assets().await, 2);
    assert!(is_there(&world, first.id).await);
}

#[tokio::test]
async fn only_organizers_upload_and_only_pictures_of_a_limited_size() {
    let world = World::new().await;
    let (ada, bob) = (world.organizer("Ada").await, world.participant("Bob").await);
    for (actor, file, expected) in [
        (&Actor::default(), picture(640, 320, 1), ErrorCode::Unauthorized),
        (&bob, picture(640, 320, 1), ErrorCode::Forbidden),
        (&ada, b"GIF89a".to_vec(), ErrorCode::ValidationFailed),
        (&ada, picture(400, 320, 1), ErrorCode::ValidationFailed),
        (&ada, vec![0; MAX_UPLOAD + 1], ErrorCode::PayloadTooLarge),
    ] {
        assert_eq!(upload(&world, actor, file).await, Err(expected));
    }
    assert_eq!(world.assets().await, 0);
}

#[tokio::test]
async fn an_organizer_uploads_a_limited_number_of_pictures_a_day() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    world.picture(&ada, 1).await;
    world.earlier_pictures(&ada, MAX_ASSETS_A_DAY - 1).await;
    let file = || picture(640, 320, 255);
    assert_eq!(upload(&world, &ada, file()).await, Err(ErrorCode::TooManyAssets));
    assert!(upload(&world, &ada, picture(640, 320, 1)).await.is_ok(), "it is stored already");
    world.clock.advance(TimeDelta::days(1) + TimeDelta::seconds(1));
    assert!(upload(&world, &ada, file()).await.is_ok());
    world.earlier_pictures(&ada, MAX_ASSETS).await;
    world.clock.advance(TimeDelta::days(2));
    assert_eq!(upload(&world, &ada, picture(640, 320, 7)).await, Err(ErrorCode::TooManyAssets));
}

#[tokio::test]
async fn a_picture_is_deleted_a_week_after_its_last_use() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let id =
        world.competition(&ada).closing_in(TimeDelta::days(60)).starting_in(None).create().await;
    let (used, unused) = (world.picture(&ada, 1).await, world.picture(&ada, 2).await);
    world.set_cover(&ada, id, &used).await.unwrap();
    world.clock.advance(A_WEEK);
    let renewed = world.picture(&ada, 3).await;
    clean_up(&world).await;
    assert!(is_there(&world, used.id).await, "a competition uses it");
    assert!(is_there(&world, renewed.id).await);
    assert!(!is_there(&world, unused.id).await);
    assert_eq!(world.assets().await, 2);
    let refused = world.set_cover(&ada, id, &unused).await.map_err(code);
    assert_eq!(refused, Err(ErrorCode::ValidationFailed));
    // Another cover ends its use.
    world.set_cover(&ada, id, &renewed).await.unwrap();
    world.clock.advance(A_WEEK - TimeDelta::days(1));
    clean_up(&world).await;
    assert!(is_there(&world, used.id).await, "it was used until a short time ago");
    world.clock.advance(TimeDelta::days(1));
    clean_up(&world).await;
    assert!(!is_there(&world, used.id).await);
    assert!(is_there(&world, renewed.id).await);
}

#[tokio::test]
async fn a_picture_that_is_being_deleted_becomes_no_cover_and_is_uploaded_anew() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let id = world.competition(&ada).create().await;
    let deleting = world.picture(&ada, 1).await;
    world.execute("UPDATE assets SET state = 'DELETING'").await.unwrap();
    let refused = world.set_cover(&ada, id, &deleting).await.map_err(code);
    assert_eq!(refused, Err(ErrorCode::ValidationFailed));
    let renewed = world.picture(&ada, 1).await;
    assert_ne!(renewed.id, deleting.id);
    clean_up(&world).await;
    assert!(!is_there(&world, deleting.id).await);
    assert!(is_there(&world, renewed.id).await);
    world.set_cover(&ada, id, &renewed).await.unwrap();
}

#[tokio::test]
async fn an_upload_that_was_not_finished_is_removed_and_can_be_repeated() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let id = world.competition(&ada).create().await;
    // A file is in the place of the folder.
    let file = std::env::temp_dir().join(format!("media-{id}"));
    std::fs::write(&file, "").unwrap();
    let broken = world.process_with_media(MediaStore::in_folder(file.join("x"))).await;
    let failed = assets::upload(&broken, &ada, picture(640, 320, 1)).await.unwrap_err();
    assert!(failed.is_unavailable(), "{failed:?}");
    assert_eq!(code(failed), ErrorCode::Overloaded);
    std::fs::remove_file(&file).unwrap();
    assert_eq!(world.assets().await, 1);
    let repeated = world.picture(&ada, 1).await;
    clean_up(&world).await;
    assert_eq!(world.assets().await, 2, "it may still be under way");
    world.clock.advance(TimeDelta::hours(1) + TimeDelta::seconds(1));
    clean_up(&world).await;
    assert_eq!(world.assets().await, 1);
    assert!(is_there(&world, repeated.id).await);
}

#[tokio::test]
async fn the_pictures_of_a_deleted_account_are_deleted_with_their_files() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let asset = world.picture(&ada, 1).await;
    let (ctx, password) = (&world.ctx, PASSWORD.to_owned());
    accounts::delete(ctx, &ada, password, ClientAddress::UNKNOWN).await.unwrap();
    assert!(is_there(&world, asset.id).await);
    clean_up(&world).await;
    assert!(!is_there(&world, asset.id).await);
    assert_eq!(world.assets().await, 0);
}

#[tokio::test]
async fn a_picture_whose_files_are_lost_is_stored_again() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let lost = world.picture(&ada, 1).await;
    let elsewhere = world.process_with_media(MediaStore::in_memory()).await;
    let file = || picture(640, 320, 1);
    let again = assets::upload(&elsewhere, &ada, file()).await.unwrap();
    assert_ne!(again.id, lost.id);
    assert!(assets::read(&elsewhere, again.id, PictureWidth::Small).await.unwrap().is_some());
    assert_eq!(assets::upload(&elsewhere, &ada, file()).await.unwrap().id, again.id);
}

#[tokio::test]
async fn pictures_that_cannot_be_deleted_do_not_end_the_clean_up() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    for shade in 1..=5 {
        world.picture(&ada, shade).await;
    }
    world.clock.advance(A_WEEK);
    let file = std::env::temp_dir().join(format!("media-of-{}", ada.user().unwrap().id));
    std::fs::write(&file, "").unwrap();
    let broken = world.process_with_media(MediaStore::in_folder(file.join("x"))).await;
    cron::fire(&broken, "clean_up", broken.now(), CleanUp {}).await.unwrap();
    run_job(&broken, &claim_one(&broken).await).await.unwrap();
    std::fs::remove_file(&file).unwrap();
    assert_eq!(world.assets().await, 5);
    world.clock.advance(TimeDelta::minutes(15));
    clean_up(&world).await;
    assert_eq!(world.assets().await, 0);
}
