//! Apache httpd's access logs: the nicknames of its manual, Debian's, and their look-alikes.
//!
//! Source: httpd manual, mod_log_config ("Examples", "Some Notes"), mod_logio, mod_ssl (`ssl_request_log`
//! of `conf/extra/httpd-ssl.conf`); Debian's `apache2.conf`.
//!
//! What these formats cannot record: whether a transfer was cut (only `%X` can, and none of them has it),
//! the size of the object, and in `common` and `combined` of an undeclared server what the byte column
//! counts: `%b` is the size of the response, whether or not it arrived; Debian writes `%O`, all bytes on
//! the wire, in the same place; nginx writes the body bytes sent. `ssl_request` has no status.
//!
//! A trailing number (`combined-number` …) is a duration as often as a byte count: it is skipped, and the
//! bytes stay those of the CLF column. `combinedio` has to be asked for by name.

use super::catalogue::{clf, line, ngx, shape};
use super::{Family, Named, Origin, Vendor};

pub(super) const FORMATS: &[Named] = &[
    shape!(
        "combined",
        Either,
        Seen,
        clf!("", r#" "%{Referer}i" "%{User-Agent}i""#),
        ngx!("", r#" "$http_referer" "$http_user_agent""#),
        line!("", r#" "-" "curl/8.5.0""#)
    ),
    shape!("common", Either, Seen, clf!("", ""), ngx!("", ""), line!("", "")),
    shape!(
        "vhost_combined",
        Apache,
        Seen,
        r#"%v:%p %h %l %u %t "%r" %>s %O "%{Referer}i" "%{User-Agent}i""#,
        ngx!("$host:$server_port ", r#" "$http_referer" "$http_user_agent""#),
        line!("www.example.org:443 ", r#" "-" "curl/8.5.0""#)
    ),
    shape!(
        "vhost_common",
        Apache,
        Documentation,
        clf!("%v ", ""),
        ngx!("$host ", ""),
        line!("www.example.org ", "")
    ),
    shape!(
        "host-combined",
        Either,
        Seen,
        clf!("%v ", r#" "%{Referer}i" "%{User-Agent}i""#),
        ngx!("$host ", r#" "$http_referer" "$http_user_agent""#),
        line!("www.example.org ", r#" "-" "curl/8.5.0""#)
    ),
    shape!(
        "host-port-common",
        Either,
        Documentation,
        clf!("%v:%p ", ""),
        ngx!("$host:$server_port ", ""),
        line!("www.example.org:443 ", "")
    ),
    shape!(
        "combined-number",
        Either,
        Documentation,
        clf!("", r#" "%{Referer}i" "%{User-Agent}i" %D"#),
        ngx!("", r#" "$http_referer" "$http_user_agent" $request_time"#),
        line!("", r#" "-" "curl/8.5.0" 116075"#)
    ),
    shape!(
        "combined-two-numbers",
        Either,
        Documentation,
        clf!("", r#" "%{Referer}i" "%{User-Agent}i" %k %D"#),
        ngx!("", r#" "$http_referer" "$http_user_agent" $request_length $request_time"#),
        line!("", r#" "-" "curl/8.5.0" 512 2820"#)
    ),
    shape!(
        "vhost_combined-number",
        Either,
        Seen,
        clf!("%v:%p ", r#" "%{Referer}i" "%{User-Agent}i" %D"#),
        ngx!("$host:$server_port ", r#" "$http_referer" "$http_user_agent" $request_time"#),
        line!("www.example.org:443 ", r#" "-" "curl/8.5.0" 116075"#)
    ),
    shape!(
        "host-combined-seconds",
        Either,
        Documentation,
        r#"%v %h %l %u %t (%T s) "%r" %>s %b "%{Referer}i" "%{User-Agent}i""#,
        r#"$host $remote_addr - $remote_user [$time_local] ($request_time s) "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent""#,
        r#"www.example.org 192.0.2.7 - - [10/Oct/2000:13:55:36 -0700] (0 s) "GET / HTTP/1.1" 200 5 "-" "-""#
    ),
    Named {
        sniffed: true,
        ..definite(
            "ssl_request",
            Origin::Seen,
            r#"%t %h %{SSL_PROTOCOL}x %{SSL_CIPHER}x "%r" %b"#,
            r#"[10/Oct/2000:13:55:36 -0700] 192.0.2.7 TLSv1.2 ECDHE-RSA-AES128-GCM-SHA256 "GET / HTTP/1.1" 1375"#,
        )
    },
    definite("apache-common", Origin::Documentation, clf!("", ""), line!("", "")),
    definite(
        "apache-combined",
        Origin::Documentation,
        clf!("", r#" "%{Referer}i" "%{User-Agent}i""#),
        line!("", r#" "-" "curl/8.5.0""#),
    ),
    definite(
        "combinedio",
        Origin::Documentation,
        clf!("", r#" "%{Referer}i" "%{User-Agent}i" %I %O"#),
        line!("", r#" "-" "curl/8.5.0" 512 2820"#),
    ),
    definite("debian-common", Origin::Documentation, r#"%h %l %u %t "%r" %>s %O"#, line!("", "")),
    definite(
        "debian-combined",
        Origin::Documentation,
        r#"%h %l %u %t "%r" %>s %O "%{Referer}i" "%{User-Agent}i""#,
        line!("", r#" "-" "curl/8.5.0""#),
    ),
];

/// A format that is Apache's and nothing else, used when asked for.
const fn definite(name: &'static str, origin: Origin, text: &'static str, sample: &'static str) -> Named {
    Named {
        name,
        family: Family::CLF,
        vendor: Vendor::Apache,
        apache: Some(text),
        nginx: None,
        own: None,
        look_alike: false,
        sniffed: false,
        origin,
        sample,
    }
}
