//! Access-log parsers: bytes in, records or faults out.
//!
//! A block of bytes is cut into [`framing::Line`]s, a [`format::Format`] reads one line into a
//! [`record::Record`], a directive or a [`fault::Fault`]. Nothing here opens a file, reads a clock or
//! starts a thread, and no field is decoded: every slice of a record borrows from its line.
//!
//! | module | what |
//! |---|---|
//! | [`encoding`] | UTF-16 told by its mark, and decoded |
//! | [`framing`] | bytes → lines |
//! | [`token`] | the leaves that formats share: quoted text, times, requests, numbers, ranges |
//! | [`template`] | `LogFormat` and `log_format` text → a compiled [`template::Template`] |
//! | [`format`](mod@format) | the named formats, their catalogue, and an ordered set tried on one line |
//! | [`config`] | templates declared in `httpd.conf` and `nginx.conf` |
//! | [`prefix`] | what a collector put round a line is peeled off |
//! | [`joiner`] | lines that a container runtime wrote in parts |
//! | [`unit`](mod@unit) | one line → record, directive or fault, with or without prefix |
//! | [`sniff`] | which formats a sample of a file follows |
//! | [`unread`] | the first line of a file that no format reads |
//! | [`record`], [`fault`] | what comes out |

pub mod config;
pub mod document;
pub mod encoding;
pub mod fault;
pub mod format;
pub mod framing;
pub mod joiner;
pub mod prefix;
pub mod record;
pub mod sniff;
pub mod template;
pub mod token;
pub mod unit;
pub mod unread;
