//! Searching competitions as people type.

use chrono::TimeDelta;
use domain::{CompetitionId, CompetitionQuery};
use serde_json::json;
use service::{
    Actor, accounts,
    competitions::{self, index_missing},
    housekeeping::CleanUp,
    testing::World,
};

use crate::support::edit;

/// Title, description, tags, and the organizer's name.
const COMPETITIONS: [(&str, &str, &[&str], &str); 14] = [
    ("Code Sprint Berlin", "Write a compiler in a weekend.", &["Programming"], "Ada Lovelace"),
    (
        "Autumn Hackathon",
        "Teams of four build something with code.",
        &["Web", "Teams"],
        "Ada Lovelace",
    ),
    ("Chess Open", "Nine rounds, Swiss system.", &["Chess", "Over the board"], "José García"),
    ("E-Sports League", "Weekly matches in five games.", &["Gaming"], "José García"),
    ("Café Quiz Night", "Questions about coffee and the world.", &["Quiz"], "Anna Smith"),
    ("O'Brien's Run", "Ten kilometres along the river.", &["Running"], "Anna Smith"),
    ("Straßenlauf München", "A road race for everybody.", &["Running"], "Jürgen Groß"),
    ("Photography Contest", "Send in three photographs of bridges.", &["Art"], "Zoë Ångström"),
    ("Node.js Night", "Short talks and a competition.", &["JavaScript"], "Zoë Ångström"),
    ("Robotics Challenge", "Companies and schools race their robots.", &["Robots"], "Łukasz Żak"),
    ("Poetry Slam", "Five minutes on the stage.", &["Art"], "Łukasz Żak"),
    ("将棋大会", "A tournament of Japanese chess.", &["Shogi"], "Sato Yuki"),
    ("🎉 Party Games", "Charades and more.", &["Fun"], "Sato Yuki"),
    ("Winter Marathon", "A marathon in the snow, with a chess simul.", &["Running"], "Kim Lee"),
];

/// What is typed, and the title that comes first; `""` if nothing is found.
const SEARCHES: [(&str, &str); 40] = [
    ("code sprint", "Code Sprint Berlin"),
    ("sprint code", "Code Sprint Berlin"),
    ("berlin", "Code Sprint Berlin"),
    ("BERLIN", "Code Sprint Berlin"),
    ("spri", "Code Sprint Berlin"),
    ("sprints", "Code Sprint Berlin"),
    ("compiler", "Code Sprint Berlin"),
    ("lovelace sprint", "Code Sprint Berlin"),
    ("programming", "Code Sprint Berlin"),
    ("sprnt", "Code Sprint Berlin"),
    ("sprnit", "Code Sprint Berlin"),
    ("spriint", "Code Sprint Berlin"),
    ("hackaton", "Autumn Hackathon"),
    ("hackathon in autumn", "Autumn Hackathon"),
    ("teams", "Autumn Hackathon"),
    ("team", "Autumn Hackathon"),
    ("chess", "Chess Open"),
    ("chess open", "Chess Open"),
    ("over-the-board", "Chess Open"),
    ("garcia chess", "Chess Open"),
    ("esports", "E-Sports League"),
    ("e-sports", "E-Sports League"),
    ("e sports", "E-Sports League"),
    ("cafe", "Café Quiz Night"),
    ("cafe\u{301} quiz", "Café Quiz Night"),
    ("obrien", "O'Brien's Run"),
    ("o’briens run", "O'Brien's Run"),
    ("brien", "O'Brien's Run"),
    ("strassenlauf", "Straßenlauf München"),
    ("munchen", "Straßenlauf München"),
    ("photographs", "Photography Contest"),
    ("angstrom photography", "Photography Contest"),
    ("nodejs", "Node.js Night"),
    ("company robot", "Robotics Challenge"),
    ("zak robot", "Robotics Challenge"),
    ("将棋", "将棋大会"),
    ("🎉", "🎉 Party Games"),
    ("maraton", "Winter Marathon"),
    ("sprint marathon", ""),
    ("xylophone", ""),
];

struct Searched {
    world: World,
    ids: Vec<(String, CompetitionId)>,
    organizers: Vec<(&'static str, Actor)>,
}

impl Searched {
    async fn new() -> Self {
        let world = World::new().await;
        let (mut ids, mut organizers) = (Vec::new(), Vec::<(&str, Actor)>::new());
        for (title, description, tags, name) in COMPETITIONS {
            let known = organizers.iter().find(|(known, _)| *known == name);
            let organizer = match known {
                Some((_, organizer)) => organizer.clone(),
                None => {
                    let organizer = world.organizer(name).await;
                    organizers.push((name, organizer.clone()));
                    organizer
                }
            };
            world.clock.advance(TimeDelta::seconds(1));
            let new = world.competition(&organizer).titled(title).tagged(tags);
            let id = new.about(description).create().await;
            ids.push((title.to_owned(), id));
        }
        Self { world, ids, organizers }
    }

    fn id(&self, title: &str) -> CompetitionId {
        self.ids.iter().find(|(known, _)| known == title).unwrap().1
    }

    /// The titles that are found.
    async fn find(&self, search: &str, sort: &str) -> Vec<String> {
        let query = CompetitionQuery {
            search: Some(search.to_owned()),
            sort: Some(sort.to_owned()),
            ..CompetitionQuery::default()
        };
        let found = competitions::list(&self.world.ctx, &query.check().unwrap()).await.unwrap();
        assert_eq!(found.total, found.items.len() as u64, "{search}");
        found.items.into_iter().map(|item| item.competition.title).collect()
    }

    async fn first(&self, search: &str) -> String {
        self.find(search, "relevance").await.into_iter().next().unwrap_or_default()
    }
}

#[tokio::test]
async fn searches_as_people_type_them_find_the_expected_competition_first() {
    let searched = Searched::new().await;
    let mut wrong = Vec::new();
    for (search, expected) in SEARCHES {
        let first = searched.first(search).await;
        if first != expected {
            wrong.push(format!("{search:?} finds {first:?} and not {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn a_chosen_order_has_all_matches_and_relevance_puts_titles_first() {
    let searched = Searched::new().await;
    assert_eq!(
        searched.find("chess", "relevance").await,
        ["Chess Open", "Winter Marathon", "将棋大会"]
    );
    assert_eq!(
        searched.find("chess", "newest").await,
        ["Winter Marathon", "将棋大会", "Chess Open"]
    );
    assert_eq!(
        searched.find("chess", "title").await,
        ["Chess Open", "Winter Marathon", "将棋大会"]
    );
}

#[tokio::test]
async fn what_is_changed_is_found_by_its_new_words() {
    let searched = Searched::new().await;
    let (world, id) = (&searched.world, searched.id("Poetry Slam"));
    let lukasz = &searched.organizers.iter().find(|(name, _)| *name == "Łukasz Żak").unwrap().1;
    let patch = json!({ "title": "Haiku Evening", "tags": ["Literature"] });
    edit(&world.ctx, lukasz, id, patch).await.unwrap();
    for (search, expected) in
        [("haiku", "Haiku Evening"), ("literature", "Haiku Evening"), ("poetry", "")]
    {
        assert_eq!(searched.first(search).await, expected, "{search}");
    }
    let renamed = serde_json::from_value(json!({ "name": "Marie Curie" })).unwrap();
    accounts::edit_profile(&world.ctx, lukasz, renamed).await.unwrap();
    assert_eq!(searched.first("curie haiku").await, "Haiku Evening");
    assert_eq!(searched.first("lukasz").await, "");
}

#[tokio::test]
async fn a_description_is_found_by_its_words_and_not_by_the_addresses_of_its_links_and_pictures() {
    let searched = Searched::new().await;
    let (world, id) = (&searched.world, searched.id("Poetry Slam"));
    let lukasz = &searched.organizers.iter().find(|(name, _)| *name == "Łukasz Żak").unwrap().1;
    let description = "Verses, see [the **programme**](https://zyx.example/quux).\n\n\
                       ![The balcony](https://zyx.example/quux.jpg)";
    edit(&world.ctx, lukasz, id, json!({ "description": description })).await.unwrap();
    for (search, expected) in [
        ("verses", "Poetry Slam"),
        ("programme", "Poetry Slam"),
        ("balcony", "Poetry Slam"),
        ("quux", ""),
        ("zyx", ""),
    ] {
        assert_eq!(searched.first(search).await, expected, "{search}");
    }
}

#[tokio::test]
async fn competitions_that_an_earlier_release_has_written_are_indexed_once() {
    let searched = Searched::new().await;
    let ctx = &searched.world.ctx;
    assert_eq!(index_missing(ctx).await.unwrap(), 0);
    let world = &searched.world;
    world.execute("DELETE FROM competition_search").await.unwrap();
    assert_eq!(searched.first("berlin").await, "");
    assert_eq!(index_missing(ctx).await.unwrap(), COMPETITIONS.len());
    assert_eq!(searched.first("berlin").await, "Code Sprint Berlin");

    let edited = "UPDATE competitions SET title = 'Code Sprint Potsdam', revision = revision + 1 \
                  WHERE title = 'Code Sprint Berlin'";
    world.execute(edited).await.unwrap();
    assert_eq!(index_missing(ctx).await.unwrap(), 1);
    assert_eq!(searched.first("potsdam").await, "Code Sprint Potsdam");
}

#[tokio::test]
async fn competitions_that_closed_a_year_ago_leave_the_index_with_the_clean_up() {
    let searched = Searched::new().await;
    let world = &searched.world;
    world.clock.advance(TimeDelta::days(400));
    service::cron::fire(&world.ctx, "clean_up", world.ctx.now(), CleanUp {}).await.unwrap();
    world.run_pending_jobs().await;
    let left = "UPDATE competition_search SET revision = revision";
    assert_eq!(world.execute(left).await.unwrap(), 0);
}

#[tokio::test]
async fn hostile_searches_are_searches_for_their_words() {
    let searched = Searched::new().await;
    for search in [
        "'",
        "\"",
        "':*",
        "a':* | 'b",
        "\"x\" OR \"y\"",
        "NEAR(chess open)",
        "title_words : x",
        "*",
        "^chess",
        "!(",
        "&&",
        "-",
        "--",
        "\\",
        "%",
        "_",
        "chess & !open",
        "{title_words} : chess",
        "\u{200b}",
    ] {
        searched.find(search, "relevance").await;
        searched.find(search, "newest").await;
    }
    let long = "abcdefghij ".repeat(9);
    searched.find(&long, "relevance").await;
    assert_eq!(searched.first("\"chess\" (open)").await, "Chess Open");
}

#[tokio::test]
async fn matches_of_a_search_are_counted_up_to_a_thousand_and_one() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let id = world.competition(&ada).titled("Sprint").create().await;
    let copies = if world.database_url().starts_with("sqlite") {
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1100) \
         INSERT INTO competitions (id, organizer_id, title, title_key, description, search_text, \
             capacity, reg_deadline, created_at, updated_at) \
         SELECT randomblob(16), organizer_id, title, title_key, description, search_text, \
             capacity, reg_deadline, created_at, updated_at FROM competitions, n"
    } else {
        "INSERT INTO competitions (id, organizer_id, title, title_key, description, search_text, \
             capacity, reg_deadline, created_at, updated_at) \
         SELECT gen_random_uuid(), organizer_id, title, title_key, description, search_text, \
             capacity, reg_deadline, created_at, updated_at \
         FROM competitions, generate_series(1, 1100)"
    };
    assert_eq!(world.execute(copies).await.unwrap(), 1_100, "copies of {id}");
    assert_eq!(index_missing(&world.ctx).await.unwrap(), 1_100);
    for sort in ["relevance", "newest", "start", "title"] {
        for page in ["1", "2", "11"] {
            let query = CompetitionQuery {
                search: Some("sprint".to_owned()),
                sort: Some(sort.to_owned()),
                page: Some(page.to_owned()),
                limit: Some("100".to_owned()),
                ..CompetitionQuery::default()
            };
            let found = competitions::list(&world.ctx, &query.check().unwrap()).await.unwrap();
            assert_eq!(found.total, domain::MAX_COUNTED, "{sort}");
            let expected = if (sort, page) == ("relevance", "11") { 1 } else { 100 };
            assert_eq!(found.items.len(), expected, "{sort}, page {page}");
        }
    }
}
