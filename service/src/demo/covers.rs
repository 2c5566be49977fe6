//! The covers of the demo, which are drawn. Some competitions have none, and show their pattern.

use resvg::usvg::Options;

use crate::infrastructure::svg;

/// The cover of a competition of the demo.
pub(super) struct DemoCover {
    title: &'static str,
    motif: Motif,
    /// The ground, and the colours of the shapes, for `@a` to `@d`.
    colours: [&'static str; 4],
    /// What it shows.
    pub(super) alt: &'static str,
}

#[derive(Clone, Copy, Debug)]
enum Motif {
    Hills,
    Board,
    Screen,
    Sea,
    Night,
    Stage,
    Table,
    Curve,
    Robot,
    Cubes,
}

const PETROL: [&str; 4] = ["#0f4c55", "#f2a33a", "#f6efe2", "#5fa7ad"];
const SUN: [&str; 4] = ["#f2a33a", "#0f4c55", "#f6efe2", "#c8472f"];
const PAPER: [&str; 4] = ["#efe7d8", "#0f4c55", "#f2a33a", "#c8472f"];
const PLUM: [&str; 4] = ["#4a2a4f", "#e58fa0", "#f6efe2", "#f2a33a"];
const FOREST: [&str; 4] = ["#b9cf6a", "#1f4d3a", "#f6efe2", "#f2a33a"];
const INK: [&str; 4] = ["#1f2f55", "#f2a33a", "#f6efe2", "#7fb2e5"];

const COVERS: [DemoCover; 19] = {
    const fn cover(
        title: &'static str,
        motif: Motif,
        colours: [&'static str; 4],
        alt: &'static str,
    ) -> DemoCover {
        DemoCover { title, motif, colours, alt }
    }
    [
        cover("Summer Hackathon", Motif::Screen, SUN, "A screen with lines of code"),
        cover("Open Air Film Contest", Motif::Night, INK, "A city at night below the moon"),
        cover("Half Marathon by the Lake", Motif::Hills, FOREST, "A path over green hills"),
        cover("Speed Cubing Meetup", Motif::Cubes, PAPER, "A stack of coloured cubes"),
        cover("Beginners' Go Tournament", Motif::Board, FOREST, "Stones on a board"),
        cover("Drone Racing Final", Motif::Robot, INK, "A machine with two lights"),
        cover("Regional Science Fair", Motif::Curve, PAPER, "A curve over columns"),
        cover("Winter Chess Open", Motif::Board, PETROL, "Pieces on a board"),
        cover("Night Run Through the Old Town", Motif::Night, PLUM, "An old town at night"),
        cover("Robot Sumo Cup", Motif::Robot, SUN, "A robot that looks at you"),
        cover("Poetry Slam at the Harbour", Motif::Stage, PLUM, "A microphone in a spotlight"),
        cover("Capture the Flag: Winter Edition", Motif::Screen, INK, "A screen at night"),
        cover("Garage Band Battle", Motif::Stage, PETROL, "An empty stage with a microphone"),
        cover("Sourdough Championship", Motif::Table, PAPER, "Loaves on a table"),
        cover("Street Food Cook-off", Motif::Table, SUN, "Plates on a table"),
        cover("Game Jam: One Button", Motif::Cubes, PLUM, "Blocks of a game"),
        cover("Spring Regatta", Motif::Sea, PETROL, "Sails on the sea"),
        cover("Code Sprint 2025", Motif::Screen, PETROL, "A screen with lines of code"),
        cover("Data Science Marathon", Motif::Curve, INK, "A curve that rises over columns"),
    ]
};

/// The cover of the competition with this title.
pub(super) fn of(title: &str) -> Option<&'static DemoCover> {
    COVERS.iter().find(|cover| cover.title == title)
}

impl DemoCover {
    /// The picture as PNG.
    pub(super) fn png(&self) -> Option<Vec<u8>> {
        let mut shapes = self.motif.shapes();
        for (name, colour) in ["@a", "@b", "@c", "@d"].into_iter().zip(self.colours) {
            shapes = shapes.replace(name, colour);
        }
        let svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 160 80\" width=\"1600\" \
             height=\"800\">{shapes}</svg>"
        );
        svg::pixels(&svg, &Options::default())?.encode_png().ok()
    }
}

impl Motif {
    /// On a field of 160 by 80.
    fn shapes(self) -> String {
        let ground = "<path fill=\"@a\" d=\"M0 0h160v80H0z\"/>";
        let subject = match self {
            Self::Hills => "<circle cx=\"116\" cy=\"24\" r=\"13\" fill=\"@d\"/>\
                 <path fill=\"@c\" d=\"M0 56C34 30 62 40 88 52s44 8 72-12v40H0z\"/>\
                 <path fill=\"@b\" d=\"M0 68c30-18 66-12 92-2s48 2 68-8v22H0z\"/>\
                 <path fill=\"none\" stroke=\"@d\" stroke-width=\"1.4\" stroke-dasharray=\"4 3\" \
                 d=\"M10 80c30-14 58-10 84-4s46-2 62-10\"/>"
                .to_owned(),
            Self::Board => board(),
            Self::Screen => screen(),
            Self::Sea => "<circle cx=\"34\" cy=\"22\" r=\"11\" fill=\"@b\"/>\
                 <path fill=\"@c\" d=\"M100 12v44H68zM104 20v36h24z\"/>\
                 <path fill=\"@b\" d=\"M64 59h68l-9 9H74z\"/>\
                 <path fill=\"@c\" d=\"M40 38v20H26zM42 42v16h10z\"/>\
                 <path fill=\"@d\" d=\"M0 66q10-6 20 0t20 0 20 0 20 0 20 0 20 0 20 0 20 0v14H0z\"/>"
                .to_owned(),
            Self::Night => night(),
            Self::Stage => "<path fill=\"@d\" opacity=\".55\" d=\"M84 0h12l30 66H54z\"/>\
                 <path fill=\"@b\" opacity=\".5\" d=\"M20 0h8l20 66H2z\"/>\
                 <path fill=\"@c\" d=\"M0 66h160v14H0z\"/>\
                 <path fill=\"@a\" d=\"M89 34h3v30h-3zM82 63h17v3H82z\"/>\
                 <circle cx=\"90.5\" cy=\"28\" r=\"7\" fill=\"@a\"/>\
                 <path fill=\"none\" stroke=\"@c\" d=\"M84 28h13M85 25h11M85 31h11\"/>"
                .to_owned(),
            Self::Table => "<circle cx=\"104\" cy=\"40\" r=\"28\" fill=\"@c\"/>\
                 <circle cx=\"104\" cy=\"40\" r=\"21\" fill=\"none\" stroke=\"@b\"/>\
                 <path fill=\"@d\" d=\"M88 42c0-16 32-16 32 0 0 10-32 10-32 0z\"/>\
                 <path fill=\"none\" stroke=\"@c\" stroke-width=\"1.6\" \
                 d=\"M96 34l4 12M103 33l4 13M110 34l4 11\"/>\
                 <circle cx=\"38\" cy=\"26\" r=\"16\" fill=\"@b\"/>\
                 <circle cx=\"38\" cy=\"26\" r=\"10\" fill=\"@d\"/>\
                 <circle cx=\"52\" cy=\"66\" r=\"9\" fill=\"@c\"/>\
                 <path fill=\"@b\" d=\"M142 18h3v46h-3zM148 18h3v46h-3z\"/>"
                .to_owned(),
            Self::Curve => {
                "<path fill=\"@d\" d=\"M20 56h12v24H20zM42 46h12v34H42zM64 50h12v30H64zM86 36h12v44\
                 H86zM108 28h12v52h-12zM130 16h12v64h-12z\"/>\
                 <path fill=\"none\" stroke=\"@b\" stroke-width=\"3\" \
                 d=\"M10 62C40 60 48 30 74 38S116 22 150 8\"/>\
                 <g fill=\"@c\" stroke=\"@b\"><circle cx=\"48\" cy=\"44\" r=\"3\"/>\
                 <circle cx=\"92\" cy=\"35\" r=\"3\"/><circle cx=\"136\" cy=\"15\" r=\"3\"/></g>"
                    .to_owned()
            }
            Self::Robot => {
                "<path fill=\"@c\" d=\"M76 22h52a6 6 0 0 1 6 6v34a6 6 0 0 1-6 6H76a6 6 0 0 1-6-6V28\
                 a6 6 0 0 1 6-6z\"/>\
                 <path fill=\"@b\" d=\"M100 8h4v14h-4zM60 38h10v14H60zM134 38h10v14h-10zM84 68h10\
                 v12H84zM110 68h10v12h-10z\"/>\
                 <circle cx=\"102\" cy=\"8\" r=\"4\" fill=\"@d\"/>\
                 <circle cx=\"88\" cy=\"40\" r=\"8\" fill=\"@a\"/>\
                 <circle cx=\"116\" cy=\"40\" r=\"8\" fill=\"@a\"/>\
                 <circle cx=\"90\" cy=\"38\" r=\"3\" fill=\"@c\"/>\
                 <circle cx=\"118\" cy=\"38\" r=\"3\" fill=\"@c\"/>\
                 <path fill=\"@b\" d=\"M88 56h28v4H88z\"/>\
                 <circle cx=\"28\" cy=\"30\" r=\"9\" fill=\"none\" stroke=\"@d\" \
                 stroke-width=\"4\" stroke-dasharray=\"5 3\"/>"
                    .to_owned()
            }
            Self::Cubes => cubes(),
        };
        format!("{ground}{subject}")
    }
}

/// A board with a few pieces.
fn board() -> String {
    let mut shapes =
        String::from("<path fill=\"@c\" d=\"M64 0h96v80H64z\"/><path fill=\"@b\" d=\"");
    for row in 0..5 {
        for column in (row % 2..6).step_by(2) {
            let (x, y) = (64 + column * 16, row * 16);
            shapes += &format!("M{x} {y}h16v16h-16z");
        }
    }
    shapes += "\"/>";
    for (x, y, colour) in [(88, 24, "@d"), (120, 40, "@a"), (136, 56, "@d"), (104, 72, "@a")] {
        shapes += &format!("<circle cx=\"{x}\" cy=\"{y}\" r=\"6\" fill=\"{colour}\"/>");
    }
    shapes
        + "<circle cx=\"30\" cy=\"40\" r=\"17\" fill=\"@d\"/>\
              <circle cx=\"30\" cy=\"40\" r=\"9\" fill=\"@a\"/>"
}

/// A window with lines of text.
fn screen() -> String {
    let mut shapes = String::from(
        "<path fill=\"@c\" d=\"M58 12h84a4 4 0 0 1 4 4v64H54V16a4 4 0 0 1 4-4z\"/>\
         <g fill=\"@a\"><circle cx=\"62\" cy=\"18\" r=\"1.6\"/><circle cx=\"68\" cy=\"18\" \
         r=\"1.6\"/><circle cx=\"74\" cy=\"18\" r=\"1.6\"/></g>\
         <path fill=\"@d\" d=\"M8 80V52h8V40h8v18h8v22z\"/>",
    );
    for (row, (indent, width, colour)) in
        [(0, 30, "@b"), (6, 44, "@d"), (12, 22, "@b"), (12, 36, "@b"), (6, 52, "@d"), (0, 18, "@b")]
            .into_iter()
            .enumerate()
    {
        let (x, y) = (62 + indent, 27 + row * 8);
        shapes += &format!(
            "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"4\" rx=\"2\" fill=\"{colour}\"/>"
        );
    }
    shapes
}

/// Houses with lit windows below the moon.
fn night() -> String {
    let mut shapes = String::from(
        "<circle cx=\"120\" cy=\"20\" r=\"11\" fill=\"@c\"/>\
         <circle cx=\"125\" cy=\"17\" r=\"10\" fill=\"@a\"/>\
         <path fill=\"@d\" opacity=\".6\" d=\"M0 80V52l10-8 10 8V40h16v12l9-10 9 10V36l8-14 8 14v10\
         h14v-8h18v10l10-8 10 8v-6h16v38z\"/>\
         <path fill=\"@b\" opacity=\".35\" d=\"M0 72h160v8H0z\"/>",
    );
    for (x, y) in [(24, 46), (31, 46), (24, 56), (59, 42), (59, 54), (90, 46), (98, 46), (98, 58)] {
        shapes += &format!("<rect x=\"{x}\" y=\"{y}\" width=\"3\" height=\"5\" fill=\"@b\"/>");
    }
    for (x, y) in [(18, 14), (46, 24), (74, 10), (96, 26), (146, 12), (138, 34)] {
        shapes += &format!("<circle cx=\"{x}\" cy=\"{y}\" r=\".9\" fill=\"@c\"/>");
    }
    shapes
}

/// Cubes, each seen from a corner.
fn cubes() -> String {
    let mut shapes = String::new();
    for (x, y) in [(96, 12), (80, 36), (112, 36), (64, 60), (96, 60), (128, 60), (24, 20), (32, 60)]
    {
        let (left, right, below) = (x - 16, x + 16, y + 9);
        shapes += &format!(
            "<path fill=\"@c\" d=\"M{x} {y}L{right} {below}L{x} {}L{left} {below}z\"/>\
             <path fill=\"@b\" d=\"M{left} {below}L{x} {}v18L{left} {}z\"/>\
             <path fill=\"@d\" d=\"M{right} {below}L{x} {}v18L{right} {}z\"/>",
            y + 18,
            y + 18,
            y + 27,
            y + 18,
            y + 27,
        );
    }
    shapes
}

#[cfg(test)]
mod tests {
    use super::{super::competitions::COMPETITIONS, *};

    #[test]
    fn every_cover_belongs_to_a_competition_and_can_be_drawn() {
        for cover in &COVERS {
            assert!(COMPETITIONS.iter().any(|demo| demo.title == cover.title), "{}", cover.title);
            let png = cover.png().expect(cover.title);
            assert!(png.len() > 2_000, "{}: {} bytes", cover.title, png.len());
        }
    }
}
