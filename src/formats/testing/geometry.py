"""Where other libraries say that voxels lie, a line of JSON for each file: spacing, origin and direction in LPS; and files for the tests.

A direction is a row-major matrix whose columns say where the axes point, or null where the file says nothing of it.
"""

import json
import sys
from pathlib import Path

import mrcfile
import nibabel
import nrrd
import numpy
import pydicom
import SimpleITK
from pydicom.uid import generate_uid
from shared_places import LPS, OBLIQUE, SKEW, TILT, turned

folder = Path(sys.argv[1])


def say(path, spacing, origin, direction, **more):
    direction = None if direction is None else numpy.asarray(direction, "f8").ravel().tolist()
    print(json.dumps({"path": str(path), "spacing": list(map(float, spacing)), "origin": list(map(float, origin)), "direction": direction, **more}))


values = numpy.arange(24).reshape(2, 3, 4)


def say_nifti(path):
    image = nibabel.load(path)
    if not isinstance(image, nibabel.Nifti1Pair):
        return
    has_place = image.header["sform_code"] > 0 or image.header["qform_code"] > 0
    axes = LPS @ image.affine[:3, :3]
    spacing = numpy.sqrt((axes**2).sum(axis=0))
    if has_place:
        say(path, spacing, LPS @ image.affine[:3, 3], axes / spacing)
    else:
        say(path, spacing, [0, 0, 0], None)


def nifti(name, kind, matrix, sform, qform):
    image = kind(values.T.astype("i2"), None)
    affine = numpy.eye(4)
    affine[:3, :3] = matrix
    affine[:3, 3] = [-12.5, 30.25, 7.125]
    image.set_sform(affine if sform > 0 else None, sform)
    image.set_qform(turned_affine if sform > 0 and qform > 0 else affine if qform > 0 else None, qform)
    nibabel.save(image, folder / name)
    say_nifti(folder / name)


# What the qform says where both are there, to see which one counts.
turned_affine = numpy.eye(4)
turned_affine[:3, :3] = turned(5, 5, 5)
scaled = OBLIQUE * [0.7, 1.3, 2.9]
for kind, name in ((nibabel.Nifti1Image, "one"), (nibabel.Nifti2Image, "two")):
    nifti(f"sform-{name}.nii", kind, scaled, 1, 0)
    nifti(f"qform-{name}.nii", kind, scaled, 0, 1)
    nifti(f"mirrored-{name}.nii", kind, scaled * [-1, 1, 1], 0, 2)
    nifti(f"both-{name}.nii", kind, scaled, 2, 1)
    nifti(f"lower-{name}.nii", kind, scaled, 1, 2)
    nifti(f"neither-{name}.nii", kind, numpy.eye(3), 0, 0)
TILTED, SKEWED = scaled @ TILT, scaled @ SKEW
for kind, name in ((nibabel.Nifti1Image, "one"), (nibabel.Nifti2Image, "two")):
    nifti(f"tilted-{name}.nii", kind, TILTED, 1, 0)
    nifti(f"skewed-{name}.nii", kind, SKEWED, 1, 0)
for path in sorted(Path(nibabel.__file__).parent.glob("tests/data/*.nii*")):
    say_nifti(path)
for path in sys.argv[2:]:
    say_nifti(path) if path.endswith(".nii.gz") else None

# pynrrd has the vectors of the file in rows, and SimpleITK reads the same files in LPS.
for space, matrix, name in (
    ("left-posterior-superior", scaled, "left-posterior-superior"),
    ("right-anterior-superior", scaled, "right-anterior-superior"),
    ("LAS", scaled, "LAS"),
    ("left-posterior-superior", TILTED, "tilted"),
    ("right-anterior-superior", SKEWED, "skewed"),
):
    header = {"space": space, "space directions": matrix.T, "space origin": [-12.5, 30.25, 7.125]}
    path = folder / f"{name}.nrrd"
    nrrd.write(str(path), values.T.astype("<i2"), header)
    said = nrrd.read_header(str(path))
    signs = {"l": 1, "r": -1, "p": 1, "a": -1, "s": 1}
    to_lps = numpy.diag([signs[word[0].lower()] for word in (space.split("-") if "-" in space else space)])
    axes = to_lps @ said["space directions"].T
    spacing = numpy.sqrt((axes**2).sum(axis=0))
    say(path, spacing, to_lps @ said["space origin"], axes / spacing)


def say_itk(path):
    image = SimpleITK.ReadImage(str(path))
    flat = SimpleITK.GetArrayFromImage(image).ravel().tolist()
    say(path, image.GetSpacing(), image.GetOrigin(), image.GetDirection(), values=flat)


for name in ("left-posterior-superior", "right-anterior-superior", "tilted", "skewed"):
    say_itk(folder / f"{name}.nrrd")
for name, matrix in (("tilted", TILTED), ("skewed", SKEWED)):
    image = SimpleITK.GetImageFromArray(values.astype("i2"))
    spacing = numpy.sqrt((matrix**2).sum(axis=0))
    image.SetSpacing(spacing.tolist())
    image.SetOrigin([-12.5, 30.25, 7.125])
    image.SetDirection((matrix / spacing).ravel().tolist())
    SimpleITK.WriteImage(image, str(folder / f"{name}.mha"))
    say_itk(folder / f"{name}.mha")
for dtype in ("u1", "i1", "u2", "i2", "u4", "i4", "f4", "f8"):
    image = SimpleITK.GetImageFromArray(values.astype(dtype))
    image.SetSpacing([0.7, 1.3, 2.9])
    image.SetOrigin([-12.5, 30.25, 7.125])
    image.SetDirection(OBLIQUE.ravel().tolist())
    for ending, packed in (("mha", False), ("mhd", False), ("packed.mha", True)):
        SimpleITK.WriteImage(image, str(folder / f"{dtype}.{ending}"), packed)
        say_itk(folder / f"{dtype}.{ending}")

# Vectors, whose components are channels: the values of each component lie together here, in the order c, z, y, x.
vectors = SimpleITK.GetImageFromArray(numpy.stack([values, values * -2, values + 0.5], axis=-1).astype("f4"), isVector=True)
vectors.SetSpacing([0.7, 1.3, 2.9])
vectors.SetOrigin([-12.5, 30.25, 7.125])
vectors.SetDirection(OBLIQUE.ravel().tolist())
for ending in ("mha", "nrrd", "nii"):
    path = folder / f"vectors.{ending}"
    SimpleITK.WriteImage(vectors, str(path))
    if ending == "nii":
        image = nibabel.load(path)
        assert image.shape == (4, 3, 2, 1, 3) and image.header["intent_code"] == 1007
        stored = numpy.asarray(image.dataobj)[:, :, :, 0].transpose(3, 2, 1, 0)
    else:
        image = SimpleITK.ReadImage(str(path))
        stored = numpy.moveaxis(SimpleITK.GetArrayFromImage(image), -1, 0)
    say(path, vectors.GetSpacing(), vectors.GetOrigin(), vectors.GetDirection(), values=stored.ravel().tolist(), channels=3)

with mrcfile.new(folder / "map.mrc") as file:
    file.set_data(values.astype("f4"))
    file.voxel_size = (1.35, 2.5, 0.77)
    file.header.origin = (10.5, -20.25, 3)
with mrcfile.open(folder / "map.mrc") as file:
    size, origin = file.voxel_size, file.header.origin
    say(folder / "map.mrc", [size.x, size.y, size.z], [origin.x, origin.y, origin.z], None)


def say_series(path):
    files = [pydicom.dcmread(each) for each in path.iterdir()]
    files = [each for each in files if "PixelData" in each]
    row, column = numpy.array(files[0].ImageOrientationPatient, "f8").reshape(2, 3)
    normal = numpy.cross(row, column)
    positions = sorted((numpy.array(each.ImagePositionPatient, "f8") for each in files), key=lambda at: at @ normal)
    distance = (positions[-1] - positions[0]) @ normal / (len(positions) - 1)
    down, across = files[0].PixelSpacing
    say(path, [across, down, distance], positions[0], numpy.stack([row, column, normal], axis=1))


series = folder / "series"
series.mkdir()
uid = generate_uid()
for i in (2, 0, 3, 1):
    data = pydicom.dcmread(Path(pydicom.__file__).parent / "data/test_files/CT_small.dcm")
    data.SeriesInstanceUID = uid
    data.SOPInstanceUID = data.file_meta.MediaStorageSOPInstanceUID = generate_uid()
    data.InstanceNumber = i + 1
    data.PixelSpacing = [0.75, 0.5]
    data.ImageOrientationPatient = [f"{each:.12f}" for each in OBLIQUE.T[:2].ravel()]
    data.ImagePositionPatient = [f"{each:.9f}" for each in numpy.array([-12.5, 30.25, 7.125]) + 2.9 * i * OBLIQUE.T[2]]
    data.save_as(series / f"{i}.dcm")
say_series(series)
for path in sys.argv[2:]:
    say_series(Path(path)) if Path(path).is_dir() else None
