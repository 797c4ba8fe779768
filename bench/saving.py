"""The other side of saving.mjs: writes the volume as people do in Python, and reads what both sides have written."""

import json
import sys
import time
from pathlib import Path

import nibabel
import numpy
import zarr

SHAPE = (256, 512, 512)
# Of slicescope's child too: saving-child.mjs.
CHUNKS = (64, 128, 128)
LEVEL = 1


def write_nifti(path, values):
    nibabel.save(nibabel.Nifti1Image(values.T, numpy.eye(4)), path)


def write_zarr(path, values):
    group = zarr.open_group(path, mode="w", zarr_format=3)
    packing = zarr.codecs.ZstdCodec(level=LEVEL, checksum=False)
    group.create_array("0", shape=SHAPE, chunks=CHUNKS, dtype="int16", compressors=packing)[...] = values
    axes = [{"name": name, "type": "space"} for name in "zyx"]
    group.attrs["ome"] = {"version": "0.5", "multiscales": [{"axes": axes, "datasets": [{"path": "0"}]}]}


def writer_of(path):
    return write_zarr if path.endswith(".zarr") else write_nifti


def values_of(path):
    if path.endswith(".zarr"):
        return zarr.open_group(path, mode="r")["0"][...]
    return numpy.asarray(nibabel.load(path).dataobj).T


def bytes_of(path):
    """Of a file, or of the finest level of an OME-Zarr with what is said of it."""
    files = Path(path, "0").rglob("*") if path.endswith(".zarr") else [Path(path)]
    return sum(file.stat().st_size for file in files if file.is_file())


def write(raw, path):
    assert nibabel.openers.Opener.default_compresslevel == LEVEL
    values = numpy.fromfile(raw, "<i2").reshape(SHAPE)
    began = time.perf_counter()
    writer_of(path)(path, values)
    return {"ms": 1000 * (time.perf_counter() - began)}


def compare(raw, *paths):
    values = numpy.fromfile(raw, "<i2").reshape(SHAPE)
    for path in paths:
        found = values_of(path)
        assert found.dtype == "int16" and numpy.array_equal(found, values), f"{path} has other values"
    return {"bytes": [bytes_of(path) for path in paths]}


command, *arguments = sys.argv[1:]
print(json.dumps({"write": write, "compare": compare}[command](*arguments)))
