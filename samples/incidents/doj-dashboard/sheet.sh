#!/bin/sh
# Makes answer.csv from truth.csv, and the tables in ANSWER.md from answer.csv. POSIX sh and awk only.
#
# Usage: ./sheet.sh          writes both
#        ./sheet.sh --check  writes nothing; exit 1 if either is not what truth.csv gives
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT

LC_ALL=C awk -f answer.awk truth.csv > "$work/answer.csv"

LC_ALL=C awk -F, '
function row(a, b) { printf "| %s | %s |\n", a, b }
function v(key) { return value[key] }
{ value[$1] = $2 }
/^windows\..*\.served,/ { window[++windows] = substr($1, 9, 20) }
/^sources\..*\.state,/ { source[++sources] = substr($1, 9, length($1) - 14) }
END {
    print "| figure | value |\n|---|---|"
    n = split("counts.requests counts.served counts.retrievals counts.complete_or_probable_retrievals counts.complete_retrievals outcomes.probable outcomes.partial outcomes.learned outcomes.attempted clients.ip clients.ip4 clients.ip6_128 clients.ip6_64 clients.ip6_56 clients.ip6_48 clients.name clients.unknown_requests clients.principal bytes_served.total first_served_utc last_served_utc exposure.covered_seconds caveats.CNT-11.permits.responses caveats.CNT-11.permits.served_with caveats.CNT-11.permits.clients_ip_with findings.log-gap.1.last_record_before_utc findings.log-gap.1.first_record_after_utc", keys, " ")
    for (i = 1; i <= n; i++) row("`" keys[i] "`", v(keys[i]))
    print "\n| data set | requests | served | addresses | retrievals | complete or probable | objects | bytes served |\n|---|---|---|---|---|---|---|---|"
    n = split("permits safety-certificates dealer-sales assault-weapon-registry", keys, " ")
    for (i = 1; i <= n; i++) {
        k = "resources." keys[i] "."
        printf "| %s | %s | %s | %s | %s | %s | %s | %s |\n", keys[i], v(k "requests"), v(k "served"), v(k "clients_ip"), v(k "retrievals"), v(k "complete_or_probable_retrievals"), v(k "objects"), v(k "bytes_served")
    }
    print "\n| party | served | addresses | of these for permits |\n|---|---|---|---|"
    n = split("Department staff|Health monitor|Research crawler|unattributed", keys, "|")
    for (i = 1; i <= n; i++) printf "| %s | %s | %s | %s |\n", keys[i], v("parties." keys[i] ".served"), v("parties." keys[i] ".clients_ip"), v("resources.permits.party." keys[i] ".served")
    print "\n| vantage | requests | served | addresses | permits served | permits addresses | bytes served |\n|---|---|---|---|---|---|---|"
    n = split("origin edge", keys, " ")
    for (i = 1; i <= n; i++) {
        k = "vantages." keys[i] "."
        printf "| %s | %s | %s | %s | %s | %s | %s |\n", keys[i], v(k "requests"), v(k "served"), v(k "clients.ip"), v(k "resources.permits.served"), v(k "resources.permits.clients_ip"), v(k "bytes_served.total")
    }
    print "\n| hour (UTC) | covered s | requests | served | addresses | permits served | permits addresses |\n|---|---|---|---|---|---|---|"
    for (i = 1; i <= windows; i++) {
        k = "windows." window[i] "."
        printf "| %s | %s | %s | %s | %s | %s | %s |\n", window[i], v(k "covered_seconds"), v(k "requests"), v(k "served"), v(k "clients_ip"), v("permits_" k "served"), v("permits_" k "clients_ip")
    }
    n = split("lines records blank faults duplicate_records out_of_window not_sensitive in_scope", keys, " ")
    printf "\n| ledger |"; for (j = 1; j <= n; j++) printf " %s |", keys[j]
    printf "\n|---|"; for (j = 1; j <= n; j++) printf "---|"
    print ""
    for (i = 1; i <= sources; i++) {
        printf "| %s |", source[i]
        for (j = 1; j <= n; j++) printf " %s |", v("sources." source[i] ".state") == "read" ? v("sources." source[i] "." keys[j]) : "duplicate"
        print ""
    }
    printf "| all |"; for (j = 1; j <= n; j++) printf " %s |", v("ledger." keys[j])
    print ""
}' "$work/answer.csv" > "$work/tables.md"

awk -v tables="$work/tables.md" '
/<!-- tables begin/ { print; print ""; while ((getline line < tables) > 0) print line; print ""; skip = 1 }
/<!-- tables end/ { skip = 0 }
!skip { print }' ANSWER.md > "$work/ANSWER.md"

if [ "${1:-}" = --check ]; then
    cmp "$work/answer.csv" answer.csv
    cmp "$work/ANSWER.md" ANSWER.md
else
    cp "$work/answer.csv" answer.csv
    cp "$work/ANSWER.md" ANSWER.md
fi
