//! One row of `truth.csv`: what the generator meant by one physical line of a log.
//!
//! Nothing here is worked out from the line's text. Fields hold no comma and no quote, so that
//! `awk -F,` reads them; [`Row::csv`] refuses a row that does.

use crate::PlanError;

/// What was meant by one line. Empty text where a column does not apply.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row {
    /// Log file, relative to the case file.
    pub source_file: String,
    /// Physical line in the decompressed file, from 1.
    pub line: usize,
    /// Bytes of the line, its ending included.
    pub line_bytes: usize,
    /// `record`, `blank`, or `fault:` and the kind.
    pub kind: String,
    /// Time as the log states it, in UTC.
    pub time_utc: String,
    /// `origin` or `edge`.
    pub vantage: String,
    /// The socket's other end, as written.
    pub peer: String,
    /// How the client is found: `header`, `peer`, `unparsable-hop`, `all-trusted`, `none`.
    pub client_from: String,
    /// The client, in canonical spelling.
    pub client: String,
    /// `ip4`, `ip6`, `name`, `unknown`.
    pub client_kind: String,
    /// The client's /64 (IPv6 only).
    pub net64: String,
    /// The client's /56 (IPv6 only).
    pub net56: String,
    /// The client's /48 (IPv6 only).
    pub net48: String,
    /// User agent, `-` where the log has no such column.
    pub agent: String,
    /// Login, unescaped; `-` for none.
    pub login: String,
    /// Who this is in the story.
    pub actor: String,
    /// Request method.
    pub method: String,
    /// Request target as drawn, before the server's escaping.
    pub path: String,
    /// The object within its resource.
    pub object: String,
    /// Status of the response.
    pub status: String,
    /// Bytes of the response; a logged `-` is 0 in both formats.
    pub bytes: u64,
    /// The resource the request belongs to.
    pub resource: String,
    /// A later resource whose pattern it meets too.
    pub also_matches: String,
    /// `yes` or `no`.
    pub in_window: String,
    /// Outcome by METHOD section 5.
    pub outcome: String,
    /// Its row there.
    pub outcome_row: String,
    /// Why that row.
    pub reason: String,
    /// `yes` where the line is a served request of its vantage.
    pub counted: String,
    /// `counted`, or the first reason that keeps it out.
    pub why: String,
    /// The retrieval it opens or joins (origin only).
    pub retrieval_id: String,
    /// The party it belongs to.
    pub party: String,
    /// `file:line` of the first copy of this line.
    pub duplicate_of: String,
}

/// The head line of `truth.csv`.
pub const HEAD: &str = "n,source_file,line,kind,line_bytes,time_utc,vantage,peer,client_from,client,client_kind,\
net64,net56,net48,agent,login,actor,method,path,object,status,bytes,resource,also_matches,in_window,outcome,\
outcome_row,reason,counted,why,retrieval_id,party,duplicate_of\n";

impl Row {
    /// The row as one line, with its number.
    ///
    /// # Errors
    /// A field that holds a comma, a quote or a line end.
    pub fn csv(&self, n: usize) -> Result<String, PlanError> {
        let (line, line_bytes, bytes, n) =
            (self.line.to_string(), self.line_bytes.to_string(), self.bytes.to_string(), n.to_string());
        let fields = [
            &n,
            &self.source_file,
            &line,
            &self.kind,
            &line_bytes,
            &self.time_utc,
            &self.vantage,
            &self.peer,
            &self.client_from,
            &self.client,
            &self.client_kind,
            &self.net64,
            &self.net56,
            &self.net48,
            &self.agent,
            &self.login,
            &self.actor,
            &self.method,
            &self.path,
            &self.object,
            &self.status,
            &bytes,
            &self.resource,
            &self.also_matches,
            &self.in_window,
            &self.outcome,
            &self.outcome_row,
            &self.reason,
            &self.counted,
            &self.why,
            &self.retrieval_id,
            &self.party,
            &self.duplicate_of,
        ];
        if let Some(bad) = fields.iter().find(|field| field.contains([',', '"', '\n', '\r'])) {
            return Err(PlanError::new(format!("truth row {n}: `{bad}` would need quoting")));
        }
        Ok(fields.map(String::as_str).join(",") + "\n")
    }
}
