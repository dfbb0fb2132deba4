//! Servers that write Apache's shapes and mean something else by them: definite names, which are asked for and never
//! looked for, because the shape alone does not tell who wrote it. Written from documentation and source, not yet seen in
//! real files.
//!
//! **Tomcat** (`tomcat-common`, `tomcat-combined`), AccessLogValve: `%t` is the end of the response (`getDate(start + time)`
//! in `AbstractAccessLogValve`; `begin:` has to be asked for). `%b` is "bytes sent, excluding HTTP headers, or `-` if
//! zero", but where a file is left to the connector (`sendfile`) it is the length that is *to be* sent; a line does not
//! tell which, so its meaning is unknown. `%D` is in milliseconds up to Tomcat 9 and in microseconds from 10 on; `%I` is a
//! thread's name there, no byte count. Old releases (8.5.43 is one) escape nothing, newer ones do.
//!
//! **Jetty** (`jetty-common`, `jetty`, `jetty-latency`): `NCSA_FORMAT` and `EXTENDED_NCSA_FORMAT` of CustomRequestLog, and
//! NCSARequestLog before it, which can add the milliseconds taken. The size is the content written in CustomRequestLog;
//! what its forerunner counts, when `-` stands there, and which moment the time is have not been looked up: unknown.
//!
//! **Varnish** (`varnishncsa`), varnishncsa(1), vsl(7), `varnishncsa.c`: `%t` is the time stamp `Start`, when the request
//! was received. `%b` is field 5 of `ReqAcct`, "body bytes transmitted"; what edge side includes added is in it. `-` is a
//! piped connection, whose bytes are not logged here. The target is always absolute (`http://host/path`).
//!
//! **lighttpd** (`lighttpd`), mod_accesslog: the second column is the host that was asked for, so the line looks like one
//! of Apache's with an identd name. `%t` is "the end-time of the request" in its wiki (a text of 2004 says "request-start"),
//! `%b` "bytes sent for the body": what was written to the network less the header, `-` if nothing was.
//!
//! **OpenLiteSpeed** (`openlitespeed`, `openlitespeed-vhost`), `accesslog.cpp`: time of the request, body bytes sent, `-`
//! for zero. A login stands in quotes. The `vhost` form has the host as a third quoted column: where that is not declared
//! it passes for nginx's with forwarded addresses.
//!
//! None of them states the size of the object, a range, or whether a transfer was cut.

use super::wrapped::{Meant, as_read};
use super::{Family, Format, Named, Origin};
use crate::record::{ByteSemantics, Escape, Meaning, Record, TimeBasis};
use std::sync::Arc;

const TOMCAT: Family = Family::web_server("tomcat");
const JETTY: Family = Family::web_server("jetty");
const VARNISH: Family = Family::web_server("varnish");
const LIGHTTPD: Family = Family::web_server("lighttpd");
const LITESPEED: Family = Family::web_server("openlitespeed");

macro_rules! line {
    ($second:literal, $rest:literal) => {
        concat!(
            "192.0.2.7 ",
            $second,
            r#" kim [10/Oct/2000:13:55:36 -0700] "GET /a.csv?b=c HTTP/1.1" 200 2326"#,
            $rest
        )
    };
}

pub(super) const FORMATS: &[Named] = &[
    definite("tomcat-common", TOMCAT, line!("-", ""), || {
        tomcat("tomcat-common", r#"%h %l %u %t "%r" %s %b"#)
    }),
    definite("tomcat-combined", TOMCAT, line!("-", r#" "-" "curl/8.5.0""#), || {
        tomcat("tomcat-combined", r#"%h %l %u %t "%r" %s %b "%{Referer}i" "%{User-Agent}i""#)
    }),
    definite("jetty-common", JETTY, line!("-", ""), || {
        jetty("jetty-common", r#"%h %l %u %t "%r" %s %!999b"#)
    }),
    definite("jetty", JETTY, line!("-", r#" "-" "curl/8.5.0""#), || {
        jetty("jetty", r#"%h %l %u %t "%r" %s %!999b "%{Referer}i" "%{User-Agent}i""#)
    }),
    definite("jetty-latency", JETTY, line!("-", r#" "-" "curl/8.5.0" 12"#), || {
        jetty("jetty-latency", r#"%h %l %u %t "%r" %s %!999b "%{Referer}i" "%{User-Agent}i" %D"#)
    }),
    definite("varnishncsa", VARNISH, line!("-", r#" "-" "curl/8.5.0""#), || {
        let text = r#"%h %l %u %t "%r" %s %!999b "%{Referer}i" "%{User-agent}i""#;
        let meaning = meaning(TimeBasis::Received, ByteSemantics::BodyWritten);
        Meant::apache("varnishncsa", text, Meaning { dash_is_zero: false, ..meaning }, as_read)
    }),
    definite("lighttpd", LIGHTTPD, line!("-", r#" "-" "curl/8.5.0""#), || {
        let text = r#"%h %V %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i""#;
        let meaning = meaning(TimeBasis::Completed, ByteSemantics::BodyWritten);
        Meant::apache("lighttpd", text, meaning, as_read)
    }),
    definite("openlitespeed", LITESPEED, line!("-", r#" "-" "curl/8.5.0""#), || {
        litespeed("openlitespeed", r#"%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i""#)
    }),
    definite("openlitespeed-vhost", LITESPEED, line!("-", r#" "-" "curl/8.5.0" "www.example.org""#), || {
        let text = r#"%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i" "%{Host}i""#;
        litespeed("openlitespeed-vhost", text)
    }),
];

const fn definite(
    name: &'static str,
    family: Family,
    sample: &'static str,
    make: fn() -> Arc<dyn Format>,
) -> Named {
    Named { sniffed: false, ..Named::own(name, family, Origin::Documentation, sample, make) }
}

const fn meaning(time_basis: TimeBasis, bytes: ByteSemantics) -> Meaning {
    Meaning { time_basis, bytes, dash_is_zero: true, ..Meaning::UNKNOWN.escaped(Escape::Backslash) }
}

fn tomcat(name: &'static str, text: &'static str) -> Arc<dyn Format> {
    let meaning = meaning(TimeBasis::Completed, ByteSemantics::Unknown).escaped(Escape::None);
    Meant::apache(name, text, meaning, as_read)
}

/// `%!999b`: a condition that always holds, so that `-` is no zero.
fn jetty(name: &'static str, text: &'static str) -> Arc<dyn Format> {
    Meant::apache(name, text, Meaning::UNKNOWN, as_read)
}

fn litespeed(name: &'static str, text: &'static str) -> Arc<dyn Format> {
    Meant::apache(name, text, meaning(TimeBasis::Received, ByteSemantics::BodyWritten), unquoted_login)
}

fn unquoted_login(record: &mut Record<'_>) {
    let inner = |text: &[u8]| text.len() > 2 && text.starts_with(b"\"") && text.ends_with(b"\"");
    if let Some(login) = record.principal.filter(|text| inner(text)) {
        record.principal = login.get(1..login.len() - 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::named;
    use crate::format::tests::{fault, record};
    use crate::record::{Bytes, Stamp, Zone};

    #[test]
    fn each_name_means_what_its_server_writes() {
        use ByteSemantics::{BodyWritten, Unknown};
        for (name, basis, bytes, dash_is_zero) in [
            ("tomcat-common", TimeBasis::Completed, Unknown, true),
            ("tomcat-combined", TimeBasis::Completed, Unknown, true),
            ("jetty-common", TimeBasis::Unknown, Unknown, false),
            ("jetty", TimeBasis::Unknown, Unknown, false),
            ("jetty-latency", TimeBasis::Unknown, Unknown, false),
            ("varnishncsa", TimeBasis::Received, BodyWritten, false),
            ("lighttpd", TimeBasis::Completed, BodyWritten, true),
            ("openlitespeed", TimeBasis::Received, BodyWritten, true),
            ("openlitespeed-vhost", TimeBasis::Received, BodyWritten, true),
        ] {
            let meaning = named(name, None).unwrap().meaning();
            assert_eq!((meaning.time_basis, meaning.bytes), (basis, bytes), "{name}");
            assert_eq!(meaning.dash_is_zero, dash_is_zero, "{name}");
        }
    }

    #[test]
    fn the_columns_are_those_of_the_shape() {
        for entry in FORMATS {
            let read = record(entry.name, entry.sample);
            let time = Stamp { local_us: 971_186_136_000_000, zone: Zone::Offset(-25200) };
            assert_eq!((read.client, read.time), (Some(&b"192.0.2.7"[..]), time), "{}", entry.name);
            assert_eq!((read.status, read.bytes), (Some(200), Bytes::Logged(2326)), "{}", entry.name);
            assert_eq!(read.principal, Some(&b"kim"[..]), "{}", entry.name);
            assert_eq!(
                (read.method, read.target),
                (Some(&b"GET"[..]), Some(&b"/a.csv?b=c"[..])),
                "{}",
                entry.name
            );
            assert_eq!(read.x_forwarded_for, None, "{}", entry.name);
        }
    }

    /// METHOD M5.3.
    #[test]
    fn a_dash_is_zero_only_where_the_server_writes_it_for_zero() {
        let line = r#"192.0.2.7 - - [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.1" 304 - "-" "-""#;
        for (name, wanted) in [
            ("tomcat-combined", Bytes::Logged(0)),
            ("openlitespeed", Bytes::Logged(0)),
            ("jetty", Bytes::Unlogged),
            ("varnishncsa", Bytes::Unlogged),
        ] {
            assert_eq!(record(name, line).bytes, wanted, "{name}");
        }
    }

    #[test]
    fn the_second_column_of_lighttpd_is_the_host() {
        let read = record("lighttpd", line!("www.example.org", r#" "-" "curl/8.5.0""#));
        assert_eq!(read.host, Some(&b"www.example.org"[..]));
    }

    #[test]
    fn the_third_quoted_column_of_openlitespeed_is_the_host() {
        let line = r#"192.0.2.7 - "kim" [10/Oct/2000:13:55:36 -0700] "GET / HTTP/2" 200 5 "-" "-" "www.example.org""#;
        let read = record("openlitespeed-vhost", line);
        assert_eq!((read.host, read.principal), (Some(&b"www.example.org"[..]), Some(&b"kim"[..])));
        assert!(fault("openlitespeed", line).1 != "%h", "one column more is another format's");
    }

    #[test]
    fn a_line_of_another_shape_is_refused() {
        let latency = line!("-", r#" "-" "curl/8.5.0" 12"#);
        for name in ["jetty", "tomcat-combined", "varnishncsa", "openlitespeed", "tomcat-common"] {
            fault(name, latency);
        }
        fault("jetty-latency", line!("-", r#" "-" "curl/8.5.0""#));
    }
}
