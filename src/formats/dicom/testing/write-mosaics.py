"""Write Siemens mosaics, and print what nibabel says of each: its affine in LPS, for rows, columns and slices, and its values."""

import gzip
import json
import math
import struct
import sys
from pathlib import Path

import nibabel
import numpy
from nibabel.nicom.dicomwrappers import wrapper_from_data
from pydicom import dcmread
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, MRImageStorage, generate_uid

folder = Path(sys.argv[1])
WIDTH, HEIGHT = 4, 6
KINDS = {"SliceNormalVector": b"FD", "AcquisitionMatrixText": b"SH"}


def csa(fields, version):
    """A CSA header: names with their values, as texts."""
    out = (b"SV10\4\3\2\1" if version == 2 else b"") + struct.pack("<2I", len(fields), 77)
    # The first version adds the number of items of the first field to all lengths.
    added = 6
    for name, values in fields.items():
        items = [str(value).encode() + b"\0" for value in values] + [b""] * (6 - len(values))
        out += struct.pack("<64si4s3i", name.encode(), len(values), KINDS.get(name, b"IS"), 6, 6, 77)
        for item in items:
            length = len(item) + (added if version == 1 else 0)
            out += struct.pack("<4i", length, len(item), 77, 0) + item + b"\0" * (-len(item) % 4)
    return out


def mosaic(slices, normal=(0, 0, 1), version=2, block=0x10, t=0, **fields):
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    data = FileDataset(None, {}, file_meta=meta, preamble=b"\0" * 128)
    data.SOPClassUID = meta.MediaStorageSOPClassUID = MRImageStorage
    data.SOPInstanceUID = meta.MediaStorageSOPInstanceUID = generate_uid()
    data.ImageType = ["ORIGINAL", "PRIMARY", "M", "ND", "MOSAIC"]
    data.SeriesInstanceUID = "1.2.3"
    data.InstanceNumber, data.AcquisitionNumber = t + 1, t + 1
    tiles = math.ceil(math.sqrt(slices))
    x, y = numpy.arange(WIDTH)[None, :], numpy.arange(HEIGHT)[:, None]
    sheet = numpy.zeros((tiles * HEIGHT, tiles * WIDTH), "<u2")
    for z in range(slices):
        top, left = z // tiles * HEIGHT, z % tiles * WIDTH
        sheet[top : top + HEIGHT, left : left + WIDTH] = 1 + x + 10 * y + 100 * z + 5000 * t
    data.Rows, data.Columns = sheet.shape
    data.SamplesPerPixel, data.PhotometricInterpretation = 1, "MONOCHROME2"
    data.BitsAllocated, data.BitsStored, data.HighBit, data.PixelRepresentation = 16, 16, 15, 0
    data.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    data.ImagePositionPatient = [-100, -120.5, 30]
    data.PixelSpacing, data.SpacingBetweenSlices, data.SliceThickness = [2.5, 2], 3.3, 3
    data.PixelData = sheet.tobytes()
    if version:
        data.add_new((0x0029, 0x10), "LO", "SIEMENS MEDCOM HEADER")
        data.add_new((0x0029, block), "LO", "SIEMENS CSA HEADER")
        said = {"EchoLinePosition": [1], "SliceNormalVector": normal, "AcquisitionMatrixText": ["4*6"], "NumberOfImagesInMosaic": [slices]}
        data.add_new((0x0029, (block << 8) + 0x10), "OB", csa(said, version))
    for name, value in fields.items():
        setattr(data, name, value)
    return data


def put(name, data):
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    data.save_as(path, enforce_file_format=True)


def with_number_only(slices):
    data = mosaic(slices, version=0)
    data.add_new((0x0019, 0x10), "LO", "SIEMENS MR HEADER")
    data.add_new((0x0019, 0x100A), "US", slices)
    return data


def numbered(number, **changes):
    data = mosaic(4, **changes)
    data[0x0029, 0x1010].value = csa({"EchoLinePosition": [1], "NumberOfImagesInMosaic": [number]}, 2)
    return data


turned = {"ImageOrientationPatient": [math.cos(0.2), math.sin(0.2), 0, 0, 0, -1]}
put("plain.dcm", mosaic(7))
put("first-version.dcm", mosaic(9, version=1))
put("downwards.dcm", mosaic(5, normal=(0, 0, -1)))
put("turned.dcm", mosaic(7, normal=(-math.sin(0.2), math.cos(0.2), 0), **turned))
put("other-block.dcm", mosaic(3, block=0x12))
put("number-only.dcm", with_number_only(7))
for t in range(3):
    put(f"in-time/{(t * 2) % 3}.dcm", mosaic(4, t=t))
put("one-of-enhanced.dcm", mosaic(4, version=0, NumberOfFrames=4, PixelData=b"\0" * 4 * 8 * 12 * 2, SpacingBetweenSlices=3))
with gzip.open(Path(nibabel.__file__).parent / "nicom/tests/data/siemens_dwi_0.dcm.gz") as file:
    (folder / "scanner.dcm").write_bytes(file.read())

said = {}
for path in sorted(folder.glob("*.dcm")):
    if path.name == "one-of-enhanced.dcm":
        continue
    # nibabel cannot read the first version of a CSA header if its first field has a value: the second one says the same.
    wrapped = wrapper_from_data(mosaic(9) if path.name == "first-version.dcm" else dcmread(path))
    if path.name != "number-only.dcm":
        values = wrapped.get_data()
        rows, columns, slices = values.shape
        # x fastest, then y: nibabel's arrays are rows, columns and slices.
        said[path.name] = {"affine": wrapped.affine.tolist(), "shape": [columns, rows, slices]}
        values.transpose(2, 0, 1).astype("<f8").tofile(folder / f"{path.name}.bin")

put("nameless.dcm", mosaic(4, version=0))
put("uneven.dcm", numbered(5))
put("enormous.dcm", numbered(2**31 - 1))
put("half.dcm", numbered(3.5))
broken = mosaic(4)
broken[0x0029, 0x1010].value = broken[0x0029, 0x1010].value[:90]
put("broken.dcm", broken)
print(json.dumps(said))
