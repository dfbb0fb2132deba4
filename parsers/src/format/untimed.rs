//! The shapes of Apache and nginx without a time column, as servers write them whose collector adds the time.
//!
//! They are read behind a prefix only, whose time becomes the record's, with basis `unknown`: it is when the
//! collector wrote, not when the request was ([`crate::unit`]). A login has no spaces here, so no line with a
//! time of its own passes for one of them.
//!
//! Seen: `common-untimed-number` behind syslog, as an application server's `tomcat.log`. The others are
//! the same without the trailing duration, and with the two columns of `combined`.
//!
//! What these formats cannot record: what `common` and `combined` cannot, and when the request was.

use super::Named;
use super::catalogue::shape;

macro_rules! clf {
    ($rest:literal) => {
        concat!(r#"%h %l %u "%r" %>s %b"#, $rest)
    };
}

macro_rules! ngx {
    ($rest:literal) => {
        concat!(r#"$remote_addr - $remote_user "$request" $status $body_bytes_sent"#, $rest)
    };
}

macro_rules! line {
    ($rest:literal) => {
        concat!(r#"192.0.2.7 - kim "GET /a.csv?b=c HTTP/1.1" 200 2326"#, $rest)
    };
}

pub(super) const FORMATS: &[Named] = &[
    shape!("common-untimed", Either, Documentation, clf!(""), ngx!(""), line!("")),
    shape!("common-untimed-number", Either, Seen, clf!(" %T"), ngx!(" $request_time"), line!(" 4.386")),
    shape!(
        "combined-untimed",
        Either,
        Documentation,
        clf!(r#" "%{Referer}i" "%{User-Agent}i""#),
        ngx!(r#" "$http_referer" "$http_user_agent""#),
        line!(r#" "-" "curl/8.5.0""#)
    ),
];
