//! Who can register, as a form sends it.

#[cfg(feature = "ssr")]
use domain::{AccessCodeInput, AccessCodeUse, FieldError, PublicError, Raw};
use serde::{Deserialize, Serialize};

/// The text in the fields.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypedAccess {
    /// A [`domain::AccessMode`].
    pub access: String,
    /// One access code on each line, with a number of uses or without.
    pub codes: String,
    /// The version of the competition when the form was opened.
    pub version: u32,
}

/// The lines of the access codes of a competition.
#[cfg(feature = "ssr")]
pub(super) fn lines(codes: &[AccessCodeUse]) -> String {
    let line = |code: &AccessCodeUse| match code.max_uses {
        Some(max) => format!("{}, {max}", code.code),
        None => code.code.clone(),
    };
    codes.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// The access codes to save, and the number of the line of each, from 1.
#[cfg(feature = "ssr")]
pub(super) fn inputs(text: &str) -> (Vec<AccessCodeInput>, Vec<usize>) {
    let lines = text.lines().zip(1..).filter(|(line, _)| !line.trim().is_empty());
    let input = |(line, number): (&str, usize)| {
        let line = line.trim();
        let is_separator = |c: char| c.is_whitespace() || matches!(c, ',' | ';');
        let (code, uses) = line.split_once(is_separator).unwrap_or((line, ""));
        let uses = uses.trim_matches(is_separator);
        let max_uses = match uses {
            "" => Raw::Missing,
            uses => uses.parse().map_or(Raw::WrongType, Raw::Given),
        };
        let input =
            AccessCodeInput { code: code.to_owned().into(), max_uses, ..Default::default() };
        (input, number)
    };
    lines.map(input).unzip()
}

/// The error with its faults of access codes at the field of all codes, by line.
#[cfg(feature = "ssr")]
pub(super) fn as_shown(mut error: PublicError, lines: &[usize]) -> PublicError {
    let mut faults = Vec::new();
    error.fields.retain(|FieldError { field, message }| {
        let index = field.strip_prefix("accessCodes.").and_then(|rest| rest.split('.').next());
        let line = index.and_then(|index| lines.get(index.parse::<usize>().ok()?));
        if let Some(line) = line {
            faults.push(format!("Line {line}: {message}"));
        }
        line.is_none()
    });
    if !faults.is_empty() {
        let message = faults.join("; ");
        error.fields.push(FieldError { field: "accessCodes".into(), message });
    }
    error
}

#[cfg(test)]
mod tests {
    use domain::ErrorCode;

    use super::*;

    #[test]
    fn lines_of_access_codes_are_read_as_they_are_written() {
        let codes = [("EARLY-BIRD", None), ("VIP1", Some(20))];
        let codes =
            codes.map(|(code, max_uses)| AccessCodeUse { code: code.into(), max_uses, uses: 3 });
        let text = lines(&codes);
        assert_eq!(text, "EARLY-BIRD\nVIP1, 20");
        let (read, numbers) = inputs(&text);
        assert_eq!(numbers, [1, 2]);
        assert_eq!(
            (&read[0].code, &read[0].max_uses),
            (&"EARLY-BIRD".to_owned().into(), &Raw::Missing)
        );
        assert_eq!(read[1].max_uses, Raw::Given(20));
        for (line, uses) in
            [("VIP1 5", 5), ("VIP1;5", 5), ("  VIP1\t5 ", 5), ("VIP1 ,  5", 5), ("VIP1,5,", 5)]
        {
            let (read, _) = inputs(line);
            assert_eq!(read[0].code, "VIP1".to_owned().into(), "{line}");
            assert_eq!(read[0].max_uses, Raw::Given(uses), "{line}");
        }
        assert_eq!(inputs("VIP1 many").0[0].max_uses, Raw::WrongType);
    }

    #[test]
    fn faults_of_access_codes_name_the_lines_on_which_they_are() {
        let (_, lines) = inputs("\nOK-CODE\n\nNO CODE\n");
        assert_eq!(lines, [2, 4]);
        let fault =
            FieldError { field: "accessCodes.1.maxUses".into(), message: "No number".into() };
        let other = FieldError { field: "access".into(), message: "Choose".into() };
        let error = PublicError {
            fields: vec![fault, other.clone()],
            ..PublicError::new(ErrorCode::ValidationFailed, "")
        };
        let shown = as_shown(error, &lines).fields;
        let by_line =
            FieldError { field: "accessCodes".into(), message: "Line 4: No number".into() };
        assert_eq!(shown, [other, by_line]);
    }
}
