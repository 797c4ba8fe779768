"""Write values of types that no dtype stands for, in each format that has them; print how many bytes NumPy gives each."""

import gzip
import sys
from pathlib import Path

import h5py
import mrcfile
import nibabel
import nrrd
import numpy
import SimpleITK
import tifffile
import zarr

folder = Path(sys.argv[1])
SHAPE = (2, 3, 4)
BIG = 2**53


def integers(first, last, dtype):
    """From 0 on, but for the first and the last value."""
    values = numpy.arange(24, dtype=dtype).reshape(SHAPE)
    values[0, 0, 0], values[1, 2, 3] = first, last
    return values


# By name: the values, and what becomes of them.
CASES = {
    "small": (-(2**31), 2**31 - 1, "i8"),
    "large": (0, 2**32 - 1, "i8"),
    "both": (-1, 2**31, "i8"),
    "wide": (-BIG, BIG, "i8"),
    "beyond": (-5, BIG + 1, "i8"),
    "below": (-BIG - 1, 7, "i8"),
    "unsigned": (0, 2**32, "u8"),
    "most": (2, 2**64 - 1, "u8"),
}
HALVES = numpy.array(
    [0, -0.0, 1, -2, 65504, 2**-24, 2**-14, 1 / 3, numpy.inf, -numpy.inf, numpy.nan, 0.1] * 2, dtype="f2"
).reshape(SHAPE)


def put_array(file, name, values, **more):
    if hasattr(file, "create_array"):
        array = file.create_array(name, shape=values.shape, dtype=values.dtype, **more)
    else:
        array = file.create_dataset(name, shape=values.shape, dtype=values.dtype, **more)
    array[...] = values


def put_zarr(name, values, version):
    """In chunks of which the last value has one of its own."""
    options = {"zarr_format": version} if int(zarr.__version__.split(".")[0]) >= 3 else {}
    group = zarr.open_group(str(folder / f"{name}.zarr"), mode="w", **options)
    put_array(group, "s0", values, chunks=(1, 3, 2))
    axes = [{"name": axis, "type": "space"} for axis in "zyx"]
    one = {"type": "scale", "scale": [1, 1, 1]}
    multiscales = [{"version": "0.4", "axes": axes, "datasets": [{"path": "s0", "coordinateTransformations": [one]}]}]
    group.attrs.update({"multiscales": multiscales} if version == 2 else {"ome": {"version": "0.5", "multiscales": multiscales}})


archive, h5 = {}, h5py.File(folder / "odd.h5", "w")
for name, (first, last, dtype) in CASES.items():
    values = integers(first, last, dtype)
    big = values.astype(values.dtype.newbyteorder(">"))
    numpy.save(folder / f"{name}.npy", values)
    numpy.save(folder / f"{name}-big.npy", big)
    archive[name] = values
    h5[name] = values
    h5[f"{name}-big"] = big
    h5.create_dataset(f"{name}-packed", data=values, chunks=(1, 2, 2), compression="gzip", shuffle=True)
    nrrd.write(str(folder / f"{name}.nrrd"), values.T, {"encoding": "gzip"})
    nrrd.write(str(folder / f"{name}-big.nrrd"), big.T, {"encoding": "raw", "endian": "big"})
    SimpleITK.WriteImage(SimpleITK.GetImageFromArray(values), str(folder / f"{name}.mha"), useCompression=name == "small")
    nibabel.save(nibabel.Nifti1Image(values.T, numpy.eye(4), dtype=values.dtype), folder / f"{name}.nii.gz")
    header = nibabel.Nifti1Header(endianness=">")
    header.set_data_dtype(big.dtype)
    nibabel.save(nibabel.Nifti1Image(values.T, numpy.eye(4), header, dtype=big.dtype), folder / f"{name}-big.nii")
    tifffile.imwrite(folder / f"{name}.tif", values, photometric="minisblack", compression="zlib")
    tifffile.imwrite(folder / f"{name}-big.tif", values, photometric="minisblack", byteorder=">")
    (folder / f"{name}.bin.gz").write_bytes(gzip.compress(b"1234" + big.tobytes()))
    put_zarr(name, values, 2)
    put_zarr(f"{name}-big", big, 2)
    put_zarr(f"{name}-3", values, 3)
numpy.savez_compressed(folder / "odd.npz", **archive)

for order, name in (("<", "half"), (">", "half-big")):
    halves = HALVES.astype(f"{order}f2")
    numpy.save(folder / f"{name}.npy", halves)
    h5[name] = halves
    tifffile.imwrite(folder / f"{name}.tif", halves, photometric="minisblack", byteorder=order, compression="zlib")
    (folder / f"{name}.bin").write_bytes(halves.tobytes())
    put_zarr(name, halves, 2)
put_zarr("half-3", HALVES, 3)
with mrcfile.new(folder / "half.mrc") as file:
    file.set_data(HALVES)

truths = HALVES > 0
for version in (2, 3):
    put_zarr(f"bool-{version}", truths, version)
h5["bool"] = truths
numpy.save(folder / "bool.npy", truths)
h5.close()

# A chunk that was never written has the fill value.
for version in (2, 3):
    options = {"zarr_format": version} if int(zarr.__version__.split(".")[0]) >= 3 else {}
    group = zarr.open_group(str(folder / f"blank-{version}.zarr"), mode="w", **options)
    for name, dtype, fill in (("half", "f2", 1.5), ("wide", "i8", -(2**40)), ("lost", "u8", 2**64 - 1), ("truth", "?", True)):
        make = group.create_array if hasattr(group, "create_array") else group.create_dataset
        make(name, shape=SHAPE, chunks=SHAPE, dtype=dtype, fill_value=fill)
