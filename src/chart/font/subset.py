"""Makes NotoSans-subset.ttf from NotoSans-Regular.ttf. Usage: subset.py IN OUT (needs fonttools 4.68)."""

import struct
import sys

from fontTools import subset
from fontTools.ttLib import TTFont, newTable

UNICODES = (
    "U+0020-007E,U+00A0-024F,U+0300-030C,U+0323,U+0327,U+0328,U+0370-03FF,U+0400-045F,U+0490-0491,"
    "U+1E00-1EFF,U+2010-2015,U+2018-201E,U+2020-2022,U+2026,U+2030,U+2032,U+2033,U+2039,U+203A,U+2044,"
    "U+20AC,U+20B4,U+20BD,U+2116,U+2122,U+2212,U+FFFD"
)


def kern_from_bearings(font, step=6):
    """A class-based `kern` table: for each pair, right glyph's left bearing less left glyph's.

    plotters 0.3.7 draws each glyph's ink at the pen and forgets its left bearing, which makes gaps uneven.
    It does apply pair kerning, so this table puts every glyph where the font wants it.
    """
    glyphs = font.getGlyphOrder()
    outlines = font["glyf"]
    bearing = [round(getattr(outlines[g], "xMin", 0) / step) * step for g in glyphs]
    classes = sorted(set(bearing))
    n, width = len(classes), 2 * len(classes)
    left_at, right_at = 14, 14 + 4 + 2 * len(glyphs)
    array_at = right_at + 4 + 2 * len(glyphs)
    left = [array_at + classes.index(b) * width for b in bearing]
    right = [classes.index(b) * 2 for b in bearing]
    body = struct.pack(">4H", width, left_at, right_at, array_at)
    for table in (left, right):
        body += struct.pack(">2H", 0, len(glyphs)) + struct.pack(f">{len(glyphs)}H", *table)
    body += b"".join(struct.pack(f">{n}h", *(r - l for r in classes)) for l in classes)
    length = 6 + len(body)
    # version 0, one table; its version 0, length, format 2, coverage horizontal
    return struct.pack(">2H", 0, 1) + struct.pack(">2H2B", 0, length & 0xFFFF, 2, 1) + body


def main(source, target):
    options = subset.Options(hinting=False, layout_features=[], notdef_outline=True, recalc_timestamp=False)
    options.drop_tables += ["GSUB", "GPOS", "GDEF", "STAT", "gasp"]
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    font = TTFont(source, recalcTimestamp=False)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=subset.parse_unicodes(UNICODES))
    subsetter.subset(font)
    # plotters writes an SVG font size of size / 1.24, and draws bitmaps with size = ascent - descent.
    font["hhea"].ascent = font["OS/2"].sTypoAscender = 960
    font["hhea"].descent = font["OS/2"].sTypoDescender = -280
    kern = newTable("kern")
    kern.compile = lambda _font, data=kern_from_bearings(font): data
    font["kern"] = kern
    font.save(target)


main(*sys.argv[1:])
