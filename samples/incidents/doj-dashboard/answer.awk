# Sums truth.csv to the answer sheet: one `key,value` a line. POSIX awk.
#
# Usage: awk -f answer.awk truth.csv > answer.csv
#
# Keys are the paths of accesstrail's JSON (`counts.served`), with names in place of positions
# (`resources.permits.served`, `windows.2022-06-27T19:00:00Z.served`, `parties.unattributed.served`).
# `permits_windows`, `caveats`, `findings` and `notes` are figures that the JSON has as text or not at all.
# Exit 1 when an identity of METHOD M1.3 does not hold.

BEGIN {
    FS = ","
    listed("permits safety-certificates dealer-sales assault-weapon-registry", resource, " ")
    resources = 4
    listed("Department staff|Health monitor|Research crawler|unattributed", party, "|")
    parties = 4
    listed("origin edge", vantage, " ")
    listed("ip4 ip6", ip_kind, " ")
    for (i = 0; i < 24; i++) {
        start[i] = hour_utc(19 + i)
        start[i + 1] = hour_utc(20 + i)
    }
}

NR == 1 {
    for (i = 1; i <= NF; i++) col[$i] = i
    next
}

{
    source = f("source_file"); kind = f("kind"); why = f("why"); v = f("vantage")
    if (!(source in known)) { known[source] = 1; source_at[++sources] = source; source_vantage[source] = v }
}

# A duplicate file is not framed: nothing of it enters the ledger.
why == "duplicate-file" {
    if (!(source in duplicate)) { duplicate[source] = 1; L["duplicate_files"]++ }
    next
}

{
    add("lines", 1); add("bytes", f("line_bytes"))
    if (kind == "blank") { add("blank", 1); next }
    if (kind != "record") { add("faults", 1); fault[kind]++; next }
    add("records", 1)
    at = stamp(f("time_utc"))
    if (!(source in first_at) || at < first_at[source]) first_at[source] = at
    if (!(source in last_at) || at > last_at[source]) last_at[source] = at
    occupied[v, seconds(at)]++
    if (why == "duplicate-record:overlap") { add("duplicate_records", 1); next }
    # Votes for modal sizes: the window is ignored, copies are not.
    name = f("resource"); object = name "/" f("object"); bytes = f("bytes") + 0; client = f("client")
    if (v == "origin" && name != "" && f("status") == "200" && f("method") == "GET") {
        votes[object]++
        if (!((object, bytes, client) in voted)) { voted[object, bytes, client] = 1; voters[object, bytes]++ }
        if (++vote[object, bytes] > top[object]) { top[object] = vote[object, bytes]; modal[object] = bytes }
    }
    if (why == "out-of-window") { add("out_of_window", 1); next }
    if (why == "not-sensitive") { add("not_sensitive", 1); next }
    add("in_scope", 1)
    outcome = f("outcome"); client_kind = f("client_kind"); login = f("login")
    is_ip = client_kind == "ip4" || client_kind == "ip6"
    counted = f("counted") == "yes"
    requests[v]++; outcomes[v, outcome]++
    resource_requests[v, name]++
    bin = substr(at, 1, 13)
    window_requests[v, bin]++
    if (v == "origin") {
        by_client[f("client_from")]++
        if (f("also_matches") != "") also[f("also_matches")]++
        # Data to a method that the resource does not list.
        if (f("reason") == "method" && f("status") ~ /^2/ && bytes > 0) {
            other_n[name]++; other_n[""]++; other_bytes[name] += bytes; other_bytes[""] += bytes
            if (is_ip) { once("with", "", client); once("with", name, client) }
        }
        if (f("reason") == "304") not_modified++
    }
    if (!counted) next

    served[v]++; served_bytes[v] += bytes
    resource_served[v, name]++; resource_bytes[v, name] += bytes
    window_served[v, bin]++; window_bytes[v, bin] += bytes
    span("all", v); span(name, v)
    once("objects", v SUBSEP name, f("object"))
    if (is_ip) {
        once("clients", v, client); once(client_kind, v, client)
        once("clients", v SUBSEP name, client); once("clients", v SUBSEP "bin" SUBSEP bin, client)
    }
    else if (client_kind == "name") once("name", v, client)
    else unknown[v]++
    if (client_kind == "ip6") {
        once("ip6_64", v, f("net64")); once("ip6_56", v, f("net56")); once("ip6_48", v, f("net48"))
        if (name == "permits") {
            once("ip6_64", v SUBSEP name, f("net64")); once("ip6_56", v SUBSEP name, f("net56"))
            once("ip6_48", v SUBSEP name, f("net48"))
        }
    }
    if (is_ip) once(client_kind, v SUBSEP name, client)
    if (login != "-") once("principal", v, login)
    if (v != "origin") next

    who = f("party"); party_served[who]++; party_bytes[who] += bytes
    if (is_ip) once("party_clients", who, client)
    once("party_objects", who, object)
    if (name == "permits") {
        permits_window_served[bin]++; once("permits_bin", bin, client)
        permits_party[who]++
    }
    id = f("retrieval_id")
    if (id == "") { print "served without retrieval: row " $1 > "/dev/stderr"; bad = 1 }
    once("retrievals", "", id); once("retrievals", name, id)
    if (outcome == "probable") { once("probable_retrievals", "", id); once("probable_retrievals", name, id) }
    if (outcome == "partial") parts++
    if (f("status") == "200") { size[object, bytes]++; served_object[object] = 1 }
    if (f("status") == "206") { part_sum[id] += bytes; part_object[id] = object }
}

END {
    silence("origin"); silence("edge")
    ledger(); print_sources()
    print_counts(); print_resources(); print_windows(); print_parties(); print_vantages(); print_rest()
    identities()
    exit bad
}

function f(name) { return $(col[name]) }
function listed(text, into, by,    parts, n, i) { n = split(text, parts, by); for (i = 1; i <= n; i++) into[i] = parts[i] }
function hour_utc(h) { return sprintf("2022-06-%02dT%02d", 27 + int(h / 24), h % 24) }
# Times compare as text once all have three decimals.
function stamp(t) { return t ~ /\./ ? t : substr(t, 1, 19) ".000Z" }
function shown(t) { return t == "" ? "null" : (substr(t, 20, 4) == ".000" ? substr(t, 1, 19) "Z" : t) }
# Seconds since 2022-06-27T00:00:00Z.
function seconds(t) { return (substr(t, 9, 2) - 27) * 86400 + substr(t, 12, 2) * 3600 + substr(t, 15, 2) * 60 + substr(t, 18, 2) }
function clock(s) { return sprintf("%s:%02d:%02dZ", hour_utc(int(s / 3600)), int(s / 60) % 60, s % 60) }
function add(what, n) { L[what] += n; S[source, what] += n }
function once(set, key, item) { if (!((set, key, item) in seen)) { seen[set, key, item] = 1; distinct[set, key]++ } }
function span(what, v) {
    if (!((v, what) in first_served) || at < first_served[v, what]) first_served[v, what] = at
    if (!((v, what) in last_served) || at > last_served[v, what]) last_served[v, what] = at
}
function out(key, value) { printf "%s,%s\n", key, value }
function num(key, value) { printf "%s,%.0f\n", key, value }
function must(text, a, b) { if (a != b) { printf "does not hold: %s: %.0f and %.0f\n", text, a, b > "/dev/stderr"; bad = 1 } }

# Log gaps of a vantage (each has one source here): 99th percentile of the times between records, in
# whole seconds, by nearest rank; then all silences above 10 of it and above 10 minutes.
function silence(v,    s, before, n, d, histogram, rank, most, limit) {
    most = 0; n = 0; before = -1
    for (s = 0; s < 3 * 86400; s++) if ((v, s) in occupied) {
        n += occupied[v, s]; histogram[0] += occupied[v, s] - 1
        if (before >= 0) { d = s - before; histogram[d]++; if (d > most) most = d }
        before = s
    }
    rank = int((n - 1) * 99 / 100); if (rank * 100 < (n - 1) * 99) rank++
    for (d = 0; d <= most; d++) { rank -= histogram[d]; if (rank <= 0) break }
    p99[v] = d; limit = 10 * d > 600 ? 10 * d : 600
    before = -1
    for (s = 0; s < 3 * 86400; s++) if ((v, s) in occupied) {
        if (before >= 0 && s - before > limit) { gaps[v]++; gap_from[v, gaps[v]] = before; gap_until[v, gaps[v]] = s }
        before = s
    }
}
# Seconds of [a, b) that no gap of the origin takes away. A record covers the whole of its second.
function covered(a, b,    i, low, high) {
    high = b - a
    for (i = 1; i <= gaps["origin"]; i++) {
        low = gap_from["origin", i] + 1 > a ? gap_from["origin", i] + 1 : a
        if (gap_until["origin", i] < b) { if (gap_until["origin", i] > low) high -= gap_until["origin", i] - low }
        else if (b > low) high -= b - low
    }
    return high
}

function ledger(    i, names, n) {
    num("ledger.files", sources); L["unreadable_files"] = 0; L["directives"] = 0
    n = split("bytes lines records directives blank faults unreadable_files duplicate_files duplicate_records out_of_window not_sensitive in_scope", names, " ")
    for (i = 1; i <= n; i++) num("ledger." names[i], L[names[i]])
}
function print_sources(    i, j, s, names, n) {
    n = split("bytes lines records directives blank faults duplicate_records out_of_window not_sensitive in_scope", names, " ")
    for (i = 1; i <= sources; i++) {
        s = source_at[i]
        out("sources." s ".state", s in duplicate ? "duplicate" : "read")
        out("sources." s ".vantage", source_vantage[s])
        if (s in duplicate) continue
        for (j = 1; j <= n; j++) num("sources." s "." names[j], S[s, names[j]])
        out("sources." s ".first_utc", shown(first_at[s])); out("sources." s ".last_utc", shown(last_at[s]))
    }
}
function print_counts(    v) {
    v = "origin"
    out("primary_vantage", v)
    num("profile.count", served[v])
    num("counts.requests", requests[v]); num("counts.served", served[v])
    num("counts.retrievals", distinct["retrievals", ""])
    num("counts.complete_or_probable_retrievals", distinct["probable_retrievals", ""])
    out("counts.complete_retrievals", "null"); num("counts.completeness_unknown", served[v])
    out("exposure.from_utc", "2022-06-28T01:00:00Z"); out("exposure.until_utc", "2022-06-28T18:50:00Z")
    num("exposure.covered_seconds", covered(25 * 3600, 42 * 3600 + 3000))
    out("outcomes.complete", "null")
    num("outcomes.probable", outcomes[v, "probable"]); num("outcomes.partial", outcomes[v, "partial"])
    num("outcomes.copied", 0)
    num("outcomes.learned", outcomes[v, "learned"]); num("outcomes.attempted", outcomes[v, "attempted"])
    num("clients.ip", distinct["clients", v]); num("clients.ip4", distinct["ip4", v])
    num("clients.ip6_128", distinct["ip6", v]); num("clients.ip6_64", distinct["ip6_64", v])
    num("clients.ip6_56", distinct["ip6_56", v]); num("clients.ip6_48", distinct["ip6_48", v])
    num("clients.name", distinct["name", v]); num("clients.unknown_requests", unknown[v])
    # The gateway logs no agent: address and agent are as many as addresses.
    num("clients.ip_ua", distinct["clients", v])
    num("clients.principal", distinct["principal", v]); num("clients.credential", 0)
    num("bytes_served.total", served_bytes[v]); num("bytes_served.body_written", 0)
    num("bytes_served.wire_written", 0); num("bytes_served.body_planned", served_bytes[v])
    num("bytes_served.unknown", 0); num("bytes_served.unlogged_responses", 0)
    out("first_served_utc", shown(first_served[v, "all"])); out("last_served_utc", shown(last_served[v, "all"]))
}
function print_resources(    i, r, v, k) {
    v = "origin"
    for (i = 1; i <= resources; i++) {
        r = resource[i]; k = "resources." r "."
        num(k "requests", resource_requests[v, r]); num(k "served", resource_served[v, r])
        num(k "retrievals", distinct["retrievals", r]); out(k "complete_retrievals", "null")
        num(k "complete_or_probable_retrievals", distinct["probable_retrievals", r])
        num(k "clients_ip", distinct["clients", v SUBSEP r]); num(k "objects", distinct["objects", v SUBSEP r])
        out(k "subjects", "null"); num(k "also_matches", also[r]); num(k "bytes_served", resource_bytes[v, r])
        out(k "first_served_utc", shown(first_served[v, r])); out(k "last_served_utc", shown(last_served[v, r]))
    }
    k = v SUBSEP "permits"
    num("resources.permits.clients_ip4", distinct["ip4", k]); num("resources.permits.clients_ip6_128", distinct["ip6", k])
    num("resources.permits.clients_ip6_64", distinct["ip6_64", k]); num("resources.permits.clients_ip6_56", distinct["ip6_56", k])
    num("resources.permits.clients_ip6_48", distinct["ip6_48", k])
    for (i = 1; i <= parties; i++) num("resources.permits.party." party[i] ".served", permits_party[party[i]])
}
function print_windows(    i, b, k, v, c) {
    v = "origin"
    for (i = 0; i < 24; i++) {
        b = start[i]; k = "windows." b ":00:00Z."; c = covered((19 + i) * 3600, (20 + i) * 3600)
        out(k "end_utc", start[i + 1] ":00:00Z"); out(k "covered", c > 0 ? "true" : "false"); num(k "covered_seconds", c)
        num(k "requests", window_requests[v, b]); num(k "served", window_served[v, b])
        num(k "clients_ip", distinct["clients", v SUBSEP "bin" SUBSEP b]); num(k "bytes_served", window_bytes[v, b])
    }
    for (i = 0; i < 24; i++) {
        b = start[i]; k = "permits_windows." b ":00:00Z."
        num(k "served", permits_window_served[b]); num(k "clients_ip", distinct["permits_bin", b])
        if (permits_window_served[b] > 0) hours++
    }
    num("notes.permits_hours_with_served", hours)
}
function print_parties(    i, p, k) {
    for (i = 1; i <= parties; i++) {
        p = party[i]; k = "parties." p "."
        num(k "served", party_served[p]); num(k "clients_ip", distinct["party_clients", p])
        num(k "objects", distinct["party_objects", p]); out(k "subjects", "null"); num(k "bytes_served", party_bytes[p])
    }
}
function print_vantages(    i, j, v, k) {
    for (i = 1; i <= 2; i++) {
        v = vantage[i]; k = "vantages." v "."
        num(k "requests", requests[v]); num(k "served", served[v]); num(k "clients.ip", distinct["clients", v])
        num(k "outcomes.probable", outcomes[v, "probable"]); num(k "outcomes.partial", outcomes[v, "partial"])
        num(k "outcomes.learned", outcomes[v, "learned"]); num(k "outcomes.attempted", outcomes[v, "attempted"])
        num(k "bytes_served.total", served_bytes[v])
        out(k "first_served_utc", shown(first_served[v, "all"])); out(k "last_served_utc", shown(last_served[v, "all"]))
        for (j = 1; j <= resources; j++) {
            num(k "resources." resource[j] ".served", resource_served[v, resource[j]])
            num(k "resources." resource[j] ".clients_ip", distinct["clients", v SUBSEP resource[j]])
        }
    }
}
function print_rest(    i, k, r, o, pair, id, wrong, far, known_size, sum_whole, kinds, n) {
    r = ""
    num("caveats.CNT-11.responses", other_n[r]); num("caveats.CNT-11.bytes", other_bytes[r])
    num("caveats.CNT-11.served_with", served["origin"] + other_n[r])
    num("caveats.CNT-11.clients_ip_with", together("origin", ""))
    r = "permits"
    num("caveats.CNT-11.permits.responses", other_n[r]); num("caveats.CNT-11.permits.bytes", other_bytes[r])
    num("caveats.CNT-11.permits.served_with", resource_served["origin", r] + other_n[r])
    num("caveats.CNT-11.permits.clients_ip_with", together("origin" SUBSEP r, r))
    num("caveats.CNT-03.partial_without_range", parts); num("caveats.CNT-04.not_modified", not_modified)
    for (o in served_object) if (top[o] * 2 > votes[o] && voters[o, modal[o]] >= 3) known_size[o] = modal[o]
    for (pair in size) {
        split(pair, k, SUBSEP)
        if (!(k[1] in known_size) || k[2] == known_size[k[1]]) continue
        wrong += size[pair]
        if (k[2] * 2 < known_size[k[1]] || k[2] > known_size[k[1]] * 2) far += size[pair]
    }
    num("caveats.CNT-05.served_200_of_other_size", wrong); num("caveats.CNT-08.served_200_far_from_size", far)
    n = split("permits/Applicants permits/ByCounty permits/Applicants/Denied permits/DealerSales permits/Applicants@gw1.doj.example safety-certificates/Summary safety-certificates/Holders dealer-sales/Sales?sheet=handguns dealer-sales/Sales?sheet=long@guns assault-weapon-registry/Registrations", kinds, " ")
    for (i = 1; i <= n; i++) {
        o = kinds[i]; if (o ~ /long@guns/) o = "dealer-sales/Sales?sheet=long guns"
        out("notes.modal_size." o, o in known_size ? sprintf("%.0f", known_size[o]) : "none")
    }
    n = split("header peer unparsable-hop all-trusted none", kinds, " ")
    for (i = 1; i <= n; i++) num("caveats.ID-03.in_scope_client_from." kinds[i], by_client[kinds[i]])
    for (id in part_sum) if (!(("probable_retrievals", "", id) in seen) && (part_object[id] in known_size) && part_sum[id] >= known_size[part_object[id]]) sum_whole++
    num("notes.retrievals_of_parts_alone_whose_sum_reaches_the_modal_size", sum_whole)
    for (i = 1; i <= gaps["origin"]; i++) {
        out("findings.log-gap." i ".last_record_before_utc", clock(gap_from["origin", i]))
        out("findings.log-gap." i ".first_record_after_utc", clock(gap_until["origin", i]))
        num("findings.log-gap." i ".seconds", gap_until["origin", i] - gap_from["origin", i])
    }
    num("findings.log-gap.origin.count", gaps["origin"]); num("findings.log-gap.edge.count", gaps["edge"])
    num("notes.p99_seconds_between_records.origin", p99["origin"]); num("notes.p99_seconds_between_records.edge", p99["edge"])
    num("findings.duplicate-file.count", L["duplicate_files"]); num("findings.overlap.lines", L["duplicate_records"])
    n = split("nul torn syntax time status", kinds, " ")
    for (i = 1; i <= n; i++) num("findings.fault." kinds[i], fault["fault:" kinds[i]])
}
# Addresses served, and those that the other method would add.
function together(key, name,    all, c, parts) {
    all = distinct["clients", key]
    for (c in seen) {
        split(c, parts, SUBSEP)
        if (parts[1] == "with" && parts[2] == name && !(("clients", key, parts[3]) in seen)) all++
    }
    return all
}

function identities(    i, s, v, a, b, c, d) {
    must("lines", L["lines"], L["records"] + L["directives"] + L["blank"] + L["faults"])
    must("records", L["records"], L["duplicate_records"] + L["out_of_window"] + L["not_sensitive"] + L["in_scope"])
    must("in_scope", L["in_scope"], requests["origin"] + requests["edge"])
    for (i = 1; i <= sources; i++) {
        s = source_at[i]
        must("lines of " s, S[s, "lines"], S[s, "records"] + S[s, "blank"] + S[s, "faults"])
        must("records of " s, S[s, "records"], S[s, "duplicate_records"] + S[s, "out_of_window"] + S[s, "not_sensitive"] + S[s, "in_scope"])
    }
    for (i = 1; i <= 2; i++) {
        v = vantage[i]
        must("outcomes", requests[v], outcomes[v, "probable"] + outcomes[v, "partial"] + outcomes[v, "learned"] + outcomes[v, "attempted"])
        must("served", served[v], outcomes[v, "probable"] + outcomes[v, "partial"])
    }
    for (i = 1; i <= resources; i++) { a += resource_requests["origin", resource[i]]; b += resource_served["origin", resource[i]] }
    for (i = 0; i < 24; i++) { c += window_requests["origin", start[i]]; d += window_served["origin", start[i]] }
    must("resources.requests", a, requests["origin"]); must("resources.served", b, served["origin"])
    must("windows.requests", c, requests["origin"]); must("windows.served", d, served["origin"])
    a = 0; for (i = 1; i <= parties; i++) a += party_served[party[i]]
    must("parties.served", a, served["origin"])
    if (distinct["probable_retrievals", ""] > distinct["retrievals", ""] || distinct["retrievals", ""] > served["origin"]) must("nested counts", 0, 1)
    must("the published figure: served", resource_served["origin", "permits"], 2734)
    must("the published figure: addresses", distinct["clients", "origin" SUBSEP "permits"], 507)
}
