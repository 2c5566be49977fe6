//! The competitions of the demo: of every status, full and nearly full, with a waiting list and
//! with approval.

use domain::{QuestionKind, Visibility};

/// A competition of the demo. It must satisfy the rules for new ones, except that it may be past.
pub(super) struct DemoCompetition {
    pub(super) title: &'static str,
    pub(super) summary: &'static str,
    pub(super) description: &'static str,
    pub(super) place: Place,
    pub(super) capacity: u32,
    /// How many may wait for a seat.
    pub(super) waitlist: u32,
    /// Whether its organizer approves registrations.
    pub(super) approval: bool,
    pub(super) visibility: Visibility,
    /// Days to the opening of registration; `None` if it is open from the beginning.
    pub(super) opens_in: Option<i64>,
    /// Days to the registration deadline; negative if it has passed.
    pub(super) closes_in: i64,
    /// Days to the start, if it is decided.
    pub(super) starts_in: Option<i64>,
    /// Hours from the start to the end.
    pub(super) lasts: i64,
    /// The index of the organizer.
    pub(super) organizer: usize,
    /// How many of the five participants register, the first ones.
    pub(super) participants: usize,
    /// Whether its organizer has cancelled it after that.
    pub(super) is_cancelled: bool,
    pub(super) tags: &'static [&'static str],
    /// Questions with options, none of which must be answered.
    pub(super) questions: &'static [(&'static str, QuestionKind, &'static [&'static str])],
}

pub(super) enum Place {
    /// The name of a venue and its address.
    Venue(&'static str, &'static str),
    /// The link.
    Online(&'static str),
}

/// What most of them have.
const PLAIN: DemoCompetition = DemoCompetition {
    title: "",
    summary: "",
    description: "",
    place: Place::Online(""),
    capacity: 1,
    waitlist: 0,
    approval: false,
    visibility: Visibility::Public,
    opens_in: None,
    closes_in: 0,
    starts_in: None,
    lasts: 1,
    organizer: 0,
    participants: 0,
    is_cancelled: false,
    tags: &[],
    questions: &[],
};

/// In the order of their creation. The last five are those of the first release, which clients
/// know.
pub(super) const COMPETITIONS: [DemoCompetition; 24] = [
    DemoCompetition {
        title: "Summer Hackathon",
        summary: "One weekend, forty ideas, and a barbecue at midnight.",
        description: "Twelve teams built something that runs. The best three are on our website.",
        place: Place::Venue("Alte Münze", "Molkenmarkt 2, 10179 Berlin"),
        capacity: 40,
        closes_in: -130,
        starts_in: Some(-120),
        lasts: 36,
        tags: &["coding", "hackathon"],
        participants: 5,
        ..PLAIN
    },
    DemoCompetition {
        title: "Open Air Film Contest",
        summary: "Films of at most five minutes, shown under the stars.",
        description: "The audience decided. Thank you for a night without rain.",
        place: Place::Venue("Zitadelle Spandau", "Am Juliusturm 64, 13599 Berlin"),
        capacity: 60,
        closes_in: -70,
        starts_in: Some(-60),
        lasts: 5,
        tags: &["film", "art"],
        organizer: 1,
        participants: 4,
        ..PLAIN
    },
    DemoCompetition {
        title: "Half Marathon by the Lake",
        summary: "Twenty-one flat kilometres around the lake.",
        description: "Times are taken with a chip. The last runner gets the loudest applause.",
        place: Place::Venue("Strandbad Mythenquai", "Mythenquai 95, 8002 Zürich"),
        capacity: 300,
        closes_in: -40,
        starts_in: Some(-30),
        lasts: 4,
        tags: &["running", "outdoor"],
        participants: 3,
        ..PLAIN
    },
    DemoCompetition {
        title: "Speed Cubing Meetup",
        summary: "Five solves, the best and the worst do not count.",
        description: "Bring your own cube. We have timers, and tape for nervous fingers.",
        place: Place::Venue("Café Kubus", "Mariahilfer Straße 88, 1070 Wien"),
        capacity: 24,
        closes_in: -16,
        starts_in: Some(-14),
        lasts: 6,
        tags: &["puzzle", "beginners"],
        organizer: 1,
        participants: 5,
        ..PLAIN
    },
    DemoCompetition {
        title: "Beginners' Go Tournament",
        summary: "Four rounds on small boards, one each week.",
        description: "Nobody plays their first tournament alone: every table has a mentor.",
        place: Place::Venue("Go-Haus", "Klosterwall 15, 20095 Hamburg"),
        capacity: 16,
        closes_in: -9,
        starts_in: Some(-7),
        lasts: 22 * 24,
        tags: &["go", "beginners", "board-games"],
        participants: 2,
        ..PLAIN
    },
    DemoCompetition {
        title: "Drone Racing Final",
        summary: "Eight pilots, one hall, no propellers left at the end.",
        description: "Training from nine, races from noon. Spectators stand behind the net.",
        place: Place::Venue("Messehalle 4", "Messeallee 1, 04356 Leipzig"),
        capacity: 8,
        closes_in: -1,
        starts_in: Some(6),
        lasts: 8,
        tags: &["drones", "technology"],
        participants: 5,
        ..PLAIN
    },
    DemoCompetition {
        title: "Regional Science Fair",
        summary: "Experiments by pupils, judged by people who do them for a living.",
        description: "Set up your stand on the evening before. Sockets are on every table.",
        place: Place::Venue(
            "Copernicus Science Centre",
            "Wybrzeże Kościuszkowskie 20, 00-390 Warszawa",
        ),
        capacity: 80,
        closes_in: -2,
        starts_in: Some(3),
        lasts: 9,
        tags: &["science", "school"],
        organizer: 1,
        participants: 1,
        ..PLAIN
    },
    DemoCompetition {
        title: "Winter Chess Open",
        summary: "Five rounds, fifteen minutes each, and hot punch.",
        description: "Swiss system with fifteen minutes a side. Sets and clocks are there.",
        place: Place::Venue("Haus der Jugend", "Horner Weg 2, 20535 Hamburg"),
        capacity: 5,
        closes_in: 9,
        starts_in: Some(12),
        lasts: 8,
        tags: &["chess", "board-games"],
        participants: 5,
        ..PLAIN
    },
    DemoCompetition {
        title: "Night Run Through the Old Town",
        summary: "Eight kilometres over cobblestones, with a lamp on your head.",
        description: "The start is behind the astronomical clock. Leave the high heels at home.",
        place: Place::Venue("Old Town Square", "Staroměstské náměstí, 110 00 Praha"),
        capacity: 4,
        closes_in: 6,
        starts_in: Some(9),
        lasts: 3,
        tags: &["running", "night"],
        organizer: 1,
        participants: 5,
        waitlist: 20,
        ..PLAIN
    },
    DemoCompetition {
        title: "Robot Sumo Cup",
        summary: "Two robots, one ring, three minutes.",
        description: "Robots weigh at most three kilograms and start by themselves.",
        place: Place::Venue("Technopark", "Technoparkstrasse 1, 8005 Zürich"),
        capacity: 6,
        closes_in: 8,
        starts_in: Some(16),
        lasts: 6,
        tags: &["robotics", "technology", "beginners", "school"],
        participants: 5,
        ..PLAIN
    },
    DemoCompetition {
        title: "Poetry Slam at the Harbour",
        summary: "Six minutes, your own text, no props.",
        description: "The organizer reads a text of yours first and approves twelve poets.",
        place: Place::Venue("Schlachthof", "Findorffstraße 51, 28215 Bremen"),
        capacity: 12,
        closes_in: 11,
        starts_in: Some(18),
        lasts: 4,
        tags: &["poetry", "stage"],
        organizer: 1,
        participants: 3,
        approval: true,
        ..PLAIN
    },
    DemoCompetition {
        title: "Capture the Flag: Winter Edition",
        summary: "Twenty-four hours of puzzles, from warm-up to cruel.",
        description: "Teams of up to five play from wherever they are.",
        place: Place::Online("https://meet.example/ctf-winter"),
        capacity: 200,
        closes_in: 14,
        starts_in: Some(15),
        lasts: 24,
        tags: &["security", "coding", "puzzle"],
        participants: 2,
        ..PLAIN
    },
    DemoCompetition {
        title: "Photo Marathon",
        summary: "Six subjects in six hours, one photo each.",
        description: "The subjects are announced at the start, on the stairs of the station.",
        place: Place::Venue("Estação do Rossio", "Rossio, 1200-442 Lisboa"),
        capacity: 90,
        closes_in: 20,
        starts_in: Some(30),
        lasts: 7,
        tags: &["photo", "art", "outdoor"],
        opens_in: Some(4),
        ..PLAIN
    },
    DemoCompetition {
        title: "Regional Maths Olympiad",
        summary: "Four problems, four hours, and a prize for the best mistake.",
        description: "Paper and pencils only. We publish all solutions on the same evening.",
        place: Place::Venue("Aula", "ul. Gołębia 24, 31-007 Kraków"),
        capacity: 120,
        closes_in: 18,
        starts_in: Some(25),
        lasts: 4,
        tags: &["maths", "school"],
        organizer: 1,
        participants: 1,
        ..PLAIN
    },
    DemoCompetition {
        title: "Garage Band Battle",
        summary: "Three songs, borrowed drums, one winner.",
        description: "The hall has been flooded. We look for another one in spring.",
        place: Place::Venue("Paradiso", "Weteringschans 6, 1017 SG Amsterdam"),
        capacity: 10,
        closes_in: 7,
        starts_in: Some(13),
        lasts: 5,
        tags: &["music", "stage"],
        participants: 3,
        is_cancelled: true,
        ..PLAIN
    },
    DemoCompetition {
        title: "Sourdough Championship",
        summary: "Bring one loaf. The jury brings butter.",
        description: "Loaves are judged by crust, crumb and taste, in this order.",
        place: Place::Venue("Torvehallerne", "Frederiksborggade 21, 1362 København"),
        capacity: 12,
        closes_in: 15,
        starts_in: Some(17),
        lasts: 3,
        tags: &["baking", "food"],
        organizer: 1,
        participants: 2,
        ..PLAIN
    },
    DemoCompetition {
        title: "Street Food Cook-off",
        summary: "Ten stands, one budget, and a queue that votes.",
        description: "We choose the day when the permit is there, and tell everyone registered.",
        place: Place::Venue("Gasworks Park", "Markt 7, 3011 Rotterdam"),
        capacity: 10,
        closes_in: 40,
        starts_in: None,
        lasts: 6,
        tags: &["food", "outdoor"],
        participants: 1,
        ..PLAIN
    },
    DemoCompetition {
        title: "Game Jam: One Button",
        summary: "A game in forty-eight hours, played with a single button.",
        description: "The theme is announced at the start. Engines and teams are up to you.",
        place: Place::Online("https://meet.example/one-button"),
        capacity: 150,
        closes_in: 22,
        starts_in: Some(24),
        lasts: 48,
        tags: &["coding", "games", "beginners", "art"],
        participants: 4,
        ..PLAIN
    },
    DemoCompetition {
        title: "Spring Regatta",
        summary: "Small boats, big sails.",
        description: "We still look for a second safety boat.",
        place: Place::Venue("Segelclub", "Wannseebadweg 25, 14129 Berlin"),
        capacity: 30,
        closes_in: 60,
        starts_in: Some(75),
        lasts: 8,
        tags: &["sailing", "outdoor"],
        visibility: Visibility::Draft,
        ..PLAIN
    },
    DemoCompetition {
        title: "Code Sprint 2025",
        summary: "Build one idea in twenty-four hours, in a team of up to four.",
        description: "Bring a laptop; we bring coffee, mentors and a jury that reads code.",
        place: Place::Venue("Kulturhuset", "Sergels torg 3, 111 57 Stockholm"),
        capacity: 50,
        closes_in: 7,
        starts_in: Some(14),
        lasts: 24,
        tags: &["coding", "hackathon", "technology"],
        ..PLAIN
    },
    DemoCompetition {
        title: "AI Innovation Challenge",
        summary: "Build something useful with machine learning.",
        description: "Entries are judged on what they do for people, not on the size of the model.",
        place: Place::Online("https://meet.example/ai-innovation"),
        capacity: 30,
        closes_in: 5,
        starts_in: Some(10),
        lasts: 8,
        tags: &["ai", "machine-learning", "innovation"],
        ..PLAIN
    },
    DemoCompetition {
        title: "Startup Pitch Competition",
        summary: "Five minutes, ten slides, three questions.",
        description: "Pitch your company to people who have built theirs.",
        place: Place::Venue("Factory Görlitzer Park", "Lohmühlenstraße 65, 12435 Berlin"),
        capacity: 20,
        waitlist: 10,
        closes_in: 3,
        starts_in: Some(5),
        lasts: 4,
        organizer: 1,
        tags: &["startup", "business", "pitching"],
        ..PLAIN
    },
    DemoCompetition {
        title: "Design Sprint Workshop",
        summary: "From a problem on Monday to a tested prototype on Friday.",
        description: "We work in small groups, each led by a working designer.",
        place: Place::Venue("Design Museum", "224-238 Kensington High Street, London W8 6AG"),
        capacity: 15,
        waitlist: 10,
        closes_in: 10,
        starts_in: Some(15),
        lasts: 100,
        organizer: 1,
        tags: &["design", "ux", "workshop"],
        questions: &[
            ("What do you eat?", QuestionKind::OneOf, &["Everything", "Vegetarian", "Vegan"]),
            ("Which tools do you know?", QuestionKind::AnyOf, &["Paper", "Figma", "Code"]),
            ("How did you hear of it?", QuestionKind::ShortText, &[]),
        ],
        ..PLAIN
    },
    DemoCompetition {
        title: "Data Science Marathon",
        summary: "Forty hours with a data set nobody has seen before.",
        description: "Explore it, model it, and tell us what it says.",
        place: Place::Online("https://meet.example/data-science"),
        capacity: 40,
        closes_in: 12,
        starts_in: Some(20),
        lasts: 40,
        tags: &["data-science", "analytics", "statistics"],
        ..PLAIN
    },
];
