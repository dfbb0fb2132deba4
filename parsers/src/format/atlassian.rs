//! Access logs of Atlassian's servers: Confluence and Jira (`tomcat`), Bitbucket (`bitbucket`).

mod bitbucket;
mod tomcat;

use super::{Family, Named, Origin};

pub(super) const FORMATS: &[Named] = &[
    Named::own("atlassian", Family::web_server("atlassian"), Origin::Seen, tomcat::SAMPLE, tomcat::make),
    Named::own(
        "bitbucket",
        Family::web_server("bitbucket"),
        Origin::Seen,
        bitbucket::SAMPLE,
        bitbucket::make,
    ),
];
