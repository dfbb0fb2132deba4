//! Tableau Server's gateway: Apache httpd with `LogFormat`s of its own, in generations.
//!
//! Sources: the `httpd.conf` of a 10.5 server; tableau/Logshark, `ApacheEventParser.cs`; a Go parser's test
//! with the 2020.1 format string.
//!
//! Up to 2018.1 column 1 is the client; from 2018.2 on it is the host that was asked for (`%V`), and the
//! client is column 2. The zone is what `%z` prints, on Windows a name with spaces, quoted since 2018.2.
//!
//! What the gateway cannot record: the login (`%u` is practically always `-`: it is in the vizportal log),
//! the size of the object, whether a transfer was cut, and which view's data left: an export's URL carries
//! a session, no name. The quoted `Content-Length` is the *request's*, written by the client. The
//! `referer_stub` of 2021.3 is the referer without its path. Bytes are `%b`: planned, not sent.

use super::{Family, Named, Origin, Vendor};

macro_rules! gateway {
    ($rest:literal) => {
        concat!(
            r#"%V %h %u %{%Y-%m-%dT%X}t.%{msec_frac}t "%{%z}t" %p "%r" "%{X-Forwarded-For}i" %>s %b "%{Content-Length}i" %D %{UNIQUE_ID}e"#,
            $rest
        )
    };
}

macro_rules! line {
    ($rest:literal) => {
        concat!(
            r#"tab.example.org 192.0.2.7 - 2019-10-03T22:25:32.975 "Pacific Daylight Time" 80 "GET /views/Permits/All HTTP/1.1" "-" 200 395 "-" 215505 XZbXzBPVoXiKAmfcaR4JPAAAAUM"#,
            $rest
        )
    };
}

pub(super) const FORMATS: &[Named] = &[
    generation(
        "tableau-2021.3",
        gateway!(
            r#" %{tableau_error_source}o %{tableau_status_code}o %{tableau_error_code}o %{tableau_service_name}o "%{X-Tableau-Trace-Id}i" "%{Referer}i" %A %l %s"#
        ),
        line!(r#" - - - - "-" "https://example.org/" 10.0.0.4 - 200"#),
    ),
    generation(
        "tableau-2020.1-trace",
        gateway!(
            r#" %{tableau_error_source}o %{tableau_status_code}o %{tableau_error_code}o %{tableau_service_name}o "%{X-Tableau-Trace-Id}i""#
        ),
        line!(r#" System 4 0x640D9F85 dataserver "-""#),
    ),
    generation(
        "tableau-2020.1",
        gateway!(
            r#" %{tableau_error_source}o %{tableau_status_code}o %{tableau_error_code}o %{tableau_service_name}o"#
        ),
        line!(" System 4 0x640D9F85 dataserver"),
    ),
    generation("tableau-2018.2", gateway!(""), line!("")),
    generation(
        "tableau-9",
        r#"%h %l %u %{%Y-%m-%d %X}t.%{msec_frac}t %{%z}t %p "%r" "%{X-Forwarded-For}i" %>s %b "%{Content-Length}i" %D %{UNIQUE_ID}e"#,
        r#"192.0.2.7 - - 2015-07-17 00:01:04.222 Eastern Daylight Time 80 "GET /views/Permits/All HTTP/1.1" "-" 200 18388 "-" 11341724 Vah@AAMoOaUAADKU7-cAAAMO"#,
    ),
];

const fn generation(name: &'static str, text: &'static str, sample: &'static str) -> Named {
    Named {
        name,
        family: Family::TABLEAU,
        vendor: Vendor::Tableau,
        apache: Some(text),
        nginx: None,
        own: None,
        look_alike: false,
        sniffed: true,
        origin: Origin::Seen,
        sample,
    }
}
