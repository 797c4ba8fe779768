"""The other side of files.mjs: writes the volume in several formats, and reads and writes as people do in Python."""

import json
import resource
import sys
import time
from pathlib import Path

import cv2
import nibabel
import nrrd
import numpy
import tifffile
import zarr
from PIL import Image

SHAPE = (256, 512, 512)


def volume(raw):
    return numpy.fromfile(raw, "<u2").reshape(SHAPE)


def write_nifti(path, values):
    nibabel.save(nibabel.Nifti1Image(values.T, numpy.eye(4)), path)


def write_zarr(path, values):
    group = zarr.open_group(str(path), mode="w", zarr_format=3)
    group.create_array("0", shape=SHAPE, chunks=(64, 128, 128), dtype="uint16")[...] = values
    axes = [{"name": name, "type": "space"} for name in "zyx"]
    group.attrs["ome"] = {"version": "0.5", "multiscales": [{"axes": axes, "datasets": [{"path": "0"}]}]}


FORMATS = {
    "nii": write_nifti,
    "nii.gz": write_nifti,
    "nrrd": lambda path, values: nrrd.write(str(path), values.T, {"encoding": "raw"}),
    "tif": lambda path, values: tifffile.imwrite(path, values, photometric="minisblack"),
    "tif-deflate": lambda path, values: tifffile.imwrite(
        path, values, photometric="minisblack", compression="zlib", predictor=True
    ),
    "npy": numpy.save,
    "zarr": write_zarr,
}


def prepare(raw, folder, *endings):
    values = volume(raw)
    for ending in endings:
        FORMATS[ending](Path(folder) / f"volume.{ending}", values)


READERS = {
    # nibabel maps an uncompressed file, and this copies it into memory.
    ".nii": lambda path: numpy.array(nibabel.load(path).dataobj),
    ".nii.gz": lambda path: numpy.asarray(nibabel.load(path).dataobj),
    ".nrrd": lambda path: nrrd.read(path)[0],
    ".tif": tifffile.imread,
    ".tif-deflate": tifffile.imread,
    ".npy": numpy.load,
    ".zarr": lambda path: zarr.open_group(path, mode="r")["0"][...],
}


def read(path, suffix):
    began = time.perf_counter()
    values = READERS[suffix](path)
    return {"ms": 1000 * (time.perf_counter() - began), "sum": int(values.sum(dtype="u8"))}


WRITERS = {
    "pillow": lambda path, pixels: Image.fromarray(pixels).save(path),
    "opencv": lambda path, pixels: cv2.imwrite(str(path), pixels),
}


def stack(raw, folder, library):
    values = volume(raw)
    write = WRITERS[library]
    began = time.perf_counter()
    for z in range(SHAPE[0]):
        gray = numpy.clip(values[z].astype("f4") * (255 / 4095) + 0.5, 0, 255).astype("u1")
        write(Path(folder) / f"{z:03}.png", numpy.stack([gray] * 3, -1))
    return {"ms": 1000 * (time.perf_counter() - began)}


command, *arguments = sys.argv[1:]
result = {"prepare": prepare, "read": read, "stack": stack}[command](*arguments)
print(json.dumps({**(result or {}), "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}))
