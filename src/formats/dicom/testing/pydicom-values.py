"""Write what pydicom says of each of its test files: name.bin of float64 values, and all.json; and files for the tests."""

import json
import sys
import warnings
from pathlib import Path

import numpy
import pydicom
from pydicom.pixels import apply_color_lut, apply_rescale
from pydicom.uid import generate_uid

warnings.simplefilter("ignore")
out = Path(sys.argv[1])
files = Path(pydicom.__file__).parent / "data" / "test_files"


def values_of(path):
    data = pydicom.dcmread(path)
    if "DoseGridScaling" in data:
        return data.pixel_array.astype("float64") * float(data.DoseGridScaling)
    if data.PhotometricInterpretation == "PALETTE COLOR":
        return apply_color_lut(data.pixel_array, data).astype("float64")
    return apply_rescale(data.pixel_array, data).astype("float64")


said = {}
for path in sorted(each for each in files.iterdir() if each.is_file()):
    try:
        values = values_of(path)
    except Exception:
        said[path.name] = None
    else:
        said[path.name] = list(values.shape)
        values.tofile(out / f"{path.name}.bin")
(out / "all.json").write_text(json.dumps({"files": str(files), "said": said}))


def slices(name, positions, change=lambda data, i: None, uid=None):
    """A folder of slices of CT_small, whose first voxel is the slice's number, written from the last to the first."""
    folder = out / name
    folder.mkdir(exist_ok=True)
    series = uid or generate_uid()
    for i, position in enumerate(positions):
        data = pydicom.dcmread(files / "CT_small.dcm")
        data.SeriesInstanceUID = series
        data.SeriesDescription = name
        data.SOPInstanceUID = data.file_meta.MediaStorageSOPInstanceUID = generate_uid()
        data.InstanceNumber = i + 1
        data.ImageOrientationPatient = [1, 0, 0, 0, 0, -1]
        data.ImagePositionPatient = position
        pixels = data.pixel_array.copy()
        pixels[0, 0] = i
        data.PixelData = pixels.tobytes()
        change(data, i)
        data.save_as(folder / f"{series[-2:]}-{len(positions) - i}.dcm")


def without(data, tag):
    del data[tag]


# The normal of these rows and columns is +y.
line = [[-10.0, 2.5 * i, 7.0] for i in (2, 0, 3, 1)]
slices("series", line)
slices("mixed", line[:3], uid="1.2.3")
slices("mixed", [[0, 5.0 * i, 0] for i in range(2)], lambda data, i: setattr(data, "SeriesDescription", "other"), "1.2.4")
slices("gap", [[0, y, 0] for y in (0.0, 1.0, 3.0, 4.0)])
slices("no-position", line, lambda data, i: i == 2 and without(data, "ImagePositionPatient"))
slices("none-position", line, lambda data, i: without(data, "ImagePositionPatient"))
slices("twice", line, lambda data, i: setattr(data, "SOPInstanceUID", "1.2.3.4"))
slices("uneven", line + line[:1])
slices("time", [position for position in line for _ in range(3)])
slices("tilted", [[0.5 * i, 2.0 * i, 0] for i in range(4)])
slices("sizes", line, lambda data, i: i == 3 and setattr(data, "Columns", 64))
slices("slopes", line, lambda data, i: setattr(data, "RescaleSlope", i + 1))


def rescale(data, i):
    data.RescaleSlope, data.RescaleIntercept = 0.5, -1024
    data.WindowCenter, data.WindowWidth = 39.5, 400


slices("rescaled", line, rescale)
along = sorted((out / "rescaled").iterdir(), key=lambda path: pydicom.dcmread(path).ImagePositionPatient[1])
numpy.stack([values_of(path) for path in along]).tofile(out / "rescaled.bin")
