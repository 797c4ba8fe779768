"""Write files of brain imaging's formats, and a line of JSON for each: what nibabel reads of it, in LPS.

Where nibabel does not read what a format's description says, the line has what the description says.
"""

import gzip
import json
import sys
from pathlib import Path

import h5py
import nibabel
import numpy
from shared_places import LPS, OBLIQUE, SKEW

folder = Path(sys.argv[1])


# x, y, z and frames.
values = numpy.arange(5 * 4 * 3 * 2).reshape(5, 4, 3, 2, order="F") * 7 - 300
affine = numpy.eye(4)
affine[:3, :3] = OBLIQUE * [0.75, 1.25, 3]
affine[:3, 3] = [-12.5, 30.25, 7.125]


def say(name, data, axes, origin=None, dtype=None, **more):
    """`data` has the real values of x, y, z and frames; `axes` the steps along these in LPS, or distances without a direction."""
    axes = numpy.asarray(axes, "f8")
    hasPlace = axes.ndim == 2
    spacing = numpy.sqrt((axes**2).sum(axis=0)) if hasPlace else axes
    said = {
        "name": name,
        "shape": data.shape[:3],
        "frames": data.shape[3] if data.ndim > 3 else 1,
        "spacing": spacing.tolist(),
        "origin": numpy.asarray([0, 0, 0] if origin is None else origin, "f8").tolist(),
        "direction": (axes / spacing).ravel().tolist() if hasPlace else None,
        "dtype": dtype,
        "values": numpy.asarray(data, "f8").ravel(order="F").tolist(),
    }
    print(json.dumps({**said, **more}))


def say_nibabel(name, order=(0, 1, 2), hasPlace=True, **more):
    """`order` are nibabel's axes of space that are x, y and z here."""
    image = nibabel.load(folder / name)
    data = numpy.asanyarray(image.get_fdata())
    spaces = [axis for axis in range(data.ndim) if axis not in more.get("others", ())]
    data = data.transpose([spaces[axis] for axis in order if axis < len(spaces)] + list(more.pop("others", range(3, data.ndim))))
    axes = (LPS @ image.affine[:3, :3])[:, list(order)]
    zooms = [float(each) for each in image.header.get_zooms()[:3]]
    place = (axes, LPS @ image.affine[:3, 3]) if hasPlace else (zooms,)
    say(name, data, *place, **more)


# FreeSurfer.
for dtype in ("u1", "i2", "u2", "i4", "f4"):
    data = (values % 251 if dtype[0] == "u" else values).astype(dtype)
    name = f"{dtype}.{'mgz' if dtype in ('i2', 'f4') else 'mgh'}"
    nibabel.save(nibabel.MGHImage(data, affine), folder / name)
    say_nibabel(name, dtype=numpy.dtype(dtype).name)
nibabel.save(nibabel.MGHImage(values[..., 0].astype("i2"), numpy.diag([-1.0, 1, 1, 1])), folder / "one.mgh")
say_nibabel("one.mgh", dtype="int16")
# What follows the values says nothing of them.
with open(folder / "one.mgh", "ab") as file:
    file.write(b"\0" * 100)
nowhere = bytearray((folder / "one.mgh").read_bytes())
nowhere[28:90] = b"\0" * 62
(folder / "nowhere.mgh").write_bytes(nowhere)
say("nowhere.mgh", values[..., 0], [1, 1, 1], dtype="int16")

skewed = affine.copy()
skewed[:3, :3] = affine[:3, :3] @ SKEW
nibabel.save(nibabel.MGHImage(values.astype("i2"), skewed), folder / "skewed.mgh")
say_nibabel("skewed.mgh", dtype="int16")

# Pairs of NIfTI, and of ANALYZE.
for kind, name in (
    (nibabel.Nifti1Pair, "first.hdr"),
    (nibabel.Nifti1Pair, "packed.hdr.gz"),
    (nibabel.Nifti2Pair, "second.hdr"),
):
    image = kind(values.astype("i2"), affine)
    image.header.set_data_dtype("i2")
    nibabel.save(image, folder / name)
    say_nibabel(name, dtype="int16")
scaled = nibabel.Nifti1Pair(values.astype("f8") / 7, affine)
scaled.header.set_data_dtype("i2")
nibabel.save(scaled, folder / "scaled.hdr")
say_nibabel("scaled.hdr", dtype="int16")
late = nibabel.Nifti1Pair(values.astype("i2"), affine)
nibabel.save(late, folder / "late.hdr")
header = bytearray((folder / "late.hdr").read_bytes())
header[108:112] = numpy.float32(32).tobytes()
(folder / "late.hdr").write_bytes(header)
(folder / "late.img").write_bytes(b"\x1f\x8b" * 16 + (folder / "late.img").read_bytes())
say_nibabel("late.hdr", dtype="int16")

for name, dtype in (("u1.hdr", "u1"), ("i2.hdr", "i2"), ("i4.hdr", "i4"), ("f4.hdr", "f4"), ("f8.hdr", "f8")):
    image = nibabel.AnalyzeImage((values % 251 if dtype == "u1" else values).astype(dtype), numpy.diag([2.0, 3, 4, 1]))
    nibabel.save(image, folder / f"analyze-{name}")
    say_nibabel(f"analyze-{name}", hasPlace=False, dtype=numpy.dtype(dtype).name)
header = nibabel.AnalyzeHeader(endianness=">")
header.set_data_dtype("i2")
header.set_data_shape(values.shape)
header.set_zooms([2, 3, 4, 1])


def write_analyze(name, change):
    written = bytearray(header.binaryblock)
    change(written)
    (folder / f"{name}.hdr").write_bytes(written)
    (folder / f"{name}.img").write_bytes(values.astype(">i2").tobytes(order="F"))
    say_nibabel(f"{name}.hdr", hasPlace=False, dtype="int16")


def put(written, at, dtype, *numbers):
    stored = numpy.array(numbers, dtype).tobytes()
    written[at : at + len(stored)] = stored


write_analyze("analyze-big", lambda written: None)
write_analyze("analyze-factor", lambda written: put(written, 112, ">f4", 0.5, 3))


def calibrate(written):
    put(written, 124, ">f4", 100, -20)
    put(written, 140, ">i4", 540, -300)


write_analyze("analyze-calibrated", calibrate)


# AFNI.
def write_afni(name, data, kind, axes, origin, packed=False, factors=None, matrix=True, labels="", **more):
    """`axes` are steps in LPS. Without `matrix` the header has only the three codes of axes of the patient."""
    axes, origin = numpy.asarray(axes, "f8"), numpy.asarray(origin, "f8")
    along = numpy.abs(axes).argmax(axis=0)
    codes = [{(0, True): 0, (0, False): 1, (1, False): 2, (1, True): 3, (2, True): 4, (2, False): 5}[(row, axes[row, at] > 0)] for at, row in enumerate(along)]
    bricks = data.shape[3]
    attributes = [
        ("string", "TYPESTRING", "3DIM_HEAD_ANAT"),
        # nibabel takes what a text says for attributes.
        ("string", "HISTORY_NOTE", "it's" if matrix else "it's\ntype = integer-attribute\nname = DATASET_RANK\ncount = 1\n 9"),
        *([("string", "VALUE_LABEL_DTABLE", labels)] if labels else []),
        ("integer", "DATASET_RANK", [3, bricks]),
        ("integer", "DATASET_DIMENSIONS", [*data.shape[:3], 0, 0]),
        ("integer", "BRICK_TYPES", [{"u1": 0, "i2": 1, "f4": 3}[kind[1:]]] * bricks),
        ("string", "BYTEORDER_STRING", "MSB_FIRST" if kind[0] == ">" else "LSB_FIRST"),
        ("integer", "ORIENT_SPECIFIC", codes),
        ("float", "ORIGIN", [origin[row] for row in along]),
        ("float", "DELTA", [axes[row, at] for at, row in enumerate(along)]),
    ]
    if factors is not None:
        attributes.append(("float", "BRICK_FLOAT_FACS", factors))
    if matrix:
        attributes.append(("float", "IJK_TO_DICOM_REAL", numpy.column_stack([axes, origin]).ravel().tolist()))
    text = ""
    for type_, attribute, value in attributes:
        count, written = (len(value) + 1, f"'{value}~") if type_ == "string" else (len(value), " ".join(map(str, value)))
        text += f"\ntype  = {type_}-attribute\nname  = {attribute}\ncount = {count}\n{written}\n"
    (folder / f"{name}+orig.HEAD").write_text(text)
    stored = data.astype(kind).tobytes(order="F")
    (folder / f"{name}+orig.BRIK{'.gz' if packed else ''}").write_bytes(gzip.compress(stored) if packed else stored)
    real = data * numpy.array([factor or 1 for factor in factors or [0] * bricks])
    if matrix:
        read = nibabel.load(folder / f"{name}+orig.HEAD")
        assert numpy.allclose(read.get_fdata(), real) and numpy.allclose(LPS @ read.affine[:3, 3], origin)
    say(f"{name}+orig.HEAD", real, axes, origin, **more)


oblique, at = LPS @ affine[:3, :3], LPS @ affine[:3, 3]
sagittal = [[0, 0, -3], [2, 0, 0], [0, -1.5, 0]]
write_afni("oblique", values, "<i2", oblique, at, dtype="int16")
write_afni("skewed", values, "<i2", LPS @ skewed[:3, :3], at, dtype="int16")
write_afni("packed", values, ">i2", oblique, at, packed=True, dtype="int16")
# As `3drefit -labeltable` writes it.
table = """<VALUE_LABEL_DTABLE
 ni_type="2*String"
 ni_dimen="4"
 pbar_name="ROI_i256" >
"17" "Left-Hippocampus"
"53" "a &lt;b&gt; &amp;lt;"
'-4' 'it "is"'
"x" "no number"
</VALUE_LABEL_DTABLE>"""
write_afni("bytes", values % 251, "|u1", oblique, at, labels=table, dtype="uint8")
write_afni("floats", values / 7, ">f4", oblique, at, dtype="float32")
write_afni("one-factor", values, "<i2", oblique, at, factors=[0.5, 0.5], dtype="int16")
write_afni("factors", values, "<i2", oblique, at, factors=[0.25, 0], dtype="float32")
write_afni("scaled-floats", values, "<f4", oblique, at, factors=[0.25, 0.25], dtype="float32")
for name, axes in (
    ("axial", [[1, 0, 0], [0, 2, 0], [0, 0, 3]]),
    ("sagittal", sagittal),
    ("coronal", [[-1, 0, 0], [0, 0, -3], [0, 2, 0]]),
):
    write_afni(name, values, "<i2", axes, [10, -20, 30], matrix=False, dtype="int16")
    write_afni(f"{name}-matrix", values, "<i2", axes, [10, -20, 30], dtype="int16")


# MINC 2, whose image has its axes in the order of `names`.
def write_minc(name, names, data, limits=(), low=0.0, high=1.0, steps=(-2, 3, 1.5), cosines=None, valid=None, change=None, **more):
    """`low` and `high` are the real values of the least and the most stored one, of the first axes, whose names are `limits`."""
    cosines = OBLIQUE if cosines is None else cosines
    with h5py.File(folder / f"{name}.mnc", "w") as file:
        image = file.create_dataset("minc-2.0/image/0/image", data=data)
        image.attrs["dimorder"] = numpy.bytes_(",".join(names))
        if valid is not None:
            image.attrs["valid_range"] = numpy.array(valid, "f8")
        for end, value in (("min", low), ("max", high)):
            file[f"minc-2.0/image/0/image-{end}"] = value
            if limits:
                file[f"minc-2.0/image/0/image-{end}"].attrs["dimorder"] = numpy.bytes_(",".join(limits))
        for axis, (dimension, step) in enumerate(zip(("xspace", "yspace", "zspace"), steps)):
            own = file.create_dataset(f"minc-2.0/dimensions/{dimension}", data=0)
            if dimension in names:
                own.attrs["length"] = data.shape[names.index(dimension)]
            own.attrs.update({"start": 10.5 * (axis + 1), "step": float(step), "direction_cosines": cosines[:, axis]})
            own.attrs.update({"units": numpy.bytes_("mm"), "spacing": numpy.bytes_("regular__"), "alignment": numpy.bytes_("centre")})
        file["minc-2.0/dimensions/time"] = numpy.arange(2.0)
        file["minc-2.0/info"] = numpy.zeros((2, 2))
        if change is not None:
            change(file)
    if "time" in names:
        more["others"] = (names.index("time"),)
    if change is None:
        say_nibabel(f"{name}.mnc", order=(2, 1, 0), **more)


zyx = ("zspace", "yspace", "xspace")
stored = values.T.astype("i2")
one = stored[0]
perSlice = (numpy.linspace(-5, 7, 3), numpy.linspace(20, 41, 3))
write_minc("plain", zyx, one, low=-32768.0, high=32767.0, dtype="int16")
write_minc("skewed", zyx, one, low=-32768.0, high=32767.0, cosines=skewed[:3, :3] / numpy.sqrt((skewed[:3, :3] ** 2).sum(axis=0)), dtype="int16")
write_minc("scaled", zyx, one, low=-3.0, high=8.0, valid=(-400, 600), dtype="int16")
write_minc("beyond", zyx, one, low=-3.0, high=8.0, valid=(-100, 50), dtype="int16")
write_minc("constant", zyx, one, low=4.5, high=4.5, dtype="float32")
write_minc("slices", zyx, one, ("zspace",), *perSlice, dtype="float32")
write_minc("bytes", zyx, (one % 251).astype("u1"), ("zspace",), *perSlice, dtype="float32")
write_minc("floats", zyx, one.astype("f4") / 7, low=-1.0, high=2.0, dtype="float32")
write_minc("doubles", zyx, one.astype("f8") / 7, low=-1.0, high=2.0, valid=(-1, 2), dtype="float64")
write_minc("other-order", ("xspace", "zspace", "yspace"), one, ("xspace",), *perSlice, dtype="float32")
write_minc("time-first", ("time", *zyx), stored, ("time", "zspace"), numpy.arange(6.0).reshape(2, 3), numpy.arange(6.0).reshape(2, 3) + 9, dtype="float32")
write_minc("time-later", ("zspace", "time", "yspace", "xspace"), stored.transpose(1, 0, 2, 3), ("zspace",), *perSlice, dtype="float32")


def renamed(axis, name, value):
    def change(file):
        file[f"minc-2.0/dimensions/{axis}"].attrs[name] = value

    return change


def vector(file):
    file["minc-2.0/image/0/image"].attrs["dimorder"] = numpy.bytes_("zspace,yspace,vector_dimension")


def elsewhere(file):
    file["minc-2.0/image/0/image-max"].attrs["dimorder"] = numpy.bytes_("yspace")


def without(file):
    del file["minc-2.0/image/0/image-max"]


def invalid(file):
    file["minc-2.0/image/0/image"].attrs["valid_range"] = numpy.array([0.0, 70000.0])


for name, change in (
    ("irregular", renamed("zspace", "spacing", numpy.bytes_("irregular"))),
    ("aligned", renamed("yspace", "alignment", numpy.bytes_("start_"))),
    ("units", renamed("yspace", "units", numpy.bytes_("cm"))),
    ("vector", vector),
    ("elsewhere", elsewhere),
    ("without", without),
    ("invalid", invalid),
    ("still", renamed("zspace", "step", 0.0)),
):
    write_minc(f"refused-{name}", zyx, one, ("zspace",), *perSlice, change=change)
