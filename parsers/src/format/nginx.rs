//! nginx's access logs: its built-in `combined`, the commonest extensions, ingress-nginx.
//!
//! Sources: ngx_http_log_module (`combined`), the `main` format of the packaged `nginx.conf`, NGINX
//! Amplify's `main_ext`, ingress-nginx "Log format", nginx-proxy-manager's `log-proxy.conf` (its second
//! column is the *upstream's* status, the third the one sent to the client).
//!
//! What these formats cannot record: the size of the object, and when a request began (the time is that of
//! the log's writing; with `$request_time`, which is skipped here, the beginning can be computed). A third
//! quoted column is taken for `X-Forwarded-For`, as `main` has it.
//!
//! A client column may be a list (`10.0.0.2, 10.0.0.1, 127.0.0.1 - -`) where a proxy's header was put in
//! the place of the address; and some logs put the header *before* the address, quoted or not.

use super::catalogue::{clf, line, ngx, shape};
use super::{Family, Named, Origin, Vendor};

pub(super) const FORMATS: &[Named] = &[
    shape!(
        "nginx-xff",
        Nginx,
        Seen,
        clf!("", r#" "%{Referer}i" "%{User-Agent}i" "%{X-Forwarded-For}i""#),
        ngx!("", r#" "$http_referer" "$http_user_agent" "$http_x_forwarded_for""#),
        line!("", r#" "-" "curl/8.5.0" "198.51.100.4""#)
    ),
    shape!(
        "nginx-host-xff",
        Nginx,
        Seen,
        clf!("%v ", r#" "%{Referer}i" "%{User-Agent}i" "%{X-Forwarded-For}i""#),
        ngx!("$host ", r#" "$http_referer" "$http_user_agent" "$http_x_forwarded_for""#),
        line!("www.example.org ", r#" "-" "curl/8.5.0" "-""#)
    ),
    shape!(
        "nginx-vhost-xff",
        Nginx,
        Documentation,
        clf!("%v:%p ", r#" "%{Referer}i" "%{User-Agent}i" "%{X-Forwarded-For}i""#),
        ngx!("$host:$server_port ", r#" "$http_referer" "$http_user_agent" "$http_x_forwarded_for""#),
        line!("www.example.org:443 ", r#" "-" "curl/8.5.0" "-""#)
    ),
    shape!(
        "nginx-xff-number",
        Nginx,
        Documentation,
        clf!("", r#" "%{Referer}i" "%{User-Agent}i" "%{X-Forwarded-For}i" %D"#),
        ngx!("", r#" "$http_referer" "$http_user_agent" "$http_x_forwarded_for" $request_time"#),
        line!("", r#" "-" "curl/8.5.0" "-" 0.005"#)
    ),
    shape!(
        "nginx-xff-two-numbers",
        Nginx,
        Documentation,
        clf!("", r#" "%{Referer}i" "%{User-Agent}i" "%{X-Forwarded-For}i" %T %D"#),
        ngx!(
            "",
            r#" "$http_referer" "$http_user_agent" "$http_x_forwarded_for" $request_time $upstream_response_time"#
        ),
        line!("", r#" "-" "curl/8.5.0" "-" 0.005 0.004"#)
    ),
    shape!(
        "nginx-forwarded",
        Nginx,
        Seen,
        clf!("%{X-Forwarded-For}i ", r#" "%{Referer}i" "%{User-Agent}i""#),
        ngx!("$http_x_forwarded_for ", r#" "$http_referer" "$http_user_agent""#),
        line!("198.51.100.4, 10.225.192.17 ", r#" "-" "curl/8.5.0""#)
    ),
    shape!(
        "nginx-forwarded-quoted",
        Nginx,
        Seen,
        clf!(r#""%{X-Forwarded-For}i" "#, r#" "%{Referer}i" "%{User-Agent}i""#),
        ngx!(r#""$http_x_forwarded_for" "#, r#" "$http_referer" "$http_user_agent""#),
        line!(r#""198.51.100.4, 10.225.192.17" "#, r#" "-" "curl/8.5.0""#)
    ),
    shape!(
        "nginx-host-forwarded",
        Nginx,
        Seen,
        clf!("%v %{X-Forwarded-For}i ", r#" "%{Referer}i" "%{User-Agent}i""#),
        ngx!("$host $http_x_forwarded_for ", r#" "$http_referer" "$http_user_agent""#),
        line!("www.example.org 198.51.100.4, 10.225.192.17 ", r#" "-" "curl/8.5.0""#)
    ),
    shape!(
        "nginx-vhost-forwarded",
        Nginx,
        Documentation,
        clf!("%v:%p %{X-Forwarded-For}i ", r#" "%{Referer}i" "%{User-Agent}i""#),
        ngx!("$host:$server_port $http_x_forwarded_for ", r#" "$http_referer" "$http_user_agent""#),
        line!("www.example.org:80 198.51.100.4, 10.225.192.17 ", r#" "-" "curl/8.5.0""#)
    ),
    shape!(
        "nginx-host-forwarded-quoted",
        Nginx,
        Documentation,
        clf!(r#"%v "%{X-Forwarded-For}i" "#, r#" "%{Referer}i" "%{User-Agent}i""#),
        ngx!(r#"$host "$http_x_forwarded_for" "#, r#" "$http_referer" "$http_user_agent""#),
        line!(r#"www.example.org "198.51.100.4, 10.225.192.17" "#, r#" "-" "curl/8.5.0""#)
    ),
    shape!(
        "nginx-vhost-forwarded-quoted",
        Nginx,
        Seen,
        clf!(r#"%v:%p "%{X-Forwarded-For}i" "#, r#" "%{Referer}i" "%{User-Agent}i""#),
        ngx!(r#"$host:$server_port "$http_x_forwarded_for" "#, r#" "$http_referer" "$http_user_agent""#),
        line!(r#"www.example.org:80 "198.51.100.4, 10.225.192.17" "#, r#" "-" "curl/8.5.0""#)
    ),
    definite(
        "nginx-main-ext",
        true,
        Origin::Documentation,
        ngx!(
            "",
            r#" "$http_referer" "$http_user_agent" "$http_x_forwarded_for" "$host" sn="$server_name" rt=$request_time ua="$upstream_addr" us="$upstream_status" ut="$upstream_response_time" ul="$upstream_response_length" cs=$upstream_cache_status"#
        ),
        line!(
            "",
            r#" "-" "curl/8.5.0" "-" "www.example.org" sn="_" rt=0.005 ua="127.0.0.1:8080" us="200" ut="0.004" ul="2326" cs=-"#
        ),
    ),
    definite(
        "k8s-ingress-nginx",
        true,
        Origin::Seen,
        ngx!(
            "",
            r#" "$http_referer" "$http_user_agent" $request_length $request_time [$proxy_upstream_name] [$proxy_alternative_upstream_name] $upstream_addr $upstream_response_length $upstream_response_time $upstream_status $req_id"#
        ),
        line!(
            "",
            r#" "-" "curl/8.5.0" 89 0.001 [default-web-8080] [] 10.0.0.5:8080, 10.0.0.6:8080 0, 2326 0.100, 0.004 502, 200 529a007902362a5f51385a5fa7049884"#
        ),
    ),
    definite(
        "nginx-proxy-manager",
        true,
        Origin::Documentation,
        r#"[$time_local] $upstream_cache_status $upstream_status $status - $request_method $scheme $host "$request_uri" [Client $remote_addr] [Length $body_bytes_sent] [Gzip $gzip_ratio] [Sent-to $server] "$http_user_agent" "$http_referer""#,
        r#"[10/Oct/2000:13:55:36 -0700] - 200 200 - GET https www.example.org "/a?b=c" [Client 192.0.2.7] [Length 2326] [Gzip -] [Sent-to 10.0.0.5] "curl/8.5.0" "-""#,
    ),
    definite(
        "nginx-proxy-manager-standard",
        true,
        Origin::Documentation,
        r#"[$time_local] $status - $request_method $scheme $host "$request_uri" [Client $remote_addr] [Length $body_bytes_sent] [Gzip $gzip_ratio] "$http_user_agent" "$http_referer""#,
        r#"[10/Oct/2000:13:55:36 -0700] 404 - GET http www.example.org "/a" [Client 192.0.2.7] [Length 150] [Gzip -] "curl/8.5.0" "-""#,
    ),
    definite("nginx-common", false, Origin::Documentation, ngx!("", ""), line!("", "")),
    definite(
        "nginx-combined",
        false,
        Origin::Documentation,
        ngx!("", r#" "$http_referer" "$http_user_agent""#),
        line!("", r#" "-" "curl/8.5.0""#),
    ),
];

/// A format that is nginx's and nothing else.
const fn definite(
    name: &'static str,
    sniffed: bool,
    origin: Origin,
    text: &'static str,
    sample: &'static str,
) -> Named {
    Named {
        name,
        family: Family::CLF,
        vendor: Vendor::Nginx,
        apache: None,
        nginx: Some(text),
        own: None,
        look_alike: false,
        sniffed,
        origin,
        sample,
    }
}
