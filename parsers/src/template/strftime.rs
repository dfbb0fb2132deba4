//! strftime text → time columns and the literals between them.
//!
//! apr_strftime hands the text to the C library; the C locale is assumed (`%c`, `%x`, `%X`, names).
//! The frequent whole shapes are read as one column each.
//!
//! Source: strftime, POSIX.1-2017; mod_log_config, `%{format}t`.

use super::column::{Column, Moment, Piece};
use super::error::{Problem, TemplateError};
use crate::token::calendar::Part;
use crate::token::time::EpochUnit;

/// Shapes that are read at one go.
const WHOLE: [(&str, Part); 5] = [
    ("%d/%b/%Y:%H:%M:%S %z", Part::Clf),
    ("%d/%b/%Y:%T %z", Part::Clf),
    ("%Y-%m-%d", Part::IsoDate),
    ("%d/%b/%Y", Part::ClfDate),
    ("%H:%M:%S", Part::Clock),
];

/// The columns of `format`, which begins at byte `at` of the template; all are of `moment` and carry `name`.
pub(super) fn pieces(
    name: &str,
    at: usize,
    format: &str,
    moment: Moment,
) -> Result<Vec<Piece>, TemplateError> {
    let mut pieces = Vec::new();
    let mut rest = format;
    while !rest.is_empty() {
        let offset = at + (format.len() - rest.len());
        let whole = WHOLE.iter().find_map(|(shape, part)| Some((rest.strip_prefix(shape)?, *part)));
        if let Some((tail, part)) = whole {
            pieces.push(Piece::Column(Column::time(name, offset, part, moment)));
            rest = tail;
            continue;
        }
        let Some(conversion) = rest.strip_prefix('%') else {
            let literal = rest.find('%').map_or(rest, |end| rest.split_at(end).0);
            pieces.push(Piece::Text(literal.as_bytes().to_vec()));
            rest = rest.strip_prefix(literal).unwrap_or_default();
            continue;
        };
        // `%E` and `%O` ask for a locale's other notation; the C locale has none.
        let conversion = conversion.strip_prefix(['E', 'O']).unwrap_or(conversion);
        let mut letters = conversion.chars();
        let found = letters.next();
        rest = letters.as_str();
        match found.and_then(expand) {
            Some(parts) => {
                pieces.extend(parts.iter().map(|part| match part {
                    Bit::Part(part) => Piece::Column(Column::time(name, offset, *part, moment)),
                    Bit::Text(text) => Piece::Text(text.as_bytes().to_vec()),
                }));
            }
            None => {
                let found = found.map_or_else(|| "%".to_owned(), |letter| format!("%{letter}"));
                return Err(TemplateError { offset, problem: Problem::UnknownConversion { found } });
            }
        }
    }
    Ok(pieces)
}

enum Bit {
    Part(Part),
    Text(&'static str),
}

/// What one conversion letter writes, in the C locale.
fn expand(letter: char) -> Option<&'static [Bit]> {
    use Bit::{Part as P, Text};
    let parts: &'static [Bit] = match letter {
        'a' | 'A' => &[P(Part::WeekdayName)],
        'b' | 'B' | 'h' => &[P(Part::MonthName)],
        'c' => &[
            P(Part::WeekdayName),
            Text(" "),
            P(Part::MonthName),
            Text(" "),
            P(Part::Day),
            Text(" "),
            P(Part::Clock),
            Text(" "),
            P(Part::Year),
        ],
        'C' | 'g' | 'U' | 'V' | 'W' => &[P(Part::Digits(2))],
        'd' | 'e' => &[P(Part::Day)],
        'D' | 'x' => &[P(Part::Month), Text("/"), P(Part::Day), Text("/"), P(Part::ShortYear)],
        'F' => &[P(Part::IsoDate)],
        'G' => &[P(Part::Digits(4))],
        'H' | 'k' => &[P(Part::Hour)],
        'I' | 'l' => &[P(Part::HalfHour)],
        'j' => &[P(Part::YearDay)],
        'm' => &[P(Part::Month)],
        'M' => &[P(Part::Minute)],
        'n' => &[Text("\n")],
        'p' | 'P' => &[P(Part::HalfDay)],
        'r' => &[
            P(Part::HalfHour),
            Text(":"),
            P(Part::Minute),
            Text(":"),
            P(Part::Second),
            Text(" "),
            P(Part::HalfDay),
        ],
        'R' => &[P(Part::Hour), Text(":"), P(Part::Minute)],
        's' => &[P(Part::Epoch(EpochUnit::Seconds))],
        'S' => &[P(Part::Second)],
        't' => &[Text("\t")],
        'T' | 'X' => &[P(Part::Clock)],
        'u' | 'w' => &[P(Part::Digits(1))],
        'y' => &[P(Part::ShortYear)],
        'Y' => &[P(Part::Year)],
        'z' | 'Z' => &[P(Part::Zone)],
        '%' => &[Text("%")],
        _ => return None,
    };
    Some(parts)
}
