"""Write levels that several threads read: voxel (x, y, z) of channel c and frame t is x + 3 y + 7 z + 11 c + 13 t, in as many bits as it has."""

import sys
from pathlib import Path

import numpy
import zarr
from zarr.codecs import BloscCodec, GzipCodec, ZstdCodec

folder = Path(sys.argv[1])
STEP = {"t": 13, "c": 11, "z": 7, "y": 3, "x": 1}


def values(axes, shape, dtype):
    """In as many bits as the dtype has."""
    result = numpy.zeros(shape, dtype)
    for axis, size in zip(axes, shape):
        result += (STEP[axis] * numpy.arange(size)).astype(dtype).reshape([-1 if each == axis else 1 for each in axes])
    return result


def level(name, data, chunks, version=3, write=slice(None), **more):
    array = zarr.create_array(
        str(folder / name), shape=data.shape, chunks=chunks, dtype=data.dtype, zarr_format=version, **more
    )
    array[write] = data[write]


# 33 MB, and no row begins where the one before it does.
plain = values("zyx", [34, 1003, 1030], "u1")
CHUNKS = [16, 256, 256]
level("plain.zarr", plain, CHUNKS, compressors=None)
level("zstd.zarr", plain, CHUNKS, compressors=ZstdCodec())
level("blosc.zarr", plain, CHUNKS, compressors=BloscCodec(cname="lz4"))
level("gzip.zarr", plain, CHUNKS, compressors=GzipCodec(level=1))
level("sharded.zarr", plain, [16, 128, 128], shards=[32, 256, 256])
level("v2.zarr", plain, CHUNKS, version=2)
level("holes.zarr", plain, CHUNKS, fill_value=7, write=slice(0, 16))

# Channels and frames have to be named by a group.
five = zarr.open_group(str(folder / "five.zarr"), mode="w", zarr_format=2)
level("five.zarr/0", values("tczyx", [2, 3, 12, 500, 530], ">u2"), [1, 2, 4, 128, 128], version=2)
types = {"t": "time", "c": "channel"}
axes = [{"name": axis, "type": types.get(axis, "space")} for axis in "tczyx"]
five.attrs["multiscales"] = [{"axes": axes, "datasets": [{"path": "0"}]}]
