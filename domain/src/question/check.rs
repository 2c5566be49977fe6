//! Checking an answer to a question.

use serde_json::{Number, Value};

use super::{Question, QuestionKind};
use crate::{AnswerText, WebLink};

/// The most digits of a number: a float holds them exactly.
const MAX_DIGITS: usize = 15;

impl Question {
    /// The values of an answer in normal form: none when it is not answered, several for
    /// [`QuestionKind::AnyOf`] only. Texts that spell numbers, `true` and `false` are read as such,
    /// because forms send texts.
    ///
    /// # Errors
    /// A sentence about the fault.
    pub fn check(&self, raw: &Value) -> Result<Vec<String>, String> {
        let values = self.values(raw).map_err(|fault| format!("{}: {fault}", self.label))?;
        if values.is_empty() && self.required {
            return Err(format!("{}: this question must be answered", self.label));
        }
        Ok(values)
    }

    fn values(&self, raw: &Value) -> Result<Vec<String>, String> {
        if self.kind == QuestionKind::AnyOf {
            return self.chosen(raw);
        }
        let text = match raw {
            Value::Null => return Ok(Vec::new()),
            Value::String(text) => text.trim(),
            Value::Number(number) if self.kind == QuestionKind::Number => &*decimal(number),
            Value::Bool(yes) if self.kind == QuestionKind::YesNo => &*yes.to_string(),
            _ => return Err(self.expected()),
        };
        if text.is_empty() {
            return Ok(Vec::new());
        }
        let value = match self.kind {
            QuestionKind::ShortText => AnswerText::parse_line(text).map(AnswerText::into_string),
            QuestionKind::LongText => {
                AnswerText::parse_paragraphs(text).map(AnswerText::into_string)
            }
            QuestionKind::Number => number(text).ok_or_else(|| self.expected()),
            QuestionKind::Date => date(text).ok_or_else(|| self.expected()),
            QuestionKind::OneOf => self.option(text),
            QuestionKind::YesNo => match text {
                "true" => Ok("true".into()),
                "false" if self.required => Err("this must be accepted".into()),
                "false" => Ok("false".into()),
                _ => Err(self.expected()),
            },
            QuestionKind::Url => WebLink::parse("the answer", text).map(WebLink::into_string),
            QuestionKind::Country => country(text).ok_or_else(|| self.expected()),
            QuestionKind::AnyOf => unreachable!("it has several values"),
        };
        value.map(|value| vec![value])
    }

    /// The chosen options, in their order.
    fn chosen(&self, raw: &Value) -> Result<Vec<String>, String> {
        let texts: Vec<&str> = match raw {
            Value::Null => Vec::new(),
            Value::Array(items) => {
                let texts = items.iter().map(Value::as_str);
                texts.collect::<Option<_>>().ok_or_else(|| self.expected())?
            }
            _ => return Err(self.expected()),
        };
        for text in &texts {
            self.option(text)?;
        }
        let is_chosen = |option: &&String| texts.contains(&option.as_str());
        Ok(self.options.iter().filter(is_chosen).cloned().collect())
    }

    fn option(&self, text: &str) -> Result<String, String> {
        let found = self.options.iter().find(|option| *option == text);
        found.cloned().ok_or_else(|| format!("choose one of the options, not {text:?}"))
    }

    /// What an answer must be.
    fn expected(&self) -> String {
        match self.kind {
            QuestionKind::ShortText
            | QuestionKind::LongText
            | QuestionKind::Url
            | QuestionKind::OneOf => "the answer must be text",
            QuestionKind::Number => "the answer must be a number like 12.5, of at most 15 digits",
            QuestionKind::Date => "the answer must be a date like 2030-11-29",
            QuestionKind::AnyOf => "the answer must be a list of options",
            QuestionKind::YesNo => "the answer must be true or false",
            QuestionKind::Country => "the answer must be a country code like DE",
        }
        .into()
    }
}

/// A number without an exponent: `Number` itself writes `1e-6`.
pub(super) fn decimal(number: &Number) -> String {
    number.as_f64().unwrap_or_default().to_string()
}

/// The shortest decimal form: `1.50` and `+1.5` are `1.5`.
fn number(text: &str) -> Option<String> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let is_plain = digits.chars().all(|c| c.is_ascii_digit() || c == '.');
    let count = digits.chars().filter(char::is_ascii_digit).count();
    if !is_plain || !(1..=MAX_DIGITS).contains(&count) {
        return None;
    }
    let number: f64 = text.parse().ok()?;
    // Without the sign of a negative zero.
    Some((number + 0.0).to_string())
}

fn date(text: &str) -> Option<String> {
    let date = chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
    // Years of four digits only, so that the text sorts as the date does.
    Some(date.to_string()).filter(|canonical| canonical == text)
}

fn country(text: &str) -> Option<String> {
    let code = text.to_ascii_uppercase();
    countries().any(|(known, _)| known == code).then_some(code)
}

/// The codes (ISO 3166-1 alpha-2) and English names of all countries, by name; none in a browser.
#[cfg(not(target_arch = "wasm32"))]
pub fn countries() -> impl Iterator<Item = (&'static str, &'static str)> {
    rust_iso3166::ALL.iter().map(|country| (country.alpha2, country.name))
}

/// The browser checks nothing: the server does, and sends the names where they are shown.
#[cfg(target_arch = "wasm32")]
pub fn countries() -> impl Iterator<Item = (&'static str, &'static str)> {
    std::iter::empty()
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use uuid::Uuid;

    use super::*;
    use crate::QuestionId;

    fn question(kind: QuestionKind) -> Question {
        let options = ["S", "M", "L"].map(str::to_owned).to_vec();
        Question {
            id: QuestionId(Uuid::nil()),
            kind,
            label: "Question".into(),
            help: None,
            required: false,
            options: if kind.has_options() { options } else { Vec::new() },
            link: None,
        }
    }

    #[test]
    fn answers_are_stored_in_normal_form() {
        for (kind, raw, stored) in [
            (QuestionKind::ShortText, json!(" The Crabs "), "The Crabs"),
            (QuestionKind::LongText, json!("two\r\nlines"), "two\nlines"),
            (QuestionKind::Number, json!(12.50), "12.5"),
            (QuestionKind::Number, json!(" +012.50 "), "12.5"),
            (QuestionKind::Number, json!("-0"), "0"),
            (QuestionKind::Number, json!(-0.000_001), "-0.000001"),
            (QuestionKind::Number, json!("0.000001"), "0.000001"),
            (QuestionKind::Number, json!(100_000_000_000_000.0), "100000000000000"),
            (QuestionKind::Number, json!(123_456_789_012_345_u64), "123456789012345"),
            (QuestionKind::Date, json!("2030-11-29"), "2030-11-29"),
            (QuestionKind::OneOf, json!("M"), "M"),
            (QuestionKind::YesNo, json!(true), "true"),
            (QuestionKind::YesNo, json!("false"), "false"),
            (QuestionKind::Url, json!("https://Example.com"), "https://example.com/"),
            (QuestionKind::Country, json!("de"), "DE"),
        ] {
            assert_eq!(question(kind).check(&raw).unwrap(), [stored], "{kind} {raw}");
        }
        let chosen = question(QuestionKind::AnyOf).check(&json!(["L", "S", "L"])).unwrap();
        assert_eq!(chosen, ["S", "L"]);
    }

    #[test]
    fn wrong_answers_are_refused_by_the_name_of_the_question() {
        for (kind, raw) in [
            (QuestionKind::ShortText, json!("two\nlines")),
            (QuestionKind::ShortText, json!("x".repeat(201))),
            (QuestionKind::ShortText, json!(7)),
            (QuestionKind::LongText, json!("x".repeat(2_001))),
            (QuestionKind::Number, json!("1e5")),
            (QuestionKind::Number, json!(1e300)),
            (QuestionKind::Number, json!("NaN")),
            (QuestionKind::Number, json!(".")),
            (QuestionKind::Number, json!("1234567890123456")),
            (QuestionKind::Number, json!(true)),
            (QuestionKind::Date, json!("2030-02-30")),
            (QuestionKind::Date, json!("29.11.2030")),
            (QuestionKind::Date, json!("02030-11-29")),
            (QuestionKind::OneOf, json!("XL")),
            (QuestionKind::OneOf, json!(["M"])),
            (QuestionKind::AnyOf, json!("M")),
            (QuestionKind::AnyOf, json!(["M", "XL"])),
            (QuestionKind::AnyOf, json!([1])),
            (QuestionKind::YesNo, json!("maybe")),
            (QuestionKind::Url, json!("javascript:alert(1)")),
            (QuestionKind::Country, json!("XX")),
        ] {
            let fault = question(kind).check(&raw).unwrap_err();
            assert!(fault.starts_with("Question: "), "{kind} {raw}: {fault}");
        }
    }

    #[test]
    fn a_required_question_must_be_answered_and_a_required_yes_must_be_yes() {
        for kind in QuestionKind::ALL {
            let optional = question(kind);
            let required = Question { required: true, ..optional.clone() };
            let empty = if kind == QuestionKind::AnyOf { json!([]) } else { json!(" ") };
            for none in [Value::Null, empty] {
                assert_eq!(optional.check(&none).unwrap(), Vec::<String>::new(), "{kind}");
                let fault = required.check(&none).unwrap_err();
                assert_eq!(fault, "Question: this question must be answered", "{kind}");
            }
        }
        let terms = Question { required: true, ..question(QuestionKind::YesNo) };
        assert_eq!(terms.check(&json!(false)).unwrap_err(), "Question: this must be accepted");
        assert_eq!(terms.check(&json!("true")).unwrap(), ["true"]);
    }
}
