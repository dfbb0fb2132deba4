//! The logged host in the form it is compared in.

/// ASCII lower case, without a port 80 or 443 and without a final dot; `None` for none, empty and `-`.
pub(super) fn canonical<'b>(host: Option<&[u8]>, buffer: &'b mut Vec<u8>) -> Option<&'b [u8]> {
    let host = host?;
    let bare = [&b":80"[..], b":443"].iter().find_map(|port| host.strip_suffix(*port)).unwrap_or(host);
    // In an IPv6 address without brackets `:80` is no port.
    let bare = if bare.contains(&b':') && !bare.ends_with(b"]") { host } else { bare };
    let bare = bare.strip_suffix(b".").unwrap_or(bare);
    if bare.is_empty() || bare == b"-" {
        return None;
    }
    buffer.clear();
    buffer.extend(bare.iter().map(u8::to_ascii_lowercase));
    Some(buffer)
}

#[cfg(test)]
mod tests {
    use super::canonical;

    #[test]
    fn hosts_have_no_case_no_default_port_and_no_final_dot() {
        for (host, form) in [
            ("Data.Example.GOV:443", Some("data.example.gov")),
            ("data.example.gov.:80", Some("data.example.gov")),
            ("data.example.gov:8443", Some("data.example.gov:8443")),
            ("[2001:DB8::1]:80", Some("[2001:db8::1]")),
            ("2001:db8::80", Some("2001:db8::80")),
            ("2001:db8:0:0:0:0:0:80", Some("2001:db8:0:0:0:0:0:80")),
            ("-", None),
            ("", None),
            (".", None),
        ] {
            let mut buffer = Vec::new();
            assert_eq!(canonical(Some(host.as_bytes()), &mut buffer), form.map(str::as_bytes), "{host}");
        }
        assert_eq!(canonical(None, &mut Vec::new()), None);
    }
}
