"""Write HDF5 files of 2 x 3 x 4 values, each with one attribute that says something else."""

import json
import sys
from pathlib import Path

import h5py
import numpy

folder = Path(sys.argv[1])
values = (3 + 7 * numpy.arange(24)).astype("i2").reshape(2, 3, 4)


def array(name, **attributes):
    with h5py.File(folder / f"{name}.h5", "w") as file:
        file["image"] = values
        file["image"].attrs.update(attributes)


def tags(keys):
    return json.dumps({"axes": [{"key": key} for key in keys]})


array("base")
array("element_size_um", element_size_um=[4.0, 3, 2])
array("axistags", axistags=tags("xyz"))
array("axistags-odd", axistags=tags("zqx"))
array("dimension_labels", DIMENSION_LABELS=numpy.array(["x", "y", "z"], dtype=h5py.string_dtype()))
array("dimension_labels-words", DIMENSION_LABELS=numpy.array(["height", "row", "column"], dtype=h5py.string_dtype()))
array("scale_factor", scale_factor=0.5)
array("add_offset", add_offset=-7.0)
array("_FillValue", _FillValue=numpy.int16(3))
array("units", units="HU")
array("long_name", long_name="density")
array("DISPLAY_ORIGIN", DISPLAY_ORIGIN="LL")
array("IMAGE_MINMAXRANGE", IMAGE_MINMAXRANGE=[5, 9])
array("resolution", resolution=[4.0, 3, 2])
array("offset", offset=[4.0, 3, 2])


def letters(text):
    return numpy.array([bytes([byte]) for byte in str(text).encode()])


def imaris(name, image=None, channel=None, info=None):
    """`image`, `channel` and `info` are attributes of the array, its channel and the whole image."""
    with h5py.File(folder / f"{name}.ims", "w") as file:
        path = "DataSet/ResolutionLevel 0/TimePoint 0/Channel 0"
        file[f"{path}/Data"] = values
        own = {"ImageSizeX": 4, "ImageSizeY": 3, "ImageSizeZ": 2, **(channel or {})}
        whole = {"Unit": "um", **{f"ExtMin{axis}": 0 for axis in range(3)}, "ExtMax0": 8, "ExtMax1": 9, "ExtMax2": 8, **(info or {})}
        file.create_group("DataSetInfo/Image")
        for target, attributes in ((file[path], own), (file["DataSetInfo/Image"], whole)):
            for key, value in attributes.items():
                target.attrs[key] = letters(value)


imaris("base")
for axis, size in (("X", 2), ("Y", 2), ("Z", 1)):
    imaris(f"ImageSize{axis}", channel={f"ImageSize{axis}": size})
for axis in range(3):
    imaris(f"ExtMin{axis}", info={f"ExtMin{axis}": -8 if axis != 1 else -9})
    imaris(f"ExtMax{axis}", info={f"ExtMax{axis}": 16 if axis != 1 else 18})
imaris("Unit", info={"Unit": "nm"})
imaris("HistogramMin", channel={"HistogramMin": 5})
imaris("HistogramMax", channel={"HistogramMax": 5})
imaris("Name", info={"Name": "x"})
imaris("RecordingDate", info={"RecordingDate": "x"})


def text(value):
    return numpy.bytes_(value)


def minc(name, change=lambda file: None):
    with h5py.File(folder / f"{name}.mnc", "w") as file:
        image = file.create_dataset("minc-2.0/image/0/image", data=values)
        image.attrs["dimorder"] = text("zspace,yspace,xspace")
        image.attrs["valid_range"] = numpy.array([0.0, 200.0])
        file["minc-2.0/image/0/image-min"] = 0.0
        file["minc-2.0/image/0/image-max"] = 100.0
        for axis, dimension in enumerate(("xspace", "yspace", "zspace")):
            own = file.create_dataset(f"minc-2.0/dimensions/{dimension}", data=0)
            own.attrs.update({"start": 10.0 * (axis + 1), "step": axis + 2.0, "length": 4 - axis, "units": text("mm")})
            own.attrs.update({"direction_cosines": numpy.eye(3)[axis], "spacing": text("regular__"), "alignment": text("centre")})
        change(file)


def attribute(path, name, value):
    def change(file):
        file[f"minc-2.0/{path}"].attrs[name] = value

    return change


def dataset(path, value):
    def change(file):
        file[f"minc-2.0/{path}"][...] = value

    return change


IMAGE, X = "image/0/image", "dimensions/xspace"
minc("base")
minc("dimorder", attribute(IMAGE, "dimorder", text("yspace,zspace,xspace")))
minc("valid_range", attribute(IMAGE, "valid_range", numpy.array([0.0, 400.0])))
minc("image-min", dataset("image/0/image-min", 20.0))
minc("image-max", dataset("image/0/image-max", 300.0))
minc("start", attribute(X, "start", 1.0))
minc("step", attribute(X, "step", 5.0))
minc("direction_cosines", attribute(X, "direction_cosines", numpy.array([-1.0, 0, 0])))


def all_units(file):
    for axis in "xyz":
        file[f"minc-2.0/dimensions/{axis}space"].attrs["units"] = text("um")


minc("units", all_units)
minc("units-differ", attribute(X, "units", text("um")))
minc("spacing", attribute(X, "spacing", text("irregular")))
minc("alignment", attribute(X, "alignment", text("start_")))
minc("spacetype", attribute(X, "spacetype", text("talairach_")))
minc("length", attribute(X, "length", 99))
minc("width", attribute(X, "width", 9.0))
minc("comments", attribute(X, "comments", text("x")))
minc("complete", attribute(IMAGE, "complete", text("false")))
minc("valid_min", attribute(IMAGE, "valid_min", 50.0))
minc("valid_max", attribute(IMAGE, "valid_max", 50.0))
