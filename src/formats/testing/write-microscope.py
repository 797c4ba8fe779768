"""Write what microscopes' programs write, and print what tifffile reads of it, as JSON.

Pixel (x, y) of slice z, channel c and frame t is x + 10 y + 100 z + 1000 c + 5000 t.
"""

import json
import logging
import struct
import sys
from pathlib import Path

import numpy
import tifffile

# It warns of what Zeiss' programs really write.
logging.disable(logging.WARNING)

folder = Path(sys.argv[1])
Z, Y, X = 2, 3, 4


def values(channels=1, frames=1, slices=Z):
    t, c, z, y, x = numpy.indices((frames, channels, slices, Y, X))
    return (x + 10 * y + 100 * z + 1000 * c + 5000 * t).astype("<u2")


def ramp(red, green, blue):
    steps = numpy.arange(256) / 255
    return numpy.array([steps * red, steps * green, steps * blue]).round().astype("u1")


# ImageJ, in either order of bytes.
fire = numpy.array([numpy.minimum(255, numpy.arange(256) * factor) for factor in (3, 2, 1)]).astype("u1")
for order, name in (("<", "little"), (">", "big")):
    tifffile.imwrite(
        folder / f"imagej-{name}.tif",
        values(3, 2).transpose(0, 2, 1, 3, 4),
        imagej=True,
        byteorder=order,
        metadata={
            "axes": "TZCYX",
            "finterval": 0.25,
            "mode": "composite",
            "Ranges": (0.0, 99.0, 100.0, 1100.0, 5.5, 6.5),
            "LUTs": [ramp(0, 128, 255), fire, ramp(255, 255, 255)],
        },
    )
tifffile.imwrite(
    folder / "imagej-labels.tif",
    values(1, 3, 1)[:, 0, 0],
    imagej=True,
    metadata={"axes": "TYX", "finterval": 1.5, "tunit": "min", "Labels": ["first\nmore", "zweites µ", "third"], "min": 3.0, "max": 77.0},
)
tifffile.imwrite(
    folder / "imagej-channels.tif",
    values(2, 1, 1)[0, :, 0],
    imagej=True,
    metadata={"axes": "CYX", "Labels": ["DAPI", "GFP"], "mode": "grayscale", "LUTs": [ramp(0, 0, 255), ramp(0, 255, 0)]},
)

# OME-TIFF: colours are signed numbers of red, green, blue and how opaque.
tifffile.imwrite(
    folder / "channels.ome.tif",
    values(3, 2).transpose(0, 2, 1, 3, 4),
    ome=True,
    photometric="minisblack",
    metadata={
        "axes": "TZCYX",
        "TimeIncrement": 250.0,
        "TimeIncrementUnit": "ms",
        "Channel": {
            "Name": ["DAPI", "GFP & more", ""],
            "Color": [0x0000FFFF, 0x00FF00FF, -16776961],
            "EmissionWavelength": [460.0, 510.0, 620.0],
        },
    },
)
tifffile.imwrite(
    folder / "planes.ome.tif",
    values(1, 3)[:, 0],
    ome=True,
    photometric="minisblack",
    metadata={
        "axes": "TZYX",
        "TimeIncrement": 99.0,
        "Plane": {"DeltaT": [0.5, 0.75, 2.5, 2.75, 7.25, 7.5], "DeltaTUnit": ["min"] * 6},
        "Channel": {"Color": [-1]},
    },
)

# Levels: of each page in SubIFDs, and as pages that say that they are copies.
fine = numpy.arange(2 * 16 * 24, dtype="<u2").reshape(2, 16, 24)
for order, name in (("<", "little"), (">", "big")):
    with tifffile.TiffWriter(folder / f"sub-{name}.ome.tif", byteorder=order, ome=True) as tif:
        tif.write(fine, subifds=2, metadata={"axes": "ZYX", "PhysicalSizeX": 0.5, "PhysicalSizeY": 0.25, "PhysicalSizeZ": 2.0})
        tif.write(fine[:, ::2, ::2], subfiletype=1)
        tif.write(fine[:, ::4, ::4], subfiletype=1)
with tifffile.TiffWriter(folder / "copies.tif") as tif:
    for page in fine:
        tif.write(page, metadata=None, tile=(16, 16), compression="zlib")
    for step in (2, 4):
        for page in fine:
            tif.write(page[::step, ::step], metadata=None, subfiletype=1)
    tif.write(numpy.zeros((5, 6, 3), "u1"), metadata=None, photometric="rgb", subfiletype=1)


def lzw(data):
    """LZW that finds nothing twice: codes of 9 bits, a new table before they would need more. 256 begins one, 257 is the end."""
    codes = [code for at, byte in enumerate(data) for code in ([256, byte] if at % 200 == 0 else [byte])] + [257]
    bits = "".join(format(code, "09b") for code in codes)
    return bytes(int(bits[at : at + 8].ljust(8, "0"), 2) for at in range(0, len(bits), 8))


def lsm(name, channels, frames, scan, dtype="<u2", packed=False, stamps=True, colors=True, positions=0, large=True):
    """Zeiss' LSM: a page of each slice, its channels one after the other, and a small copy of it."""
    out = bytearray(b"II*\0\0\0\0\0")
    data = values(channels, frames).astype(dtype)

    def put(payload):
        while len(out) % 2:
            out.append(0)
        at = len(out)
        out.extend(payload)
        return at

    names = b"".join(struct.pack("<I", len(each) + 1) + each + b"\0" for each in [b"Ch%d-T1" % (c + 1) for c in range(channels)])
    rgba = b"".join(bytes([[0, 255, 128][c % 3], 64 * c % 256, 255 - c, 0]) for c in range(channels))
    block = struct.pack("<6I", 24 + len(rgba) + len(names), channels, channels, 24, 24 + len(rgba), 0) + rgba + names
    colors_at = put(block) if colors else 0
    seconds = [100.5 + 2.5 * t + 0.125 * t * t for t in range(frames)]
    stamps_at = put(struct.pack("<ii", 8 + 8 * frames, frames) + struct.pack(f"<{frames}d", *seconds)) if stamps else 0
    info = bytearray(struct.pack("<IiiiiiiIii", 0x0400494C, 0, X, Y, Z, channels, frames, 2, X, Y))
    info += struct.pack("<6dHHI", 0.5e-6, 0.25e-6, 2e-6, 0, 0, 0, scan, 0, 0)
    info += struct.pack("<4I", 0, 0, 0, colors_at) + struct.pack("<d", 0.75)
    info += struct.pack("<9I", 0, 0, 0, stamps_at, 0, 0, 0, 0, 0)[: 4 * 8]
    info += bytes(152 - len(info)) if len(info) < 152 else b""
    if large:
        info += bytes(264 - len(info)) + struct.pack("<ii", positions, 0) + bytes(64 + 16)
    struct.pack_into("<I", info, 4, len(info))
    info_at = put(bytes(info))
    link = 4
    for t in range(frames):
        for z in range(Z):
            strips = [data[t, c, z].tobytes() for c in range(channels)]
            for reduced in (0, 1):
                if reduced:
                    parts, samples, bits, photometric, said = [bytes(3)], 3, 8, 2, [3]
                    wide, high = 1, 1
                else:
                    parts = [lzw(each) for each in strips] if packed else strips
                    samples, bits, photometric, said = channels, 8 * data.dtype.itemsize, 1, [len(each) for each in strips]
                    wide, high = X, Y
                offsets = [put(part) for part in parts]
                lists = lambda numbers: (numbers[0] if len(numbers) == 1 else put(struct.pack(f"<{len(numbers)}I", *numbers)))
                entries = [
                    (254, 4, 1, reduced), (256, 4, 1, wide), (257, 4, 1, high),
                    (258, 3, 1, bits) if samples == 1 else (258, 3, samples, None),
                    (259, 3, 1, 5 if packed and not reduced else 1), (262, 3, 1, photometric),
                    (273, 4, len(offsets), lists(offsets)), (277, 3, 1, samples), (279, 4, len(said), lists(said)),
                    (284, 3, 1, 1 if reduced else 2),
                ]
                if t == z == reduced == 0:
                    entries.append((34412, 1, len(info), info_at))
                body = bytearray(struct.pack("<H", len(entries)))
                for tag, kind, count, value in entries:
                    if value is None:
                        packed_bits = struct.pack(f"<{count}H", *([bits] * count))
                        body += struct.pack("<HHI", tag, kind, count)
                        # Zeiss' programs put two numbers elsewhere too, although there is room for them.
                        body += struct.pack("<I", put(packed_bits))
                    else:
                        body += struct.pack("<HHII", tag, kind, count, value)
                at = put(bytes(body) + bytes(4))
                struct.pack_into("<I", out, link, at)
                link = at + len(body)
    (folder / name).write_bytes(out)


lsm("stack.lsm", 3, 1, 0)
lsm("times.lsm", 2, 3, 6)
lsm("packed.lsm", 2, 1, 0, packed=True)
lsm("bytes.lsm", 1, 2, 6, dtype="u1", stamps=False, colors=False, large=False)
lsm("positions.lsm", 1, 1, 0, positions=3)
lsm("lines.lsm", 1, 1, 2)

said = {}
for name in ("stack", "times", "packed", "bytes"):
    with tifffile.TiffFile(folder / f"{name}.lsm") as tif:
        found, info = tif.series[0], tif.lsm_metadata
        said[name] = {
            "axes": found.axes,
            "values": None if name == "packed" else found.asarray().reshape(-1).tolist(),  # It has no LZW alone.
            "voxel": [info[f"VoxelSize{axis}"] for axis in "XYZ"],
            "names": info.get("ChannelColors", {}).get("ColorNames"),
            "colors": info.get("ChannelColors", {}).get("Colors"),
            "stamps": list(info["TimeStamps"]) if "TimeStamps" in info else None,
        }
for name in ("sub-little.ome", "sub-big.ome"):
    with tifffile.TiffFile(folder / f"{name}.tif") as tif:
        said[name] = [level.asarray().reshape(-1).tolist() for level in tif.series[0].levels]
print(json.dumps(said))
