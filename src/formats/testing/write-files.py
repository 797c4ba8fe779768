"""Write files with other people's libraries, all with voxel (x, y, z) = x + 10 y + 100 z of 4 x 3 x 2 voxels."""

import gzip
import json
import struct
import sys
from pathlib import Path

import h5py
import mrcfile
import nibabel
import nrrd
import numpy
import tifffile

folder = Path(sys.argv[1])
# In C's order: z, y, x.
values = numpy.fromfunction(lambda z, y, x: x + 10 * y + 100 * z, (2, 3, 4))
frames = numpy.stack([values, values + 1000])


def put(name, write):
    write(str(folder / name))


def gzipped(array):
    def write(path):
        with gzip.open(path, "wb") as file:
            numpy.save(file, array)

    return write


put("colours.npy", lambda path: numpy.save(path, numpy.stack([values, values, 255 - values], axis=-1).astype("u1")))
for dtype in ["i1", "<i2", ">i2", "<u2", ">u2", "<i4", "<u4", "<f4", ">f4", "<f8", ">f8", "?"]:
    name = dtype.replace("<", "little-").replace(">", "big-").replace("?", "bool")
    put(f"{name}.npy", lambda path: numpy.save(path, (values % 2 if dtype == "?" else values % 100 if dtype == "i1" else values).astype(dtype)))
put("fortran.npy", lambda path: numpy.save(path, numpy.asfortranarray(values.T.astype("<i2"))))
put("frames.npy", lambda path: numpy.save(path, frames.astype("<i2")))
put("packed.npy.gz", gzipped(values.astype("<i2")))
put("objects.npy", lambda path: numpy.save(path, numpy.array([{}, {}], dtype=object), allow_pickle=True))
put("one.npz", lambda path: numpy.savez(path, values.astype("<i2")))
put("two.npz", lambda path: numpy.savez_compressed(path, ct=values.astype("<f4"), mask=(values > 50)))

space = {
    "space": "right-anterior-superior",
    "space directions": numpy.array([[0, 2, 0], [0, 0, 3], [1.5, 0, 0]]),
    "space origin": numpy.array([10, 20, 30]),
}
for encoding in ["raw", "gzip"]:
    put(f"{encoding}.nrrd", lambda path: nrrd.write(path, values.T.astype("<i2"), {**space, "encoding": encoding}))
    put(
        f"{encoding}.nhdr",
        lambda path: nrrd.write(path, values.T.astype(">u2"), {"encoding": encoding, "endian": "big", "spacings": [1, 2, 3]}),
    )
segments = {"Segment0_Name": "left kidney", "Segment0_LabelValue": "1", "Segment1_Name": "edema", "Segment1_LabelValue": "7"}


def write_segments(path):
    nrrd.write(path, (values.T % 9).astype("u1"), {**space, **segments})
    # pynrrd writes no UTF-8, 3D Slicer does.
    Path(path).write_bytes(Path(path).read_bytes().replace(b"edema", "Ödem".encode()))


put("kidneys.seg.nrrd", write_segments)
named = {"kinds": ["domain"] * 3, "labels": ["theta", "r", "depth"]}
put("named.nrrd", lambda path: nrrd.write(path, values.T.astype("<i2"), named))
put("text.nrrd", lambda path: nrrd.write(path, values.T.astype("<i2"), {"encoding": "ascii"}))

for mode, dtype in {"int8": "i1", "int16": "i2", "float32": "f4", "uint16": "u2"}.items():

    def write_mrc(path):
        with mrcfile.new(path) as file:
            file.set_data((values % 100 if dtype == "i1" else values).astype(dtype))
            file.voxel_size = (1.5, 2.5, 3.5)

    put(f"{mode}.mrc", write_mrc)

affine = numpy.array([[0, 0, -3, 10], [1, 0, 0, 20], [0, 2, 0, 30], [0, 0, 0, 1]])
image = values.T.astype("<i2")


def write_qform(path):
    written = nibabel.Nifti1Image(image, None)
    written.set_qform(affine, code=1)
    written.set_sform(None, code=0)
    nibabel.save(written, path)


put("qform.nii", write_qform)
put("two.nii", lambda path: nibabel.save(nibabel.Nifti2Image(image, affine), path))
put("two-frames.nii.gz", lambda path: nibabel.save(nibabel.Nifti2Image(frames.T.astype("<f4"), affine), path))



def write_rescaled(path, dtype, slope, intercept):
    """The same values, stored as they are under a header that says what they stand for, and what nibabel makes of them."""
    written = bytearray(nibabel.Nifti1Image(values.T.astype(dtype), affine).to_bytes())
    written[112:120] = struct.pack("<ff", slope, intercept)
    with gzip.open(path, "wb") as file:
        file.write(written)
    real = nibabel.load(path).get_fdata().ravel(order="F").tolist()
    Path(path.replace(".nii.gz", ".json")).write_text(json.dumps(real))


for dtype, slope, intercept in [("u1", 0.1, -3), ("i2", 1, -1024), ("u2", -2.5, 7), ("i4", 1e-3, 0)]:
    put(f"rescaled-{dtype}.nii.gz", lambda path: write_rescaled(path, dtype, slope, intercept))

# 6 pages of 4 x 3: two slices of three channels, or of three frames.
hyper = numpy.stack([values + 1000 * c for c in range(3)], axis=1)
for dtype in ["u1", "i1", "u2", "i2", "u4", "i4", "f4", "f8"]:
    stored = (values % 100 if dtype in ("u1", "i1") else values).astype(dtype)
    put(f"{dtype}.tif", lambda path: tifffile.imwrite(path, stored, photometric="minisblack", compression="zlib"))
put("plain.tif", lambda path: tifffile.imwrite(path, values.astype("u2"), photometric="minisblack"))
put("big-endian.tif", lambda path: tifffile.imwrite(path, values.astype("u2"), photometric="minisblack", byteorder=">"))
put("bigtiff.tif", lambda path: tifffile.imwrite(path, values.astype("u2"), photometric="minisblack", bigtiff=True))
put("strips.tif", lambda path: tifffile.imwrite(path, values.astype("u2"), photometric="minisblack", rowsperstrip=1))


def write_pages(path, compressions):
    with tifffile.TiffWriter(path) as file:
        for page, compression in zip(values.astype("u2"), compressions):
            file.write(page, photometric="minisblack", contiguous=False, metadata=None, compression=compression)


put("apart.tif", lambda path: write_pages(path, [None, None]))
put("mixed.tif", lambda path: write_pages(path, ["zlib", None]))
# Larger than what is read at a time.
large = numpy.arange(5 * 1000 * 1000, dtype="u4").reshape(5, 1000, 1000)
put("large.tif", lambda path: tifffile.imwrite(path, large, photometric="minisblack", byteorder=">"))
put(
    "tiles.tif",
    lambda path: tifffile.imwrite(path, values.astype("f4"), photometric="minisblack", tile=(16, 16), compression="zlib"),
)
put("colours.tif", lambda path: tifffile.imwrite(path, numpy.stack([values, values, 255 - values], axis=-1).astype("u1"), photometric="rgb"))
put(
    "imagej.tif",
    lambda path: tifffile.imwrite(
        path, hyper.astype("u2"), imagej=True, resolution=(2, 4), metadata={"axes": "ZCYX", "spacing": 3, "unit": "um"}
    ),
)
for axes in ["ZCYX", "CZYX", "TZYX"]:
    pages = hyper if axes == "ZCYX" else hyper.transpose(1, 0, 2, 3)
    put(
        f"{axes}.ome.tif",
        lambda path: tifffile.imwrite(
            path,
            pages.astype("u2"),
            photometric="minisblack",
            metadata={"axes": axes, "PhysicalSizeX": 0.25, "PhysicalSizeY": 0.5, "PhysicalSizeZ": 2},
        ),
    )


def write_hdf5(path):
    with h5py.File(path, "w") as file:
        for dtype in ["i1", "<i2", ">i2", "<u2", "<i4", "<u4", "<f4", ">f4", "<f8"]:
            name = dtype.replace("<", "little-").replace(">", "big-")
            stored = (values % 100 if dtype == "i1" else values).astype(dtype)
            packed = file.create_dataset(f"raw/{name}", data=stored, chunks=(1, 2, 3), compression="gzip", shuffle=True)
            packed.attrs["element_size_um"] = [3.0, 2.0, 0.5]
        file["colours"] = numpy.stack([values, values, 255 - values], axis=-1).astype("u1")
        file["frames"] = frames.astype("<i2")
        file["texts"] = numpy.array([[b"a", b"b"]])
        file.create_dataset("lzf", data=numpy.zeros((9, 99, 99), "<i2"), compression="lzf")
        file.create_dataset("elsewhere", (2, 3, 4), "u1", external=[("/etc/passwd", 0, 24)])
        file["linked"] = h5py.ExternalLink("one.h5", "/volume")
        file["raw/again"] = file["/"]


def write_one(path):
    with h5py.File(path, "w", userblock_size=512) as file:
        file["volume"] = values.astype("<u2")
        file["name"] = "no array"


put("several.h5", write_hdf5)
put("one.h5", write_one)


def write_hdf5_of_others(path):
    """What h5py, ilastik and Imaris say beside the values."""
    with h5py.File(path, "w") as file:
        file["bool"] = values % 2 == 1
        file["plain"] = values.astype("u2")
        near = h5py.VirtualLayout(values.shape, "u2")
        near[...] = h5py.VirtualSource(file["plain"])
        file.create_virtual_dataset("near", near)
        far = h5py.VirtualLayout(values.shape, "u2")
        far[...] = h5py.VirtualSource("elsewhere.h5", "data", values.shape)
        file.create_virtual_dataset("far", far)

        # z, y, x of two channels, in several orders; and colours.
        channels = numpy.stack([values, values + 1000]).astype("u2")
        orders = {"zyxc": (1, 2, 3, 0), "cyxz": (0, 2, 3, 1), "xcyz": (3, 0, 2, 1), "czyx": (0, 1, 2, 3)}
        for keys, order in orders.items():
            file[keys] = channels.transpose(order)
            file[keys].attrs["axistags"] = json.dumps({"axes": [{"key": key, "typeFlags": 2} for key in keys]})
        file["frames"] = numpy.stack([values, values + 2000]).astype("u2")[:, :, :, :, None]
        file["frames"].attrs["axistags"] = json.dumps({"axes": [{"key": key} for key in "tzyxc"]})
        file["colours"] = numpy.stack([values, values, 255 - values], axis=-1).astype("u1")
        file["colours"].attrs["axistags"] = json.dumps({"axes": [{"key": key} for key in "zyxc"]})
        file["odd"] = values
        file["odd"].attrs["axistags"] = json.dumps({"axes": [{"key": key} for key in "zqx"]})


def write_imaris(path):
    """One channel whose array is padded to whole chunks."""
    letters = lambda text: numpy.array([each.encode() for each in str(text)])
    with h5py.File(path, "w") as file:
        channel = file.create_group("DataSet/ResolutionLevel 0/TimePoint 0/Channel 0")
        channel.create_dataset("Data", data=numpy.pad(values.astype("u2"), ((0, 2), (0, 5), (0, 4))), chunks=(4, 8, 8))
        for axis, size in zip("ZYX", values.shape):
            channel.attrs[f"ImageSize{axis}"] = letters(size)
        info = file.create_group("DataSetInfo/Image")
        for axis, (least, most) in enumerate([(10, 12), (20, 23), (-4, 0)]):
            info.attrs[f"ExtMin{axis}"], info.attrs[f"ExtMax{axis}"] = letters(least), letters(most)
        info.attrs["Unit"] = letters("um")


put("others.h5", write_hdf5_of_others)
put("image.ims", write_imaris)


def write_links(path):
    """One array beside links that lead to themselves, to each other and nowhere, and a group that holds itself."""
    with h5py.File(path, "w") as file:
        file["data"] = numpy.full((2, 3, 4), 7, "u1")
        for name, target in [("a", "/a"), ("b", "/c"), ("c", "/b/x"), ("d", "/nowhere")]:
            file[name] = h5py.SoftLink(target)
        file["e"] = h5py.ExternalLink("other.h5", "/x")
        group = file.create_group("group")
        group["self"] = group


def write_deep(path, groups):
    """One array in so many groups, each in the one before."""
    with h5py.File(path, "w") as file:
        group = file
        for _ in range(groups):
            group = group.create_group("g")
        group["deep"] = numpy.full((2, 3, 4), 8, "u1")


put("links.h5", write_links)
put("deep.h5", lambda path: write_deep(path, 32))
put("deepest.h5", lambda path: write_deep(path, 3000))
