"""Write pictures of bits, with alpha, with palettes and of 16 bits, byte by byte, as programs other than Pillow write them."""

import struct
import sys
import zlib
from pathlib import Path

folder = Path(sys.argv[1])
WIDTH, HEIGHT = 5, 3


def png(name, color, bits, rows, **chunks):
    """`rows` are the bytes of each row; `chunks` go between header and pixels."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, bits, color, 0, 0, 0)
    packed = zlib.compress(b"".join(b"\0" + row for row in rows))
    between = b"".join(chunk(kind.encode(), data) for kind, data in chunks.items())
    whole = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + between + chunk(b"IDAT", packed) + chunk(b"IEND", b"")
    (folder / name).write_bytes(whole)


def packed(row, bits):
    text = "".join(format(value, f"0{bits}b") for value in row)
    text += "0" * (-len(text) % 8)
    return bytes(int(text[at : at + 8], 2) for at in range(0, len(text), 8))


def values(most, count=1):
    """Of pixel i and sample s: 7 i + 3 s + 1, modulo what there can be."""
    return [[(7 * (y * WIDTH + x) + 3 * s + 1) % (most + 1) for x in range(WIDTH) for s in range(count)] for y in range(HEIGHT)]


for bits in (1, 2, 4):
    png(f"gray-{bits}.png", 0, bits, [packed(row, bits) for row in values(2**bits - 1)])
palette = bytes((37 * i + 11 * c) % 256 for i in range(16) for c in range(3))
png("palette-4.png", 3, 4, [packed(row, 4) for row in values(15)], PLTE=palette)
png("palette-alpha.png", 3, 4, [packed(row, 4) for row in values(15)], PLTE=palette, tRNS=bytes(range(0, 160, 10)))
png("gray-alpha-8.png", 4, 8, [bytes(row) for row in values(255, 2)])
wide = lambda count: [struct.pack(f">{len(row)}H", *(259 * value for value in row)) for row in values(252, count)]
png("gray-alpha-16.png", 4, 16, wide(2))
png("rgb-16.png", 2, 16, wide(3))
png("rgba-16.png", 6, 16, wide(4))
png("gray-key.png", 0, 8, [bytes(row) for row in values(255)], tRNS=struct.pack(">H", 8))
