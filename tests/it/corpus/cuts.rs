//! Logs whose lines need directives, cut into two ranges at every byte: the directives in force travel with the second
//! range, and the two together hold the same records and faults as the whole.
//!
//! A line belongs to the range in which its first byte lies, as the program's blocks have it.

use std::collections::BTreeMap;
use std::sync::Arc;

use accesstrail_parsers::encoding::Encoding;
use accesstrail_parsers::format::head::{Head, Leads};
use accesstrail_parsers::format::{Format, Split, Unit, catalogue, named, parse_any};
use accesstrail_parsers::framing::{is_blank, lines};
use accesstrail_parsers::sniff::sniff;
use accesstrail_parsers::token::time::TimeCache;

use super::under::Plan;
use super::{corpus_dir, files_below};

impl Plan {
    /// Each line that is not blank: where it begins, and what it is. Prefixes are no part of this.
    fn units<'a>(&'a self, text: &'a [u8]) -> Vec<(usize, Unit<'a>)> {
        let mut cache = TimeCache::default();
        let mut found = Vec::new();
        for (range, formats) in &self.0 {
            for line in lines(&text[range.clone()]).filter(|line| !is_blank(line.bytes)) {
                found.push((range.start + line.offset, parse_any(formats, line.bytes, &mut cache).1));
            }
        }
        found
    }
}

/// The begin of the first line that begins at `at` or behind it.
fn first_line_from(text: &[u8], at: usize) -> usize {
    match at {
        0 => 0,
        _ => text[at - 1..].iter().position(|byte| *byte == b'\n').map_or(text.len(), |end| at + end),
    }
}

/// The cuts at which the two ranges do not hold what the whole holds; without `carrying`, the second range begins with no
/// directive in force.
fn wrong_cuts(text: &[u8], formats: &[Arc<dyn Format>], carrying: bool) -> Vec<usize> {
    let plan = Plan::of(text, formats, &Head::default());
    let whole = plan.units(text);
    let is_same = |begin: usize| {
        let (front, back) = text.split_at(begin);
        let mut head = Head::default();
        let first = Plan::of(front, formats, &head);
        if carrying {
            Leads::of(formats).pass(front, Encoding::Bytes, &mut head);
        }
        let second = Plan::of(back, formats, &head);
        let mut both = first.units(front);
        both.extend(second.units(back).into_iter().map(|(at, unit)| (begin + at, unit)));
        both == whole
    };
    let mut wrong = Vec::new();
    // Every cut inside one line parts the text at the same place.
    let mut known = None;
    for cut in 0..=text.len() {
        let begin = first_line_from(text, cut);
        let same = match known {
            Some((known, same)) if known == begin => same,
            _ => is_same(begin),
        };
        known = Some((begin, same));
        if !same {
            wrong.push(cut);
        }
    }
    wrong
}

/// A log of a format: its directives several times, with other columns in another order, and lines under each.
fn sample(name: &str) -> (&'static str, [usize; 3]) {
    match name {
        "iis" => (
            "2021-04-01 00:00:20 198.51.100.1 GET /before 443 192.0.2.7 200 9\r\n\
             #Software: Microsoft Internet Information Services 10.0\r\n#Version: 1.0\r\n#Date: 2021-04-01 00:00:21\r\n\
             #Fields: date time s-ip cs-method cs-uri-stem s-port c-ip sc-status sc-bytes\r\n\
             2021-04-01 00:00:21 198.51.100.1 GET /a.csv 443 192.0.2.7 200 2770\r\n\
             2021-04-01 00:00:22 198.51.100.1 GET /b.csv 443 192.0.2.8 404\r\n\
             \r\n\
             #Remark: of nobody\r\n\
             2021-04-01 00:00:23 198.51.100.1 GET /c.csv  443 192.0.2.9 200 0\r\n\
             #Fields: sc-status date time cs-uri-stem cs-method s-port c-ip\r\n\
             200 2021-04-01 00:00:24 /d.csv GET 443 192.0.2.10\r\n\
             2021-04-01 00:00:25 198.51.100.1 GET /e.csv 443 192.0.2.7 200 2770\r\n\
             304 2021-04-01 00:00:26 /f.csv GET 443 192.0.2.11",
            [4, 6, 3],
        ),
        "iis-httperr" => (
            "#Software: Microsoft HTTP API 2.0\n\
             #Fields: date time c-ip c-port s-ip s-port cs-version cs-method cs-uri sc-status s-siteid s-reason s-queuename\n\
             2021-04-01 00:00:21 192.0.2.7 2094 198.51.100.1 80 HTTP/1.1 GET /a.csv 503 - ConnLimit -\n\
             2021-04-01 00:00:22 192.0.2.7 2094 198.51.100.1 80 - - - - - Timer_ConnectionIdle -\n\
             #Fields: s-reason s-queuename date time cs-uri cs-method c-ip s-ip s-port sc-status\n\
             URL - 2021-04-01 00:00:23 /b.csv GET 192.0.2.8 198.51.100.1 80 400\n\
             URL - 2021-04-01 00:00:2x /b.csv GET 192.0.2.8 198.51.100.1 80 400\n",
            [2, 4, 1],
        ),
        "iis-ftp" => (
            "#Software: Microsoft Internet Information Services 5.0\n#Date: 2021-04-01 22:00:00\n\
             #Fields: time c-ip cs-method cs-uri-stem sc-status\n\
             22:44:49 192.0.2.7 [2]RETR a.csv 226\n\
             00:00:01 192.0.2.7 [2]RETR b.csv 226\n\
             #Date: 2021-04-02 08:00:00\n\
             08:00:01 192.0.2.7 [3]sent c.csv 226\n\
             #Fields: time c-ip cs-method sc-status cs-uri-stem\n#Software: Some FTP service\n\
             08:00:02 192.0.2.7 [3]sent 226 d.csv\n\
             07:00:02 192.0.2.7 [3]sent 226\n",
            [4, 6, 1],
        ),
        "w3c" => (
            "#Software: Some cache\n#Fields: date time c-ip cs-method cs-uri sc-status bytes cs(User-Agent)\n\
             2001-10-31   00:00:18\t192.0.2.7 GET \"/a.csv\" 200  350 \"curl \"\"7\"\"\"\n\
             2001-10-31 00:00:19 192.0.2.7 GET \"/b.csv 200 350 -\n\
             \n\
             #Date: 2001-11-01 00:00:00\n#Fields: time cs-uri c-ip\n\
             00:00:20 /c.csv 192.0.2.8\n\
             #Fields: cs-uri date-local time-local c-ip bytes\n\
             /d.csv 2001-11-02 00:00:21 192.0.2.9 7\n",
            [3, 5, 1],
        ),
        "cloudfront" => (
            "#Version: 1.0\n\
             #Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent) cs-uri-query\n\
             2024-01-16\t23:56:42\tCMH68-P2\t2770\t192.0.2.7\tGET\td1.example\t/a.csv\t200\t-\tcurl\tb=c\n\
             2024-01-16\t23:56:43\tCMH68-P2\t2770\t192.0.2.7\tGET\td1.example\t/a.csv\t206\t-\tcurl\n\
             #Fields: x-edge-request-id c-ip timestamp(ms) cs-uri-stem sc-status sc-bytes\n\
             eGC6==\t192.0.2.8\t1705449404000\t/b.csv\t200\t90\n\
             eGC7==\t192.0.2.8\tnow\t/b.csv\t200\t90\n\
             #Version: 1.0\n#Fields: cs-method\n\
             GET\n",
            [2, 5, 3],
        ),
        "gcs" => (
            "\"1693206014000000\",\"192.0.2.6\",\"GET\"\n\
             \"time_micros\",\"c_ip\",\"cs_method\",\"cs_uri\",\"sc_status\",\"sc_bytes\",\"cs_operation\",\"cs_bucket\",\"cs_object\"\n\
             \"1693206014339368\",\"192.0.2.7\",\"GET\",\"/a,\"\"b\"\".csv\",\"200\",\"2326\",\"GET_Object\",\"b\",\"a,\"\"b\"\".csv\"\n\
             \"time_micros\",\"sc_status\",\"c_ip\",\"cs_bucket\",\"cs_object\",\"cs_operation\"\n\
             \"1693206014339369\",\"404\",\"192.0.2.8\",\"b\",\"c.csv\",\"GET_Object\"\n\
             \"1693206014339370\",\"404\",\"192.0.2.8\",\"b\",\"c.csv\"\n",
            [2, 2, 2],
        ),
        "zeek" => (
            "#separator \\x09\n#unset_field\t-\n#path\thttp\n\
             #fields\tts\tuid\tid.orig_h\ttrans_depth\tmethod\thost\turi\tresponse_body_len\tstatus_code\n\
             1320279566.452687\tCwFs1P2UcUdlSxD2La\t192.0.2.7\t1\tGET\tfiles.example.org\t/a.csv\t2326\t200\n\
             1320279567.452687\tCwFs1P2UcUdlSxD2Lb\t192.0.2.7\t1\tGET\tfiles.example.org\t/a.csv\t2326\n\
             #close\t2011-11-03-00-00-00\n\
             #unset_field\t(none)\n#fields\tstatus_code\turi\tts\ttrans_depth\tid.orig_h\n\
             (none)\t/b.csv\t1320279568.000000\t1\t192.0.2.8\n\
             #path\tconn\n#fields\tts\tuid\n\
             1320279569.000000\tCwFs1P2UcUdlSxD2Lc\n",
            [2, 10, 1],
        ),
        _ => panic!("{name} needs directives: write a sample of it here"),
    }
}

/// The formats whose lines need directives.
fn needing_directives() -> Vec<(&'static str, Arc<dyn Format>)> {
    let made = catalogue().iter().map(|entry| (entry.name, named(entry.name, None).unwrap()));
    made.filter(|(_, format)| format.split() == Split::Header).collect()
}

fn counts(units: &[(usize, Unit<'_>)]) -> [usize; 3] {
    let mut found = [0; 3];
    for (_, unit) in units {
        found[match unit {
            Unit::Record(_) => 0,
            Unit::Directive => 1,
            Unit::Fault(_) => 2,
        }] += 1;
    }
    found
}

#[test]
fn a_sample_of_each_format_with_directives_is_the_same_rows_wherever_it_is_cut() {
    let formats = needing_directives();
    let names: Vec<&str> = formats.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["cloudfront", "gcs", "iis", "iis-httperr", "w3c", "iis-ftp", "zeek"]);
    for (name, format) in formats {
        let (text, wanted) = sample(name);
        let text = text.as_bytes();
        let (alone, sniffed) = ([format], sniff(text, None).formats);
        let read = |formats: &[Arc<dyn Format>]| {
            let plan = Plan::of(text, formats, &Head::default());
            let units = plan.units(text);
            counts(&units)
        };
        assert_eq!(read(&alone), wanted, "{name}");
        assert_eq!(wrong_cuts(text, &alone, true), [0; 0], "{name}");
        // As a file of it is read: with the rest of its family, and those for messages.
        assert_eq!(wrong_cuts(text, &sniffed, true), [0; 0], "{name}");
        assert!(!wrong_cuts(text, &alone, false).is_empty(), "{name}: nothing is carried that is needed");
    }
}

/// Of the catalogue's own samples too, so that one that grows is held to it.
#[test]
fn the_sample_of_the_catalogue_joined_to_itself_is_the_same_rows_wherever_it_is_cut() {
    for (name, format) in needing_directives() {
        let sample = catalogue().iter().find(|entry| entry.name == name).unwrap().sample;
        let line = sample.lines().last().unwrap();
        let text = format!("{sample}\n{line}\n{sample}\r\n{line}");
        let formats = [format];
        let plan = Plan::of(text.as_bytes(), &formats, &Head::default());
        let units = plan.units(text.as_bytes());
        let [records, _, faults] = counts(&units);
        assert_eq!([records, faults], [4, 0], "{name}");
        assert_eq!(wrong_cuts(text.as_bytes(), &formats, true), [0; 0], "{name}");
    }
}

#[test]
fn every_real_log_with_directives_is_the_same_rows_wherever_it_is_cut() {
    let Some(corpus) = corpus_dir("cuts of real logs with directives") else { return };
    let mut cut = BTreeMap::<&'static str, [usize; 2]>::new();
    for path in files_below(&corpus) {
        let text = std::fs::read(&path).unwrap();
        let told = sniff(&text, None);
        if Leads::of(&told.formats).is_empty() {
            continue;
        }
        assert_eq!(wrong_cuts(&text, &told.formats, true), [0; 0], "{}", path.display());
        let known = cut.entry(told.family.unwrap().name).or_default();
        known[0] += 1;
        known[1] += usize::from(!wrong_cuts(&text, &told.formats, false).is_empty());
    }
    let wanted =
        [("cloudfront", [5, 5]), ("gcs", [1, 1]), ("iis-ftp", [1, 1]), ("w3c", [21, 21]), ("zeek", [58, 58])];
    assert_eq!(
        cut,
        BTreeMap::from(wanted),
        "files by family, and in how many of them what is carried matters"
    );
}
