"""Write TIFF files of bits, with palettes, with alpha and of 16-bit colours, and what tifffile reads of the values as JSON."""

import json
import logging
import struct
import sys
from pathlib import Path

import numpy
import tifffile

folder = Path(sys.argv[1])
logging.disable()
SHORT, LONG, ASCII = 3, 4, 2
WIDTH, HEIGHT = 5, 3


def tiff(name, rows, bits, order="<", samples=1, photometric=1, **tags):
    """One strip of packed rows; `tags` are by number, as t258=[8]."""
    strip = b"".join(rows)
    fields = {256: [WIDTH], 257: [HEIGHT], 258: [bits] * samples, 259: [1], 262: [photometric], 277: [samples], 278: [HEIGHT]}
    fields.update({int(tag[1:]): value for tag, value in tags.items()})
    fields = {tag: value for tag, value in fields.items() if value is not None}
    start = 8
    place = start + len(strip) + len(strip) % 2
    entries, apart = [], b""
    base = place + 2 + 12 * (len(fields) + 2) + 4
    for tag, value in sorted({**fields, 273: [start], 279: [len(strip)]}.items()):
        kind = ASCII if isinstance(value, str) else LONG if tag in (273, 279) else SHORT
        data = value.encode() + b"\0" if kind == ASCII else struct.pack(f"{order}{len(value)}{'H' if kind == SHORT else 'I'}", *value)
        count = len(data) if kind == ASCII else len(value)
        if len(data) <= 4:
            field = data.ljust(4, b"\0")
        else:
            field = struct.pack(f"{order}I", base + len(apart))
            apart += data + b"\0" * (len(data) % 2)
        entries.append(struct.pack(f"{order}HHI", tag, kind, count) + field)
    mark = b"II*\0" if order == "<" else b"MM\0*"
    directory = struct.pack(f"{order}H", len(entries)) + b"".join(entries) + struct.pack(f"{order}I", 0)
    whole = mark + struct.pack(f"{order}I", place) + strip.ljust(place - start, b"\0") + directory + apart
    (folder / name).write_bytes(whole)


def packed(row, bits):
    text = "".join(format(value % 2**bits, f"0{bits}b") for value in row)
    text += "0" * (-len(text) % 8)
    return bytes(int(text[at : at + 8], 2) for at in range(0, len(text), 8))


def values(most, count=1):
    """Of pixel i and sample s: 7 i + 3 s + 1, modulo what there can be."""
    return [[(7 * (y * WIDTH + x) + 3 * s + 1) % (most + 1) for x in range(WIDTH) for s in range(count)] for y in range(HEIGHT)]


def turned(row):
    return bytes(int(format(byte, "08b")[::-1], 2) for byte in row)


for bits in (1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15):
    for order, end in (("<", ""), (">", "-big")):
        most = 2**bits - 1
        rows = [[value * (1 + most // 110) % (most + 1) for value in row] for row in values(most)]
        tiff(f"bits-{bits}{end}.tif", [packed(row, bits) for row in rows], bits, order)
signed = [[value - 6 for value in row] for row in values(11)]
tiff("signed-12.tif", [packed(row, 12) for row in signed], 12, t339=[2])
tiff("fax.tif", [packed(row, 1) for row in values(1)], 1, photometric=0, t258=None, t277=None)
tiff("turned.tif", [turned(packed(row, 12)) for row in values(4095)], 12, t266=[2])
tiff("turned-8.tif", [turned(bytes(row)) for row in values(255)], 8, t266=[2])

# A palette: red, green and blue of each index, of 16 bits.
for bits in (1, 2, 4, 8):
    size = 2**bits
    for name, factor in (("palette", 257), ("palette-256", 256), ("palette-16", 251)):
        map = [(37 * i + 11 * c + 5) % 256 * factor for c in range(3) for i in range(size)]
        for order, end in (("<", ""), (">", "-big")):
            tiff(f"{name}-{bits}{end}.tif", [packed(row, bits) for row in values(size - 1)], bits, order, photometric=3, t320=map)
ramp = [257 * i for c in range(3) for i in range(256)]
tiff("ramp.tif", [bytes(row) for row in values(255)], 8, photometric=3, t320=ramp)
fire = [(37 * i + 11 * c) % 256 * 257 for c in range(3) for i in range(256)]
tiff("imagej.tif", [bytes(row) for row in values(255)], 8, photometric=3, t320=fire, t270="ImageJ=1.53c\nimages=1\n")
tiff("short.tif", [bytes(row) for row in values(255)], 8, photometric=3, t320=fire[:100])

tiff("alpha-8.tif", [bytes(row) for row in values(255, 2)], 8, samples=2, t338=[2])
tiff("alpha-inverted.tif", [bytes(row) for row in values(255, 2)], 8, samples=2, photometric=0, t338=[1])
for order, end in (("<", ""), (">", "-big")):
    words = lambda count: [struct.pack(f"{order}{len(row)}H", *(259 * value for value in row)) for row in values(252, count)]
    tiff(f"alpha-16{end}.tif", words(2), 16, order, samples=2, t338=[2])
    tiff(f"rgb-16{end}.tif", words(3), 16, order, samples=3, photometric=2)
rgb = (numpy.array(values(252, 3)).reshape(HEIGHT, WIDTH, 3) * 259).astype("u2")
for planar in ("contig", "separate"):
    data = rgb if planar == "contig" else numpy.moveaxis(rgb, 2, 0)
    tifffile.imwrite(folder / f"{planar}.tif", data, photometric="rgb", planarconfig=planar, compression="zlib", predictor=planar == "contig" and None)
stack = numpy.arange(2 * 3 * 4).reshape(2, 3, 4)
for name, dtype in (("truncated-half", "f2"), ("truncated-wide", "i8")):
    tifffile.imwrite(folder / f"{name}.tif", stack.astype(dtype), photometric="minisblack", truncate=True)

# tifffile reads few of these widths without a further package; where it does, it is asked.
read = {}
for path in sorted(folder.glob("*.tif")):
    try:
        read[path.name] = tifffile.imread(path).astype("f8").ravel().tolist()
    except Exception:
        pass
print(json.dumps(read))
