//! Names, titles, descriptions and tags, made of lists of words.

use fastrand::Rng;

const GIVEN_NAMES: [&str; 24] = [
    "Ada",
    "Alan",
    "Amina",
    "Anita",
    "Barbara",
    "Chen",
    "Dorothy",
    "Edsger",
    "Élodie",
    "Grace",
    "Hedy",
    "Ivan",
    "Jürgen",
    "Katherine",
    "Ken",
    "Leslie",
    "Lin",
    "Margaret",
    "Noor",
    "Olga",
    "Radia",
    "Søren",
    "Tim",
    "Vint",
];
const FAMILY_NAMES: [&str; 24] = [
    "Almeida", "Becker", "Chandra", "Dubois", "Eriksen", "Fischer", "García", "Hopper", "Ito",
    "Jansen", "Kowalski", "Lovelace", "Mbeki", "Novák", "Okafor", "Petrov", "Quinn", "Rossi",
    "Šimić", "Tanaka", "Usman", "Vega", "Weber", "Young",
];
const KINDS_OF: [&str; 16] = [
    "Spring",
    "Summer",
    "Autumn",
    "Winter",
    "National",
    "Regional",
    "City",
    "Open",
    "Junior",
    "Senior",
    "Weekend",
    "Midnight",
    "Charity",
    "Student",
    "Corporate",
    "International",
];
const SUBJECTS: [&str; 24] = [
    "Algorithm",
    "Archery",
    "Baking",
    "Chess",
    "Climbing",
    "Code",
    "Cycling",
    "Data",
    "Debate",
    "Design",
    "Drone",
    "Fencing",
    "Film",
    "Go",
    "Karaoke",
    "Mathematics",
    "Photo",
    "Poetry",
    "Quiz",
    "Robotics",
    "Running",
    "Sailing",
    "Startup",
    "Translation",
];
const FORMS: [&str; 12] = [
    "Challenge",
    "Championship",
    "Cup",
    "Festival",
    "Hackathon",
    "League",
    "Marathon",
    "Masters",
    "Olympiad",
    "Sprint",
    "Tournament",
    "Trophy",
];
const PLACES: [&str; 20] = [
    "Accra",
    "Berlin",
    "Bogotá",
    "Cairo",
    "Delhi",
    "Dublin",
    "Geneva",
    "Hanoi",
    "Helsinki",
    "Istanbul",
    "Kraków",
    "Lagos",
    "Lisbon",
    "Lyon",
    "Montréal",
    "Nairobi",
    "Osaka",
    "Prague",
    "Seoul",
    "Turin",
];
const SENTENCES: [&str; 16] = [
    "Teams of up to four solve tasks of rising difficulty, and a jury reads every entry.",
    "Beginners are welcome: mentors walk from table to table and answer questions.",
    "Bring a laptop and a charger; tables, coffee and a quiet room are there.",
    "The finals are public, and the winners present what they made on the main stage.",
    "Entries are judged by what they do for people, and not by their size.",
    "There are prizes for the first three places and one that the audience awards.",
    "Rules and an example task are published a week before the start.",
    "Whatever you make stays yours; the jury only keeps a copy until the results are final.",
    "Doors open an hour before the start, and latecomers join the second round.",
    "The venue is accessible by wheelchair, and a sign interpreter is present.",
    "Lunch is included; tell the organizers about allergies when you arrive.",
    "The **time limit** is the same for everyone and shown on the large screen.",
    "Last year a team of first-time participants finished second.",
    "Referees are members of the national association.",
    "Spectators need no registration and find seats on the balcony.",
    "Results are on the notice board ten minutes after the last round.",
];
/// About as many as a site has that is in use.
const TAGS: [&str; 40] = [
    "ai",
    "analytics",
    "art",
    "beginners",
    "board-games",
    "business",
    "charity",
    "coding",
    "cooking",
    "cycling",
    "data-science",
    "debate",
    "design",
    "education",
    "environment",
    "family",
    "film",
    "finance",
    "fitness",
    "hackathon",
    "health",
    "history",
    "innovation",
    "languages",
    "machine-learning",
    "mathematics",
    "music",
    "online",
    "outdoor",
    "photography",
    "pitching",
    "robotics",
    "running",
    "science",
    "startup",
    "statistics",
    "technology",
    "ux",
    "workshop",
    "writing",
];

pub(super) fn name(rng: &mut Rng) -> String {
    format!("{} {}", pick(rng, &GIVEN_NAMES), pick(rng, &FAMILY_NAMES))
}

pub(super) fn title(rng: &mut Rng, year: i32) -> String {
    let (kind, subject) = (pick(rng, &KINDS_OF), pick(rng, &SUBJECTS));
    format!("{kind} {subject} {} {} {year}", pick(rng, &FORMS), pick(rng, &PLACES))
}

/// A few hundred characters.
pub(super) fn description(rng: &mut Rng) -> String {
    let first = rng.usize(..SENTENCES.len());
    let sentences = rng.usize(3..=7);
    // A step without a common divisor with the number of sentences: none is repeated.
    let sentence = |number| SENTENCES[(first + 5 * number) % SENTENCES.len()];
    (0..sentences).map(sentence).collect::<Vec<_>>().join(" ")
}

/// One to three.
pub(super) fn tags(rng: &mut Rng) -> Vec<&'static str> {
    let mut tags: Vec<_> = (0..rng.usize(1..=3)).map(|_| pick(rng, &TAGS)).collect();
    tags.sort_unstable();
    tags.dedup();
    tags
}

fn pick<'a>(rng: &mut Rng, words: &[&'a str]) -> &'a str {
    words[rng.usize(..words.len())]
}
