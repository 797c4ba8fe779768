"""The other side of chunks.mjs: writes an image of 21 GB, and reads of it as people do in Python."""

import json
import os
import shutil
import sys
import time
from pathlib import Path

import numpy
import zarr

SHAPE = (2560, 2048, 2048)
CHUNK = (16, 256, 256)
LEVELS = 4
# Chunks that are different; all others are further names of these files, so that the image takes little of the disk.
DIFFERENT = 4


def write(path):
    shutil.rmtree(path, ignore_errors=True)
    group = zarr.open_group(path, mode="w", zarr_format=3)
    random = numpy.random.default_rng(1)
    z, y, x = numpy.ogrid[: CHUNK[0], : CHUNK[1], : CHUNK[2]]
    datasets = []
    for level in range(LEVELS):
        shape = [size >> level for size in SHAPE]
        array = group.create_array(str(level), shape=shape, chunks=CHUNK, dtype="uint16")
        for number in range(DIFFERENT):
            values = 1000 * number + 3 * z + y + x + random.integers(0, 16, CHUNK)
            array[CHUNK[0] * number : CHUNK[0] * (number + 1), : CHUNK[1], : CHUNK[2]] = values.astype("uint16")
        folder = Path(path, str(level), "c")
        for depth in range(-(-shape[0] // CHUNK[0])):
            for row in range(-(-shape[1] // CHUNK[1])):
                (folder / str(depth) / str(row)).mkdir(parents=True, exist_ok=True)
                for column in range(-(-shape[2] // CHUNK[2])):
                    chunk = folder / str(depth) / str(row) / str(column)
                    if not chunk.exists():
                        os.link(folder / str((depth + row + column) % DIFFERENT) / "0" / "0", chunk)
        scale = {"type": "scale", "scale": [2.0**level] * 3}
        datasets.append({"path": str(level), "coordinateTransformations": [scale]})
    axes = [{"name": name, "type": "space", "unit": "micrometer"} for name in "zyx"]
    group.attrs["ome"] = {"version": "0.5", "multiscales": [{"axes": axes, "datasets": datasets}]}


def slice_of(path, index):
    group = zarr.open_group(path, mode="r")
    began = time.perf_counter()
    values = group["0"][int(index)]
    return {"ms": 1000 * (time.perf_counter() - began), "sum": int(values.sum(dtype="u8"))}


command, *arguments = sys.argv[1:]
print(json.dumps({"write": write, "slice": slice_of}[command](*arguments) or {}))
