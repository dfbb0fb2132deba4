# How many GETs of a path were answered with 200, by how many addresses: every line through a regex.
import sys

import chdb


def quoted(text):
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


log, path = sys.argv[1:]
LINE = r'^(\S+) \S+ \S+ \[([^\]]+)\] "(\S+) (\S+) [^"]*" (\d{3}) (\S+)'
answer = chdb.query(
    f"""
    SELECT count(), uniqExact(f[1])
    FROM (SELECT extractGroups(line, {quoted(LINE)}) AS f FROM file({quoted(log)}, LineAsString))
    WHERE f[3] = 'GET' AND f[4] = {quoted(path)} AND f[5] = '200'
    """,
    "TSV",
)
print(answer)
