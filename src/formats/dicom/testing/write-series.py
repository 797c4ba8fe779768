"""Write series of DICOM that are no plain box, and print what pydicom reads of each file of theirs."""

import json
import math
import shutil
import sys
from pathlib import Path

import numpy
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.fileset import FileSet
from pydicom.sequence import Sequence
from shared_dicom import ct_image, put

folder = Path(sys.argv[1])
WIDTH, HEIGHT = 4, 3


def pixels(z, dtype="<i2"):
    """No slice is like another one, nor is a row or a column."""
    x, y = numpy.arange(WIDTH)[None, :], numpy.arange(HEIGHT)[:, None]
    return (100 + 37 * x + 11 * y * y + 5 * z * z).astype(dtype)


def image(**fields):
    usual = {"Modality": "CT", "PixelRepresentation": 1, "RescaleSlope": 1, "RescaleIntercept": -1000}
    return ct_image(WIDTH, HEIGHT, **{**usual, **fields})


def series(name, places, start=0, **fields):
    """
    A file for each place along z, in mm; `fields` may be functions of the number of the slice and its place. The files'
    names are in no order of theirs.
    """
    for i, z in enumerate(places):
        own = {
            "ImagePositionPatient": [-10, -20, z],
            "PixelData": pixels(start + i).tobytes(),
            "InstanceNumber": start + i + 1,
            **{key: value(i, z) if callable(value) else value for key, value in fields.items()},
        }
        put(folder / name / f"{(start + i) * 7 % 31:02}.dcm", image(**own))


def without(missing, count, distance=5.0):
    return [distance * z for z in range(count) if z not in missing]


series("missing", without([3], 7))
series("missing-two", without([2, 3, 5], 9, 1.25), InstanceNumber=0)
series("missing-padding", without([1], 5), PixelPaddingValue=-2000, RescaleSlope=2)
series("missing-negative-slope", without([1], 5), RescaleSlope=-1)
series("missing-own-slopes", without([2], 5), RescaleSlope=lambda i, z: 1 + i / 2, PixelPaddingValue=-2000)
# Every second one is missing at the end, and the instance numbers know.
series("missing-numbered", without([4, 6, 8], 10), InstanceNumber=lambda i, z: int(40 - z / 5))
series("missing-tilted", without([2], 6), ImagePositionPatient=lambda i, z: [-10, -20 + z * math.tan(math.radians(12.5)), z])
for t in range(3):
    series(
        "missing-in-time",
        without([1], 4),
        start=20 * t,
        AcquisitionNumber=t + 1,
    )
series("too-many-missing", [0, 1, 2, 30])
series("unexplained", [0, 1, 2, 2.7, 5])
series("shifted", [0, 1, 2, 3], ImagePositionPatient=lambda i, z: [-10 + (3 if i == 2 else 0), -20, z])

series("two-distances", [0, 2, 4, 6, 8, 13, 18, 23])
series("two-distances-coarse-first", [-15, -10.5, -6, -4, -2, 0, 2])
series("two-distances-double", [0, 1, 2, 3, 5, 7, 9])
series("two-distances-numbered", [0, 1, 2, 3, 5, 7])
series("two-distances-padding", [0, 2, 4, 6, 11, 16, 21], PixelPaddingValue=180)
series("two-distances-own-slopes", [0, 2, 4, 6, 11, 16, 21], RescaleSlope=lambda i, z: 1 + i / 2)
series("two-distances-labels", [0, 2, 4, 6, 11, 16, 21], Modality="SEG")

series("tilted", [2.5 * z for z in range(6)], ImagePositionPatient=lambda i, z: [-10, -20 + z * math.tan(math.radians(12.5)), z])
turned = [math.cos(0.3), math.sin(0.3), 0, 0, 0, -1]
series(
    "tilted-oblique",
    [2.5 * z for z in range(6)],
    ImageOrientationPatient=turned,
    # Along the normal, and up along the columns.
    ImagePositionPatient=lambda i, z: [-10 - z * math.sin(0.3), -20 + z * math.cos(0.3), 5 + 0.2 * z],
)

series("copied", [0, 5, 10, 15])
shutil.copy(folder / "copied/07.dcm", folder / "copied/copy of 07.dcm")
series("doubled", [0, 5, 10, 15])
series("doubled", [5], start=1, InstanceNumber=9)
(folder / "doubled/07.dcm").rename(folder / "doubled/again.dcm")
series("doubled", [5], start=1)
series("exported-again", [0, 5, 10])
for i, z in enumerate([0, 5, 10]):
    put(folder / f"exported-again/again{i}.dcm", image(ImagePositionPatient=[-10, -20, z], PixelData=pixels(i).tobytes(), InstanceNumber=i + 4))
series("different", [0, 5, 10, 15])
put(folder / "different/other.dcm", image(ImagePositionPatient=[-10, -20, 5], PixelData=pixels(9).tobytes(), InstanceNumber=9))
series("one-name", [0, 5, 10, 15], SOPInstanceUID=lambda i, z: f"1.2.3.{i % 3}")
# A picture that stays as it is: what times tell apart is no double.
for t in range(2):
    series("still", [0, 5, 10], start=10 * t, AcquisitionNumber=t + 1, PixelData=lambda i, z: pixels(i).tobytes())


def enhanced(name, places):
    """One file, with a frame for each place."""
    data = image(ImageOrientationPatient=None, ImagePositionPatient=None)
    data.NumberOfFrames = len(places)
    shared = Dataset()
    shared.PlaneOrientationSequence = Sequence([Dataset()])
    shared.PlaneOrientationSequence[0].ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    data.SharedFunctionalGroupsSequence = Sequence([shared])
    data.PerFrameFunctionalGroupsSequence = Sequence([Dataset() for _ in places])
    for group, z in zip(data.PerFrameFunctionalGroupsSequence, places):
        group.PlanePositionSequence = Sequence([Dataset()])
        group.PlanePositionSequence[0].ImagePositionPatient = [-10, -20, z]
    data.PixelData = b"".join(pixels(i).tobytes() for i in range(len(places)))
    put(folder / name / "all.dcm", data)


enhanced("enhanced-missing", without([3], 7))
enhanced("enhanced-two-distances", [0, 2, 4, 6, 11, 16, 21])


# What has to be chosen from.
study = {"PatientID": "P", "PatientName": "P", "StudyInstanceUID": "1.2", "StudyDate": "20200101", "StudyTime": "1200", "StudyID": "1"}
first = {"SeriesInstanceUID": "1.2.3", "SeriesDescription": "first", "SeriesNumber": 1, **study}
second = {"SeriesInstanceUID": "1.2.4", "SeriesDescription": "second", "Modality": "MR", "SeriesNumber": 2, **study}
series("nested/a", [0, 5, 10], **first)
series("nested/b/c", [0, 4], start=5, **second)
(folder / "nested/b/notes.txt").write_text("These are two series.")
series("alone/b/c", [0, 4], start=5, **second)
series("unreadable/a", [0, 5, 10], **first)
series("unreadable/b", [0], BitsAllocated=24, **second)
media = FileSet()
for path in sorted((folder / "nested").rglob("*.dcm")):
    media.add(path)
media.write(folder / "media")
shutil.copytree(folder / "media", folder / "incomplete")
next(path for path in sorted((folder / "incomplete").rglob("*")) if path.is_file() and dcmread(path, force=True).get("SeriesNumber") == 1).unlink()
listing = dcmread(folder / "media/DICOMDIR")
for record in listing.DirectoryRecordSequence:
    if "ReferencedFileID" in record:
        record.ReferencedFileID = ["..", "copied", "00.dcm"]
(folder / "outside").mkdir()
listing.save_as(folder / "outside/DICOMDIR")
series("mixed", [0, 5, 10], **first)
series("mixed", [0], start=9, ImageOrientationPatient=[0, 1, 0, 0, 0, -1], **first)
wide = numpy.zeros((HEIGHT, WIDTH + 2), "<i2").tobytes()
series("mixed", [0, 5], start=20, Columns=WIDTH + 2, PixelData=wide, **first)

CHOICES = ["nested", "alone", "unreadable", "media", "incomplete", "outside", "mixed"]


def planes_of(path):
    data = dcmread(path)
    values = data.pixel_array.astype(float).reshape(-1, HEIGHT, WIDTH) * data.RescaleSlope + data.RescaleIntercept
    groups = data.get("PerFrameFunctionalGroupsSequence", [])
    positions = [group.PlanePositionSequence[0].ImagePositionPatient for group in groups] or [data.ImagePositionPatient]
    orientation = data.get("ImageOrientationPatient", [1, 0, 0, 0, 1, 0])
    return [
        {
            "position": [float(at) for at in position],
            "orientation": [float(at) for at in orientation],
            "spacing": [float(at) for at in data.PixelSpacing],
            "time": int(data.get("AcquisitionNumber", 1)),
            "values": plane.ravel().tolist(),
        }
        for position, plane in zip(positions, values)
    ]


print(json.dumps({each.name: [plane for path in sorted(each.iterdir()) for plane in planes_of(path)] for each in sorted(folder.iterdir()) if each.name not in CHOICES}))
