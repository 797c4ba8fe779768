"""Print what tifffile and zarr find in files, one line of JSON for each: the values as a SHA-256 of them in C order."""

import hashlib
import json
import sys

import numpy
import tifffile
import zarr


def values(array):
    array = numpy.ascontiguousarray(array)
    little = array.astype(array.dtype.newbyteorder("<"))
    return {"shape": list(array.shape), "dtype": array.dtype.name, "sha256": hashlib.sha256(little.tobytes()).hexdigest()}


def tiff(path):
    with tifffile.TiffFile(path) as file:
        pixels = tifffile.xml2dict(file.ome_metadata)["OME"]["Image"]["Pixels"]
        channels = pixels["Channel"] if isinstance(pixels["Channel"], list) else [pixels["Channel"]]
        series, page = file.series[0], file.pages[0]
        return {
            **values(series.asarray()),
            "axes": series.axes,
            "sizes": [pixels[f"PhysicalSize{axis}"] for axis in "XYZ"],
            "units": [pixels[f"PhysicalSize{axis}Unit"] for axis in "XYZ"],
            "pixels": {key: value for key, value in pixels.items() if key.startswith("Time")},
            "channels": channels,
            "planes": pixels.get("Plane", []),
            "isBig": file.is_bigtiff,
            "compression": page.compression.name,
            "strips": len(page.dataoffsets),
            "samples": [sample.name for sample in page.extrasamples],
        }


def image(path):
    group = zarr.open_group(path, mode="r")
    attributes = group.attrs.asdict()
    ome = attributes.get("ome", attributes)
    (multiscales,) = ome["multiscales"]
    levels = []
    for dataset in multiscales["datasets"]:
        array = group[dataset["path"]]
        scale, translation = dataset["coordinateTransformations"]
        levels.append({**values(array[...]), "chunks": list(array.chunks), "scale": scale["scale"], "translation": translation["translation"]})
    return {
        "format": group.metadata.zarr_format,
        "version": ome.get("version") or multiscales["version"],
        "axes": multiscales["axes"],
        "levels": levels,
        "omero": ome.get("omero"),
        "labels": ome.get("image-label"),
    }


for path in sys.argv[1:]:
    print(json.dumps(image(path) if path.endswith(".zarr") else tiff(path)))
