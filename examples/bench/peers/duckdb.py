# How many GETs of a path were answered with 200, by how many addresses: every line through a regex.
import sys

import duckdb

log, path = sys.argv[1:]
LINE = r'^(\S+) \S+ \S+ \[([^\]]+)\] "(\S+) (\S+) [^"]*" (\d{3}) (\S+)'
answer = duckdb.execute(
    r"""
    SELECT count(*), count(DISTINCT f.client)
    FROM (
        SELECT regexp_extract(line, $line, ['client', 'time', 'method', 'path', 'status', 'bytes']) AS f
        FROM read_csv($log, columns = {'line': 'VARCHAR'}, delim = '\x01', quote = '', escape = '',
                      header = false, auto_detect = false)
    )
    WHERE f.method = 'GET' AND f.path = $path AND f.status = '200'
    """,
    {"log": log, "path": path, "line": LINE},
).fetchone()
print(*answer)
