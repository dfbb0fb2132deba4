//! Which column fills which field, where several could.

use super::column::{Column, Moment, Piece, Read, Sink};
use super::error::{Problem, TemplateError};
use crate::token::calendar::{Part, settles};

/// Joins a path and a query that stand side by side (`%U%q`, `$uri$is_args$args`): together they are the
/// request target, and only together can they be told from what follows.
pub(super) fn join_targets(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut joined: Vec<Piece> = Vec::with_capacity(pieces.len());
    for piece in pieces {
        match (joined.last_mut(), &piece) {
            (_, Piece::Text(text)) if text.is_empty() => {}
            (Some(Piece::Column(target)), Piece::Column(query))
                if target.sink == Sink::Target && continues_target(query) =>
            {
                target.name.push_str(&query.name);
            }
            _ => joined.push(piece),
        }
    }
    joined
}

fn continues_target(column: &Column) -> bool {
    column.sink == Sink::Query || matches!(column.name.as_str(), "$is_args" | "${is_args}")
}

/// Leaves each field to its best column; the others fill nothing.
pub(super) fn settle_fields(columns: &mut [&mut Column]) {
    for sink in Sink::SINGLE {
        let of_sink = columns.iter().enumerate().filter(|(_, column)| column.sink == sink);
        let winner =
            of_sink.min_by_key(|(at, column)| (column.conditional, column.rank, *at)).map(|(at, _)| at);
        for (at, column) in columns.iter_mut().enumerate() {
            if column.sink == sink && Some(at) != winner {
                column.sink = Sink::Drop;
            }
        }
    }
    let has = |columns: &[&mut Column], sink| columns.iter().any(|column| column.sink == sink);
    let whole_request = has(columns, Sink::Request);
    let no_client = !has(columns, Sink::Client);
    for column in columns.iter_mut() {
        match column.sink {
            Sink::Method | Sink::Target | Sink::Protocol if whole_request => column.sink = Sink::Drop,
            // A log whose only address is the socket's: that is the client (FORMATS 2, "normalised").
            Sink::Peer if no_client => column.sink = Sink::Client,
            _ => {}
        }
    }
}

/// Leaves the stamp to the first complete time, and says which moment it is. `None`: no time at all.
pub(super) fn settle_time(columns: &mut [&mut Column]) -> Result<Option<Moment>, TemplateError> {
    let settled = |columns: &[&mut Column], moment| {
        let of_moment = columns.iter().filter(|column| column.moment == moment);
        of_moment.filter_map(|column| part(column)).fold(0, |all, part| all | part.settles())
    };
    let complete = |bits: u8| bits & settles::ENOUGH == settles::ENOUGH;
    let moment = [Moment::Begin, Moment::End].into_iter().find(|moment| complete(settled(columns, *moment)));
    let Some(moment) = moment else {
        let orphan = columns.iter().find(|column| part(column).is_some());
        return match orphan {
            Some(column) => Err(TemplateError { offset: column.at, problem: Problem::IncompleteTime }),
            None => Ok(None),
        };
    };
    let mut have = 0;
    for column in columns.iter_mut() {
        let Some(part) = part(column) else { continue };
        let new = part.settles();
        if column.moment != moment || have & new != 0 {
            column.sink = Sink::Drop;
        } else {
            have |= new;
        }
    }
    Ok(Some(moment))
}

fn part(column: &Column) -> Option<Part> {
    match column.read {
        Read::Time(part) => Some(part),
        _ => None,
    }
}
