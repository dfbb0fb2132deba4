# How many GETs of a path were answered with 200, by how many addresses: every line through a regex, streaming.
import sys

import polars

log, path = sys.argv[1:]
LINE = r'^(\S+) \S+ \S+ \[([^\]]+)\] "(\S+) (\S+) [^"]*" (\d{3}) (\S+)'
field = polars.col("f").struct.field
answer = (
    polars.scan_lines(log, name="line")
    .select(polars.col("line").str.extract_groups(LINE).alias("f"))
    .filter((field("3") == "GET") & (field("4") == path) & (field("5") == "200"))
    .select(polars.len(), field("1").n_unique().alias("clients"))
    .collect(engine="streaming")
)
print(*answer.row(0))
