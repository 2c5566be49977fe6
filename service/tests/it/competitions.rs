use chrono::TimeDelta;
use domain::{
    CompetitionId, CompetitionInput, CompetitionQuery, CompetitionSort, ErrorCode, PublicError,
};
use service::{
    Actor,
    competitions::{browse, closing_soon, create, get, list, mine},
    testing::World,
};

use crate::support::{at_once, code, register, titles};

fn search(words: &str) -> CompetitionQuery {
    CompetitionQuery { search: Some(words.to_owned()), ..Default::default() }
}

fn tagged(tags: &str) -> CompetitionQuery {
    CompetitionQuery { tags: Some(tags.to_owned()), ..Default::default() }
}

fn by(sort: CompetitionSort) -> CompetitionQuery {
    CompetitionQuery { sort: Some(sort.as_str().to_owned()), ..Default::default() }
}

fn page(page: u64, limit: u64) -> CompetitionQuery {
    let text = |number: u64| Some(number.to_string());
    CompetitionQuery { page: text(page), limit: text(limit), ..Default::default() }
}

#[tokio::test]
async fn a_new_competition_reads_back_as_created() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let input = CompetitionInput {
        title: " Code Sprint ".to_owned().into(),
        description: "Line one\nline two".to_owned().into(),
        tags: ["Rust", "web", "RUST"].map(str::to_owned).to_vec().into(),
        capacity: 3.into(),
        reg_deadline: "2026-11-24T12:00:00.001Z".to_owned().into(),
        start_date: "2026-11-24T13:00:00.001+01:00".to_owned().into(),
        ..Default::default()
    };
    let made = create(&world.ctx, &ada, input.clone(), None).await;
    let Err(refused) = made else { panic!("the start is before the deadline") };
    assert_eq!(code(refused), ErrorCode::StartNotAfterDeadline);

    let start = "2026-11-24T13:00:00.002Z".to_owned();
    let input = CompetitionInput { start_date: start.clone().into(), ..input };
    let made = create(&world.ctx, &ada, input, None).await.unwrap().view;
    let found = get(&world.ctx, made.competition.id).await.unwrap();
    assert_eq!(found.competition, made.competition);
    assert_eq!(found.organizer, made.organizer);
    assert_eq!(found.competition.title, "Code Sprint");
    assert_eq!(found.competition.tags, ["Rust", "web"]);
    assert_eq!(found.competition.reg_deadline.to_string(), "2026-11-24T12:00:00.001Z");
    assert_eq!(found.competition.start_date.unwrap().to_string(), start);
    assert_eq!((found.competition.seats_left, found.count.registrations), (3, 0));
}

#[tokio::test]
async fn only_organizers_create_competitions() {
    let world = World::new().await;
    let input = CompetitionInput::default;
    let create =
        async |actor| create(&world.ctx, &actor, input(), None).await.map_err(PublicError::from);
    let refused = create(Actor::anonymous()).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::Unauthorized);
    for actor in [world.participant("Grace").await, world.admin("Root").await] {
        let refused = create(actor).await.unwrap_err();
        assert_eq!(refused.code, ErrorCode::Forbidden);
        assert_eq!(refused.message, "Required role: ORGANIZER");
    }
    let faults = create(world.organizer("Ada").await).await.unwrap_err();
    assert_eq!(faults.code, ErrorCode::ValidationFailed);
    assert_eq!(faults.fields.len(), 4, "every fault at once");
}

#[tokio::test]
async fn an_unknown_competition_is_not_found() {
    let world = World::new().await;
    let unknown = get(&world.ctx, CompetitionId(uuid::Uuid::nil())).await.unwrap_err();
    assert_eq!(code(unknown), ErrorCode::CompetitionNotFound);
}

#[tokio::test]
async fn the_list_has_open_competitions_newest_first() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    world.competition(&ada).titled("First").closing_in(TimeDelta::days(3)).create().await;
    world.clock.advance(TimeDelta::seconds(1));
    let second = world.competition(&ada).titled("Second").create().await;
    // At the same moment: the one made last is still the newest.
    world.competition(&ada).titled("Third").create().await;
    assert_eq!(titles(&world, by(CompetitionSort::Newest)).await, ["Third", "Second", "First"]);

    world.clock.advance(TimeDelta::days(1) - TimeDelta::milliseconds(1));
    assert_eq!(titles(&world, CompetitionQuery::default()).await.len(), 3, "1 ms before");
    world.clock.advance(TimeDelta::milliseconds(1));
    assert_eq!(titles(&world, CompetitionQuery::default()).await, ["First"], "on the dot");
    assert_eq!(get(&world.ctx, second).await.unwrap().competition.title, "Second");
}

#[tokio::test]
async fn a_search_matches_title_and_description_in_any_case() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    world.competition(&ada).titled("Code Sprint").about("Bring a laptop").create().await;
    world.competition(&ada).titled("Öko-Tag ΣΟΦΊΑ").about("Über Ökologie").create().await;
    for (words, found) in [
        ("SPRINT", "Code Sprint"),
        ("sp co", "Code Sprint"),
        ("laptop sprint", "Code Sprint"),
        ("LAPtop", "Code Sprint"),
        ("öKO-TAG", "Öko-Tag ΣΟΦΊΑ"),
        ("ÜBER ök", "Öko-Tag ΣΟΦΊΑ"),
        ("σοφία", "Öko-Tag ΣΟΦΊΑ"),
    ] {
        assert_eq!(titles(&world, search(words)).await, [found], "{words}");
    }
    assert!(titles(&world, search("laptop öko")).await.is_empty());
    assert_eq!(titles(&world, search("  ")).await.len(), 2, "blank is as good as absent");
}

#[tokio::test]
async fn a_search_has_no_wildcards_and_finds_a_sign_without_words_literally() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    for title in ["100% code", "snake_case", r"back\slash", "it's \"quoted\"", "plain"] {
        world.competition(&ada).titled(title).about("…").create().await;
    }
    for (words, found) in [
        ("%", "100% code"),
        ("100% C", "100% code"),
        ("_", "snake_case"),
        (r"\", r"back\slash"),
        (r"BACK\S", r"back\slash"),
        ("it's", "it's \"quoted\""),
        ("\"", "it's \"quoted\""),
    ] {
        assert_eq!(titles(&world, search(words)).await, [found], "{words}");
    }
    for words in ["p%n", "p_ain", r"\%", r"\_", r"\\", "' OR 1=1 --"] {
        assert!(titles(&world, search(words)).await.is_empty(), "{words}");
    }
}

#[tokio::test]
async fn tags_match_any_of_them_in_any_case() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    world.competition(&ada).titled("Both").tagged(&["Rust", "Web"]).create().await;
    world.competition(&ada).titled("Web").tagged(&["web"]).create().await;
    world.competition(&ada).titled("Art").tagged(&["Ästhetik"]).create().await;
    world.competition(&ada).titled("None").create().await;
    assert_eq!(titles(&world, tagged("RUST")).await, ["Both"]);
    assert_eq!(titles(&world, tagged("rust, web")).await, ["Web", "Both"], "each once");
    assert_eq!(titles(&world, tagged("ÄSTHETIK,rust")).await, ["Art", "Both"]);
    assert!(titles(&world, tagged("we")).await.is_empty(), "a part is not the tag");
    assert_eq!(titles(&world, tagged(" , ")).await.len(), 4, "no tag asked for");
}

#[tokio::test]
async fn filters_are_combined() {
    let world = World::new().await;
    let (ada, bob) = (world.organizer("Ada").await, world.organizer("Bob").await);
    world.competition(&ada).titled("Ada's sprint").tagged(&["rust"]).create().await;
    world.competition(&bob).titled("Bob's sprint").tagged(&["rust"]).create().await;
    world.competition(&bob).titled("Bob's marathon").tagged(&["rust"]).create().await;
    let query = CompetitionQuery {
        search: Some("sprint".to_owned()),
        tags: Some("rust".to_owned()),
        organizer_id: Some(bob.user().unwrap().id.to_string()),
        ..Default::default()
    };
    assert_eq!(titles(&world, query).await, ["Bob's sprint"]);
}

#[tokio::test]
async fn the_list_is_sorted_by_each_order() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let make = async |title: &str, deadline, start: Option<i64>| {
        let start = start.map(TimeDelta::days);
        let new = world.competition(&ada).titled(title).closing_in(TimeDelta::days(deadline));
        new.starting_in(start).create().await;
        world.clock.advance(TimeDelta::seconds(1));
    };
    make("banana", 3, None).await;
    make("Cherry", 1, Some(9)).await;
    make("apple", 2, Some(5)).await;
    for (sort, expected) in [
        (CompetitionSort::Newest, ["apple", "Cherry", "banana"]),
        (CompetitionSort::Deadline, ["Cherry", "apple", "banana"]),
        (CompetitionSort::Start, ["apple", "Cherry", "banana"]),
        (CompetitionSort::Title, ["apple", "banana", "Cherry"]),
    ] {
        assert_eq!(titles(&world, by(sort)).await, expected, "{sort:?}");
    }
}

#[tokio::test]
async fn pages_partition_the_list_and_have_the_total() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    for number in 1..=5 {
        world.competition(&ada).titled(&format!("No. {number}")).create().await;
    }
    let mut seen = Vec::new();
    for number in 1..=3 {
        let filter = page(number, 2).check().unwrap();
        let page = list(&world.ctx, &filter).await.unwrap();
        assert_eq!((page.total, page.pages(), page.page, page.limit), (5, 3, number, 2));
        seen.extend(page.items.into_iter().map(|item| item.competition.title));
    }
    assert_eq!(seen, ["No. 5", "No. 4", "No. 3", "No. 2", "No. 1"]);
    let beyond = list(&world.ctx, &page(1_000_000_000, 100).check().unwrap()).await.unwrap();
    assert_eq!((beyond.items.len(), beyond.total), (0, 5));
}

#[tokio::test]
async fn the_list_has_the_number_of_registrations() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let sprint = world.competition(&ada).seats(5).create().await;
    for participant in world.participants(2).await {
        register(&world.ctx, &participant, sprint).await.unwrap();
    }
    let page = list(&world.ctx, &CompetitionQuery::default().check().unwrap()).await.unwrap();
    let [item] = &page.items[..] else { panic!("one competition") };
    assert_eq!((item.count.registrations, item.competition.seats_left), (2, 3));
    assert_eq!(item.organizer.email, "ada@example.com");
    let own = mine(&world.ctx, &ada, domain::Paging::first(100)).await.unwrap().items;
    assert_eq!((own[0].count.registrations, own[0].competition.seats_left), (2, 3));
}

#[tokio::test]
async fn closing_soon_has_the_next_deadlines() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    for days in [3, 1, 2] {
        let title = format!("In {days} days");
        world.competition(&ada).titled(&title).closing_in(TimeDelta::days(days)).create().await;
    }
    world.clock.advance(TimeDelta::days(1));
    let soon = closing_soon(&world.ctx, 1).await.unwrap();
    assert_eq!(soon[0].competition.title, "In 2 days");
    assert_eq!(soon.len(), 1);
}

#[tokio::test]
async fn browsing_offers_the_most_used_tags_first() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let nothing = browse(&world.ctx, &search("x").check().unwrap()).await.unwrap();
    assert!(!nothing.any_open && nothing.popular_tags.is_empty());

    let closing = TimeDelta::hours(1);
    world.competition(&ada).tagged(&["closed"]).closing_in(closing).create().await;
    world.clock.advance(closing);
    world.competition(&ada).tagged(&["Web", "rust"]).create().await;
    world.competition(&ada).tagged(&["web"]).create().await;
    let page = browse(&world.ctx, &search("no such words").check().unwrap()).await.unwrap();
    assert!(page.any_open && page.found.items.is_empty());
    let tags: Vec<_> = page.popular_tags.iter().map(|tag| tag.to_lowercase()).collect();
    assert_eq!(tags, ["web", "rust"]);
}

#[tokio::test]
async fn an_organizer_sees_all_their_competitions_including_closed_ones() {
    let world = World::new().await;
    let (ada, bob) = (world.organizer("Ada").await, world.organizer("Bob").await);
    world.competition(&ada).titled("Old").create().await;
    world.clock.advance(TimeDelta::days(2));
    world.competition(&ada).titled("New").create().await;
    world.competition(&bob).create().await;
    let own = mine(&world.ctx, &ada, domain::Paging::first(100)).await.unwrap().items;
    let titles: Vec<_> = own.iter().map(|own| &*own.competition.title).collect();
    assert_eq!(titles, ["New", "Old"]);
    let grace = world.participant("Grace").await;
    assert_eq!(
        code(mine(&world.ctx, &grace, domain::Paging::first(100)).await.unwrap_err()),
        ErrorCode::Forbidden
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_creates_one_competition_however_often_it_is_sent() {
    let world = World::new().await;
    let other = world.second_process().await;
    let ada = world.organizer("Ada").await;
    let input = |title: &str| CompetitionInput {
        title: title.to_owned().into(),
        description: "Twenty-four hours of code.".to_owned().into(),
        capacity: 3.into(),
        reg_deadline: "2026-11-24T12:00:00Z".to_owned().into(),
        ..Default::default()
    };
    let key = || Some("one-click".parse().unwrap());
    let attempts = (0..20).map(|number| {
        let ctx = if number % 2 == 0 { world.ctx.clone() } else { other.clone() };
        let (ada, input) = (ada.clone(), input("Chess"));
        async move { create(&ctx, &ada, input, key()).await.unwrap() }
    });
    let created = at_once(attempts).await;
    assert_eq!(created.iter().filter(|created| !created.replayed).count(), 1);
    assert!(created.iter().all(|each| each.view == created[0].view), "all got the same answer");
    assert_eq!(mine(&world.ctx, &ada, domain::Paging::first(100)).await.unwrap().items.len(), 1);

    let reused = create(&world.ctx, &ada, input("Go"), key()).await.unwrap_err();
    assert_eq!(code(reused), ErrorCode::IdempotencyKeyReused);
}

#[tokio::test]
async fn a_search_matches_equivalent_characters() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let new =
        world.competition(&ada).titled("Cafe\u{301}\u{A0}Ni\u{AD}ght").tagged(&["Ru\u{200B}st"]);
    let id = new.about("50%\u{200B} off\r\nfor \u{C5}ngstr\u{F6}m").create().await;
    let made = service::competitions::get(&world.ctx, id).await.unwrap().competition;
    assert_eq!((&*made.title, &*made.tags[0]), ("Caf\u{E9}\u{A0}Night", "Rust"));
    for words in [
        "caf\u{E9} night",
        "CAFE\u{301} NIGHT",
        "\u{200B}night",
        "\u{212B}NGSTRO\u{308}M",
        "50% off",
        "50 (off)",
    ] {
        assert_eq!(titles(&world, search(words)).await.len(), 1, "{words:?}");
    }
    let tagged = CompetitionQuery { tags: Some("RUST,none".into()), ..Default::default() };
    assert_eq!(titles(&world, tagged).await.len(), 1);
}
