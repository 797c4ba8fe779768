"""Write images with zarr: voxel (x, y, z) of channel c and frame t is x + 20 y + 300 z + 2000 c + 9000 t."""

import json
import shutil
import sys
from pathlib import Path

import numpy
import zarr

folder = Path(sys.argv[1])
AXES = {"t": "time", "c": "channel", "z": "space", "y": "space", "x": "space"}
SHAPE = {"t": 2, "c": 3, "z": 5, "y": 11, "x": 13}
STEP = {"t": 9000, "c": 2000, "z": 300, "y": 20, "x": 1}
IS_3 = int(zarr.__version__.split(".")[0]) >= 3


def values(axes, sizes, factors):
    indices = numpy.indices(sizes)
    return sum(STEP[axis] * factors.get(axis, 1) * index for axis, index in zip(axes, indices))


def image(name, axes="tczyx", version=2, dtype="<u2", chunks=None, levels=({},), attributes=None, unit="micrometer", seconds=(None, 1), add=0, ending=".zarr", **more):
    """`levels` are the factors of each; a coarser one holds 1 more than every n-th voxel, to tell it apart."""
    path = folder / f"{name}{ending}"
    options = {"zarr_format": version} if IS_3 else {"zarr_version": version}
    group = zarr.open_group(str(path), mode="w", **options)
    datasets = []
    for number, factors in enumerate(levels):
        sizes = [-(-SHAPE[axis] // factors.get(axis, 1)) for axis in axes]
        data = (values(axes, sizes, factors) + number + add).astype(dtype)
        how = {"shape": sizes, "chunks": chunks or [min(size, 4) for size in sizes], "dtype": data.dtype, **more}
        array = group.create_array(f"s{number}", **how) if IS_3 else group.create_dataset(f"s{number}", **how)
        array[...] = data
        scale = [{"x": 0.5, "y": 0.25, "z": 2, "t": seconds[1]}.get(axis, 1) * factors.get(axis, 1) for axis in axes]
        move = {"type": "translation", "translation": [{"x": 1, "y": 2, "z": 3}.get(axis, 0) for axis in axes]}
        datasets.append({"path": f"s{number}", "coordinateTransformations": [{"type": "scale", "scale": scale}, move]})
    units = {"space": unit, "time": seconds[0], "channel": None}
    named = [{"name": axis, "type": AXES[axis], **({"unit": units[AXES[axis]]} if units[AXES[axis]] else {})} for axis in axes]
    ome = {"multiscales": [{"version": "0.4", "name": "cells", "axes": named, "datasets": datasets}], **(attributes or {})}
    group.attrs.update(ome if version == 2 else {"ome": {"version": "0.5", **ome}})
    return path


PYRAMID = ({}, {"x": 2, "y": 2}, {"x": 4, "y": 4, "z": 2})

for dtype in ["|u1", "|i1", "<u2", ">i2", "<u4", ">i4", "<f4", ">f8"]:
    name = dtype.translate({ord("<"): "little-", ord(">"): "big-", ord("|"): ""})
    image(f"v2-{name}", "zyx", dtype=dtype)
image("five", levels=PYRAMID, chunks=[1, 2, 2, 4, 5])
image("one-chunk", chunks=[2, 3, 5, 11, 13])
image("plane", "yx")
image("shuffled-axes", "xtzcy")
image("window", "zyx", attributes={"omero": {"channels": [{"window": {"start": 10, "end": 900, "min": 0, "max": 65535}}]}})
CHANNELS = [
    {"label": "DAPI", "color": "0000FF", "window": {"start": 10, "end": 900}, "active": True},
    {"label": "GFP", "color": "00ff80", "active": False},
    {"window": {"start": 5, "end": 5}},
]
image("channels", attributes={"omero": {"channels": CHANNELS}}, seconds=("second", 2.5))
image("channels-of-others", attributes={"omero": {"channels": CHANNELS[:2]}}, seconds=(None, 2.5))
COLORS = [
    *({"label-value": value, "rgba": rgba} for value, rgba in ((1, [255, 0, 0, 255]), (4, [0, 128, 255, 64]), (5, [1, 2, 3]), (7, [300, 0, 0, 255]), (8, [1, 2]))),
    {"label-value": "9", "rgba": [1, 2, 3, 4]},
]
image("plain-labels", "zyx", attributes={"image-label": {}})
image("labels", "zyx", attributes={"image-label": {"colors": COLORS, "properties": [{"label-value": 1, "name": "nucleus"}, {"label-value": 7, "class": "cell"}, {"label-value": 9, "area": 12}]}})
for version in (2, 3) if IS_3 else (2,):
    # What bioformats2raw writes, and a plate: groups of images, of which each adds a number of its own.
    say = (lambda more: more) if version == 2 else (lambda more: {"ome": {"version": "0.5", **more}})
    new = lambda path: zarr.open_group(str(folder / path), mode="w", **({"zarr_format": version} if IS_3 else {}))
    new(f"several-{version}.zarr").attrs.update(say({"bioformats2raw.layout": 3}))
    new(f"several-{version}.zarr/OME").attrs.update(say({} if version == 2 else {"series": ["0", "second"]}))
    (folder / f"several-{version}.zarr/OME/METADATA.ome.xml").write_text('<OME><Image ID="Image:0" Name="left"/><Image ID="Image:1" Name="right"/></OME>')
    image(f"several-{version}.zarr/0", "zyx", version, add=1, ending="")
    image(f"several-{version}.zarr/" + ("1" if version == 2 else "second"), "zyx", version, add=2, ending="", levels=PYRAMID)
    new(f"plate-{version}.zarr").attrs.update(say({"plate": {"wells": [{"path": "A/1"}, {"path": "B/2"}]}}))
    for number, well in enumerate(("A/1", "B/2")):
        new(f"plate-{version}.zarr/{well}").attrs.update(say({"well": {"images": [{"path": "0"}, {"path": "1"}]}}))
        for field in (0, 1):
            image(f"plate-{version}.zarr/{well}/{field}", "zyx", version, add=1 + 2 * number + field, ending="")
image("nanometres", "zyx", unit="nanometer")
image("flat", "zyx", order="F")

# Chunks that were never written have the fill value.
empty = zarr.open_group(str(folder / "empty.zarr"), mode="w", **({"zarr_format": 2} if IS_3 else {}))
how = {"shape": [5, 11, 13], "chunks": [4, 4, 4], "dtype": "<i2", "fill_value": -7}
one = empty.create_array("s0", **how) if IS_3 else empty.create_dataset("s0", **how)
one[0:4, 0:4, 0:4] = 5
empty.attrs["multiscales"] = [{"axes": [{"name": axis, "type": "space"} for axis in "zyx"], "datasets": [{"path": "s0"}]}]

# Larger than memory, and nothing of it is written.
vast = zarr.open_group(str(folder / "vast.zarr"), mode="w", **({"zarr_format": 2} if IS_3 else {}))
how = {"shape": [2, 40_000, 40_000], "chunks": [1, 512, 512], "dtype": "<u2", "fill_value": 7}
vast.create_array("s0", **how) if IS_3 else vast.create_dataset("s0", **how)
vast.attrs["multiscales"] = [{"axes": [{"name": axis, "type": "space"} for axis in "zyx"], "datasets": [{"path": "s0"}]}]

# An array alone, and with no attributes at all.
alone = {"shape": [5, 11, 13], "chunks": [2, 4, 6], "dtype": "<u2"}
(zarr.create_array(str(folder / "alone.zarr"), zarr_format=2, **alone) if IS_3 else zarr.open(str(folder / "alone.zarr"), mode="w", **alone))[...] = values("zyx", [5, 11, 13], {})

if IS_3:
    from zarr.codecs import BloscCodec, GzipCodec, ZstdCodec

    image("v3-plain", version=3, compressors=None, levels=PYRAMID)
    image("v3-gzip", version=3, compressors=GzipCodec())
    image("v3-zstd", version=3, compressors=ZstdCodec())
    image("v3-blosc", version=3, compressors=BloscCodec(cname="lz4"))
    image("v3-sharded", version=3, chunks=[1, 1, 2, 4, 4], shards=[1, 3, 4, 8, 8], levels=PYRAMID)
    from numcodecs import LZ4, Blosc, Zlib, Zstd

    PACKED = {"blosc": Blosc(cname="zstd"), "lz4": LZ4(), "zlib": Zlib(), "zstd": Zstd()}
    for name, codec in PACKED.items():
        image(f"v2-{name}", compressors=codec)


def broken(name, change, like="five"):
    """A copy of an image of which something is wrong."""
    path = folder / f"broken-{name}.zarr"
    shutil.copytree(folder / f"{like}.zarr", path)
    change(path)


def edit(file, change):
    def apply(path):
        content = json.loads((path / file).read_text())
        change(content)
        (path / file).write_text(json.dumps(content))

    return apply


def chunk(make, level="s2"):
    """The chunks of the coarsest level, which are read when it is opened."""

    def apply(path):
        for file in (path / level).rglob("*"):
            if file.is_file() and not file.name.startswith(".z"):
                file.write_bytes(make(file.read_bytes()))

    return apply


def scale(content, numbers):
    content["multiscales"][0]["datasets"][0]["coordinateTransformations"][0]["scale"] = numbers


broken("json", lambda path: (path / "s0" / ".zarray").write_text('{"shape": [1,'))
broken("no-array", lambda path: shutil.rmtree(path / "s1"))
broken("no-levels", edit(".zattrs", lambda content: content["multiscales"][0].update(datasets=[])))
broken("outside", edit(".zattrs", lambda content: content["multiscales"][0]["datasets"][0].update(path="../../../etc/passwd")))
broken("no-image", edit(".zattrs", lambda content: content.pop("multiscales")))
broken("axes", edit(".zattrs", lambda content: content["multiscales"][0]["axes"].pop()))
broken("axis-twice", edit(".zattrs", lambda content: content["multiscales"][0]["axes"][0].update(name="x")))
broken("axis-unknown", edit(".zattrs", lambda content: content["multiscales"][0]["axes"][0].update(name="q", type="?")))
broken("scale-zero", edit(".zattrs", lambda content: scale(content, [1, 1, 0, 1, 1])))
broken("scale-text", edit(".zattrs", lambda content: scale(content, [1, 1, "2", 1, 1])))
broken("scale-short", edit(".zattrs", lambda content: scale(content, [1, 1])))
broken("negative", edit("s0/.zarray", lambda content: content.update(shape=[2, 3, -5, 11, 13])))
broken("huge", edit("s0/.zarray", lambda content: content.update(shape=[2, 3, 2**60, 2**60, 13])))
broken("huge-chunk", edit("s0/.zarray", lambda content: content.update(chunks=[1, 1, 2**20, 2**20, 13])))
broken("zero-chunk", edit("s2/.zarray", lambda content: content.update(chunks=[1, 1, 0, 4, 5])))
broken("codec", edit("s2/.zarray", lambda content: content.update(compressor={"id": "nobody-knows"})))
broken("dtype", edit("s2/.zarray", lambda content: content.update(dtype="|O", filters=[{"id": "pickle"}])))
broken("finer", edit("s2/.zarray", lambda content: content.update(shape=[2, 3, 5, 110, 13])))
broken("truncated", chunk(lambda data: data[: len(data) // 2]))
broken("no-bytes", chunk(lambda data: b""))
broken("garbage", chunk(lambda data: bytes(range(256)) * 4))
# What says that it is 2 GiB when it is unpacked.
broken("bomb", chunk(lambda data: data[:4] + (2**31 - 1).to_bytes(4, "little") + data[8:]))
if IS_3:
    for name, codec in PACKED.items():
        # A chunk has 768 bytes, and not 1 MB when it is unpacked.
        broken(f"{name}-bomb", chunk(lambda _: bytes(codec.encode(bytes(2**20))), "s0"), f"v2-{name}")
        broken(f"{name}-cut", chunk(lambda data: data[:-5], "s0"), f"v2-{name}")
