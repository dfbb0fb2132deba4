//! Clients: how many by every definition, and those with the most responses.

use super::Screen;
use super::grid::{Column, Grid};
use super::page::{Ink, Page};
use crate::finding::answer::Answer;
use crate::finding::table::Tables;
use crate::report::moment::{moment, moment_bare};
use crate::report::number::{counted, human_bytes, thousands};
use std::io;

/// METHOD M3.4: always together, so that nobody has to ask which one was meant.
pub(super) fn definitions(page: &mut Page<'_>, answer: &Answer, screen: &Screen) -> io::Result<()> {
    let c = &answer.clients;
    let networks = if c.ip6_128 == 0 {
        String::new()
    } else {
        let [n64, n56, n48] = [c.ip6_64, c.ip6_56, c.ip6_48].map(thousands);
        format!(" (/64: {n64}, /56: {n56}, /48: {n48})")
    };
    let addresses = counted(c.ip, "address", "addresses");
    let mut facts = vec![
        format!("{addresses} = {} IPv4 + {} IPv6{networks}", thousands(c.ip4), thousands(c.ip6_128)),
        counted(c.ip_ua, "address + user agent pair", "address + user agent pairs"),
        counted(c.principal, "login", "logins"),
        counted(c.credential, "key", "keys"),
        counted(c.name, "name", "names"),
    ];
    if c.unknown_requests > 0 {
        facts.push(counted(c.unknown_requests, "response without a client", "responses without a client"));
    }
    page.facts("clients", &facts)?;
    for (label, utc) in [("first served", &answer.first_served_utc), ("last served", &answer.last_served_utc)]
    {
        if let Some(utc) = utc {
            page.facts(
                label,
                &[moment(utc, screen.zone), format!("{} UTC", moment_bare(utc, chrono_tz::UTC))],
            )?;
        }
    }
    Ok(())
}

pub(super) fn top(page: &mut Page<'_>, tables: &Tables<'_>, screen: &Screen) -> io::Result<()> {
    if tables.top_clients.is_empty() || screen.top == 0 {
        return Ok(());
    }
    page.heading("clients with the most responses", "")?;
    let mut grid = Grid::new(&[
        Column::long_text("client", 0),
        Column::number("served", 0),
        Column::number("retrievals", 2),
        Column::number("objects", 4),
        Column::number("bytes", 3),
        Column::text("first served", 5),
        Column::text("last served", 6),
        Column::long_text("party", 1),
    ]);
    for client in tables.top_clients.iter().take(screen.top) {
        grid.row(vec![
            client.client.clone(),
            thousands(client.served),
            thousands(client.retrievals),
            thousands(client.objects),
            human_bytes(client.bytes_served),
            moment_bare(&client.first_served_utc, screen.zone),
            moment_bare(&client.last_served_utc, screen.zone),
            client.party.clone(),
        ]);
    }
    grid.drop_empty();
    grid.write(page)?;
    let all = counted(tables.clients_served, "client", "clients");
    let shown = u64::try_from(screen.top).unwrap_or(u64::MAX);
    let text = if tables.clients_served > shown {
        format!("{shown} of {all} that were served; --csv DIR writes all")
    } else {
        format!("all of {all} that were served")
    };
    page.prose(Ink::Plain, "  ", Ink::Faint, &text)
}
