//! The list of named formats, and how one is asked for.
//!
//! Apache and nginx write the same shapes. A *look-alike* shape is listed once; what its time and bytes
//! mean depends on the server, and is unknown until somebody declares it (METHOD M5.2). The definite
//! names (`apache-combined`, `nginx-combined`, `debian-combined` …) are that declaration in one word.

use super::Format;
use super::mapped::Mapped;
use crate::template::{Reading, Template, TemplateError, nearest};
use std::sync::{Arc, LazyLock};
use thiserror::Error;

/// Formats that may share a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Family {
    /// What it is called.
    pub name: &'static str,
    /// What kind of log it is, for METHOD M6.9: all web servers are one kind, each store, network and balancer its own.
    pub kind: &'static str,
}

impl Family {
    /// Web servers' access logs.
    pub const CLF: Self = Self::web_server("clf");
    /// Tableau Server's gateway.
    pub const TABLEAU: Self = Self::web_server("tableau");
    /// Web servers' error logs: messages, no requests.
    pub const ERROR_LOG: Self = Self::of("error-log");

    /// A kind of its own.
    #[must_use]
    pub const fn of(name: &'static str) -> Self {
        Self { name, kind: name }
    }

    /// What a web server (or a proxy in its place) writes.
    #[must_use]
    pub const fn web_server(name: &'static str) -> Self {
        Self { name, kind: "web-server" }
    }
}

/// The server that wrote a log, as its owner declares it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Server {
    /// Apache httpd.
    Apache,
    /// nginx.
    Nginx,
}

/// Whose format it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Vendor {
    /// Apache httpd.
    Apache,
    /// nginx.
    Nginx,
    /// Apache and nginx write the same shape.
    Either,
    /// Tableau Server.
    Tableau,
    /// That of the family.
    Own,
}

/// Where the layout is known from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Origin {
    /// Real logs of it were read.
    Seen,
    /// Only the vendor's documentation was read.
    Documentation,
}

/// A named format.
#[derive(Debug, Clone, Copy)]
pub struct Named {
    /// The name it is asked for by.
    pub name: &'static str,
    /// Its family.
    pub family: Family,
    /// Whose it is.
    pub vendor: Vendor,
    /// The `LogFormat` text, if Apache (or Tableau's Apache) writes the shape.
    pub apache: Option<&'static str>,
    /// The `log_format` text, if nginx writes the shape.
    pub nginx: Option<&'static str>,
    /// How it is made, if it is no template.
    pub own: Option<fn() -> Arc<dyn Format>>,
    /// Whether the shape alone does not tell what time and bytes mean.
    pub look_alike: bool,
    /// Whether [`crate::sniff`] tries it. Definite names of a look-alike are not tried.
    pub sniffed: bool,
    /// Where the layout is known from.
    pub origin: Origin,
    /// One line of it. SYNTHETIC.
    pub sample: &'static str,
}

impl Named {
    /// A format that is no template. It is looked for.
    #[must_use]
    pub const fn own(
        name: &'static str,
        family: Family,
        origin: Origin,
        sample: &'static str,
        make: fn() -> Arc<dyn Format>,
    ) -> Self {
        Self {
            name,
            family,
            vendor: Vendor::Own,
            apache: None,
            nginx: None,
            own: Some(make),
            look_alike: false,
            sniffed: true,
            origin,
            sample,
        }
    }

    /// The template text of its own vendor; empty where the format is no template.
    #[must_use]
    pub fn template(&self) -> &'static str {
        let (first, second) = match self.vendor {
            Vendor::Nginx => (self.nginx, self.apache),
            _ => (self.apache, self.nginx),
        };
        first.or(second).unwrap_or_default()
    }
}

/// Every named format, families together, in the order in which ties are broken.
#[must_use]
pub fn catalogue() -> &'static [Named] {
    static ALL: LazyLock<Vec<Named>> = LazyLock::new(|| {
        let parts = [
            super::apache::FORMATS,
            super::nginx::FORMATS,
            super::untimed::FORMATS,
            super::tableau::FORMATS,
            super::akamai::FORMATS,
            super::app_gateway::FORMATS,
            super::atlassian::FORMATS,
            super::azure_monitor::FORMATS,
            super::azure_storage::FORMATS,
            super::caddy::FORMATS,
            super::ceph_ops::FORMATS,
            super::ceph_rgw::FORMATS,
            super::cloudflare::FORMATS,
            super::cloudfront::FORMATS,
            super::cloudtrail::FORMATS,
            super::edgar::FORMATS,
            super::elb::FORMATS,
            super::envoy::FORMATS,
            super::fastly::FORMATS,
            super::front_door::FORMATS,
            super::gcs::FORMATS,
            super::google_audit::FORMATS,
            super::google_drive::FORMATS,
            super::google_lb::FORMATS,
            super::haproxy::FORMATS,
            super::iis::FORMATS,
            super::ltsv::FORMATS,
            super::m365::FORMATS,
            super::minio::FORMATS,
            super::nextcloud::FORMATS,
            super::openssh_sftp::FORMATS,
            super::proftpd::FORMATS,
            super::pure_ftpd::FORMATS,
            super::s3::FORMATS,
            super::servers::FORMATS,
            super::sftpgo::FORMATS,
            super::squid::FORMATS,
            super::traefik::FORMATS,
            super::uwsgi::FORMATS,
            super::vsftpd::FORMATS,
            super::w3c::FORMATS,
            super::waf::FORMATS,
            super::xferlog::FORMATS,
            super::zeek::FORMATS,
            super::error_log::FORMATS,
        ];
        parts.into_iter().flatten().copied().collect()
    });
    &ALL
}

/// One format by name (`combined`, `nginx` …), by template (`apache:TEXT`, `nginx:TEXT`) or by a map of JSON keys (`json:MAP`). `server`
/// settles what a look-alike means; without it, those that belong to one vendor mean what that vendor
/// writes, and `common` and `combined` stay unknown (Debian's Apache ships `%O` in them).
///
/// # Errors
/// An unknown name, with the nearest known one, or a template that does not compile.
pub fn named(spec: &str, server: Option<Server>) -> Result<Arc<dyn Format>, FormatError> {
    if let Some(text) = spec.strip_prefix("apache:") {
        return Ok(Arc::new(Template::apache(spec, text)?));
    }
    if let Some(text) = spec.strip_prefix("nginx:") {
        return Ok(Arc::new(Template::nginx(spec, text)?));
    }
    if let Some(text) = spec.strip_prefix("w3c:") {
        return super::w3c::of_names(text).ok_or_else(|| FormatError::Names(text.to_owned()));
    }
    if let Some(text) = spec.strip_prefix("json:") {
        return Ok(Arc::new(Mapped::parse(spec, text).map_err(FormatError::Map)?));
    }
    let name = match spec {
        "nginx" => "nginx-combined",
        "apache" => "apache-combined",
        _ => spec,
    };
    match catalogue().iter().find(|entry| entry.name.eq_ignore_ascii_case(name)) {
        Some(entry) => entry.compile(server, true),
        None => {
            let near = nearest(name, catalogue().iter().map(|entry| entry.name));
            Err(FormatError::Unknown { name: spec.to_owned(), nearest: near.map(str::to_owned) })
        }
    }
}

impl Named {
    /// The format, for a file of `server`. `asked` tells whether the operator chose the name: under
    /// detection no look-alike is taken for its vendor's.
    pub(crate) fn compile(
        &self,
        server: Option<Server>,
        asked: bool,
    ) -> Result<Arc<dyn Format>, FormatError> {
        if let Some(make) = self.own {
            return Ok(make());
        }
        let reading =
            Reading { words: self.family == Family::TABLEAU, look_alike: self.family == Family::CLF };
        let own = match self.vendor {
            Vendor::Nginx => Some(Server::Nginx),
            Vendor::Apache | Vendor::Tableau => Some(Server::Apache),
            Vendor::Either | Vendor::Own => None,
        };
        let own = if asked || !self.look_alike { own } else { None };
        let chosen = if self.look_alike { server.or(own) } else { own };
        let template = match (chosen, self.apache, self.nginx) {
            (Some(Server::Apache), Some(text), _) => Template::apache_as(self.name, text, reading)?,
            (Some(Server::Nginx), _, Some(text)) => Template::nginx_as(self.name, text, reading)?,
            (_, Some(text), _) => Template::apache_as(self.name, text, reading)?.undeclared(),
            (_, None, text) => Template::nginx_as(self.name, text.unwrap_or_default(), reading)?.undeclared(),
        };
        Ok(Arc::new(template))
    }
}

/// A format that was asked for and is not there.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FormatError {
    /// No such name.
    #[error("no format is named `{name}`{}", hint(.nearest.as_deref()))]
    Unknown {
        /// The name asked for.
        name: String,
        /// The nearest known name.
        nearest: Option<String>,
    },
    /// The text behind `w3c:` names no columns that are known.
    #[error(
        "`{0}` names no columns of a W3C log\nhint: write them as `#Fields:` does, such as 'w3c:date time c-ip cs-method cs-uri-stem sc-status'"
    )]
    Names(String),
    /// The text behind `json:` is no map of fields.
    #[error("{0}\nhint: write `json:client=KEY,time=KEY,target=KEY`, keys inside objects as `request.uri`")]
    Map(String),
    /// The text behind `apache:` or `nginx:` does not compile.
    #[error(transparent)]
    Template(#[from] TemplateError),
}

fn hint(nearest: Option<&str>) -> String {
    nearest.map(|name| format!("\nhint: did you mean `{name}`?")).unwrap_or_default()
}

/// A shape that both servers write: the same in Apache's words, nginx's words and a sample line.
macro_rules! shape {
    ($name:literal, $vendor:ident, $origin:ident, $apache:expr, $nginx:expr, $sample:expr) => {
        $crate::format::Named {
            name: $name,
            family: $crate::format::Family::CLF,
            vendor: $crate::format::Vendor::$vendor,
            apache: Some($apache),
            nginx: Some($nginx),
            own: None,
            look_alike: true,
            sniffed: true,
            origin: $crate::format::Origin::$origin,
            sample: $sample,
        }
    };
}

/// `LogFormat` text of the common columns between a lead and a rest.
macro_rules! clf {
    ($lead:literal, $rest:literal) => {
        concat!($lead, r#"%h %l %u %t "%r" %>s %b"#, $rest)
    };
}

/// The same in nginx's words.
macro_rules! ngx {
    ($lead:literal, $rest:literal) => {
        concat!(
            $lead,
            r#"$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent"#,
            $rest
        )
    };
}

/// A SYNTHETIC line of those columns.
macro_rules! line {
    ($lead:literal, $rest:literal) => {
        concat!(
            $lead,
            r#"192.0.2.7 - kim [10/Oct/2000:13:55:36 -0700] "GET /a.csv?b=c HTTP/1.1" 200 2326"#,
            $rest
        )
    };
}

pub(super) use {clf, line, ngx, shape};
