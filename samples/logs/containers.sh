#!/bin/sh
# Makes the compressed samples with the tools that make such files in practice.
#
# Needs gzip, bzip2, xz, zstd, lz4, zip, tar (GNU) and python3. The bytes depend on the versions of these tools, so the
# committed files are the samples; this shows how they came to be. Run it in an empty folder to make them again:
#     samples/logs/containers.sh OUTPUT
set -eu
out=$(mkdir -p "$1" && cd "$1" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
export TZ=UTC LC_ALL=C
mkdir -p "$out/containers" "$out/combined"
cd "$work"

# Five lines: combined/plain.log. The first two of them, and the other three, for whatever has two parts.
cp "$here/combined/plain.log" access.log
head -n 2 access.log > access.log.1
tail -n 3 access.log > later.log
touch -d 2022-06-02T00:00:00Z access.log access.log.1 later.log

to() { cat > "$out/containers/$1"; }
archive() { tar --format=ustar --owner=0 --group=0 --numeric-owner --mtime=2022-06-02T00:00:00Z --sort=name -cf - "$@"; }

gzip -nc access.log | to one-member.log.gz
{ gzip -nc access.log.1; gzip -nc < /dev/null; gzip -nc later.log; } | to three-members-one-empty.log.gz
gzip -nc access.log | head -c -6 | to trailer-cut.log.gz
{ gzip -nc access.log.1; gzip -nc later.log | head -c 14; } | to second-member-cut.log.gz
{ gzip -nc access.log; printf 'not a gzip member'; } | to gzip-then-other-bytes.log.gz
zstd -qc access.log | to one-frame.log.zst
{ zstd -qc access.log.1; zstd -qc later.log; } | to two-frames.log.zst
bzip2 -c access.log | to one-stream.log.bz2
{ bzip2 -c access.log.1; bzip2 -c later.log; } | to two-streams.log.bz2
xz -c access.log | to one-stream.log.xz
{ xz -c access.log.1; xz -c later.log; } | to two-streams.log.xz
lz4 -qc access.log | to one-frame.log.lz4
{ lz4 -qc access.log.1; lz4 -qc later.log; } | to two-frames.log.lz4

zip -qX0 stored.zip access.log.1 later.log && to stored.zip < stored.zip
mkdir logs && cp -p access.log.1 later.log logs && zip -qXr deflated.zip logs && to deflated-with-a-folder.zip < deflated.zip
archive access.log.1 later.log > two.tar
to two-members.tar < two.tar
gzip -nc two.tar | to two-members.tar.gz
zstd -qc two.tar | to two-members.tar.zst
bzip2 -c two.tar | to two-members.tar.bz2
xz -c two.tar | to two-members.tar.xz
gzip -n access.log.1 later.log
archive access.log.1.gz later.log.gz | to members-in-gzip.tar
gunzip -q access.log.1.gz later.log.gz

# An archive inside an archive is one level too deep.
touch -d 2022-06-02T00:00:00Z stored.zip
zip -qX0 nested.zip access.log stored.zip && to archive-in-archive.zip < nested.zip

# Names that would climb out of a folder, and a link, if anybody extracted them.
python3 - > climbing.tar <<'PYTHON'
import io, sys, tarfile
with tarfile.open(fileobj=sys.stdout.buffer, mode="w|", format=tarfile.USTAR_FORMAT) as tar:
    for name, source in (("../../climbs.log", "access.log.1"), ("/absolute.log", "later.log")):
        content = open(source, "rb").read()
        member = tarfile.TarInfo(name)
        member.size, member.mtime = len(content), 1654128000
        tar.addfile(member, io.BytesIO(content))
    link = tarfile.TarInfo("link.log")
    link.type, link.linkname, link.mtime = tarfile.SYMTYPE, "/etc/passwd", 1654128000
    tar.addfile(link)
PYTHON
to names-that-climb.tar < climbing.tar

# Two requests, then 64 MiB of one letter in a few KiB.
{ cat access.log.1; head -c 67108864 /dev/zero | tr '\0' a; } | zstd -qc -19 | to bomb.log.zst

# A line of 1 MiB exactly is a line, one byte more is too long. Kept compressed: they are mostly one letter.
python3 - <<'PYTHON' | gzip -nc9 > "$out/combined/over-long-line.log.gz"
import sys
def line(clock, size):
    head, tail = f'192.0.2.1 - - [01/Jun/2022:10:00:0{clock} +0000] "GET /', ' HTTP/1.1" 200 100 "-" "probe/1.0"'
    return head + "a" * (size - len(head) - len(tail)) + tail + "\n"
sys.stdout.write(line(0, 100) + line(1, 1 << 20) + line(2, (1 << 20) + 1) + line(3, 3 << 20) + line(4, 100))
PYTHON
