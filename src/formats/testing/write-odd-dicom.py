"""Write DICOM files of bits, of 12 bits, of palettes and of 16-bit colours; print the values or colours that they have."""

import json
import struct
import sys
from pathlib import Path

import numpy
from pydicom import dcmread
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.pixels import apply_color_lut
from pydicom.uid import CTImageStorage, ExplicitVRBigEndian, ExplicitVRLittleEndian, generate_uid

folder = Path(sys.argv[1])
WIDTH, HEIGHT, FRAMES = 5, 3, 2
expected = {}


def put(name, words, order="<", vr="OW", **fields):
    """`words` are the bytes of the pixels in little endian."""
    is_little = order == "<"
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian if is_little else ExplicitVRBigEndian
    how = {"is_implicit_VR": False, "is_little_endian": is_little}
    data = FileDataset(None, {}, file_meta=meta, preamble=b"\0" * 128, **how)
    meta.MediaStorageSOPClassUID = data.SOPClassUID = CTImageStorage
    meta.MediaStorageSOPInstanceUID = data.SOPInstanceUID = generate_uid()
    data.SeriesInstanceUID = "1.2.3"
    data.Rows, data.Columns, data.NumberOfFrames = HEIGHT, WIDTH, FRAMES
    data.SamplesPerPixel, data.PhotometricInterpretation, data.PixelRepresentation = 1, "MONOCHROME2", 0
    for field, value in fields.items():
        setattr(data, field, value)
    data.HighBit = data.BitsStored - 1
    words += b"\0" * (len(words) % 2)
    data.PixelData = words if is_little or vr == "OB" else numpy.frombuffer(words, "<u2").byteswap().tobytes()
    data["PixelData"].VR = vr
    data.save_as(folder / f"{name}.dcm", enforce_file_format=True)


def bits(values, count):
    """The lowest bit first, one value after the other, also those of the next frame."""
    whole = 0
    for at, value in enumerate(values):
        whole |= (value % 2**count) << (at * count)
    return whole.to_bytes(-(-len(values) * count // 8), "little")


COUNT = WIDTH * HEIGHT * FRAMES
for order, end in (("<", ""), (">", "-big")):
    values = [(277 * i + 5) % 4096 for i in range(COUNT)]
    put(f"twelve{end}", bits(values, 12), order, BitsAllocated=12, BitsStored=12)
    expected[f"twelve{end}"] = values
    signed = [value - 2048 for value in values]
    put(f"twelve-signed{end}", bits(signed, 12), order, BitsAllocated=12, BitsStored=12, PixelRepresentation=1)
    expected[f"twelve-signed{end}"] = signed
    truths = [i % 3 // 2 for i in range(COUNT)]
    put(f"bits{end}", bits(truths, 1), order, BitsAllocated=1, BitsStored=1)
    expected[f"bits{end}"] = truths

    colors = (numpy.arange(COUNT * 3) * 701 % 65536).astype("<u2").reshape(FRAMES, -1, 3)
    rgb = {"SamplesPerPixel": 3, "PhotometricInterpretation": "RGB", "BitsAllocated": 16, "BitsStored": 16}
    put(f"rgb{end}", colors.tobytes(), order, **rgb, PlanarConfiguration=0)
    put(f"rgb-planar{end}", numpy.moveaxis(colors, 2, 1).tobytes(), order, **rgb, PlanarConfiguration=1)
    expected[f"rgb{end}"] = expected[f"rgb-planar{end}"] = colors.ravel().tolist()


def palette(name, values, depth, first, entries, order="<", stored=8, segmented=None, **fields):
    """As pydicom looks the colours up."""
    tables = {}
    for at, color in enumerate(("Red", "Green", "Blue")):
        size = len(entries[at])
        tables[f"{color}PaletteColorLookupTableDescriptor"] = [size, first, depth]
        kind = "Segmented" if segmented else ""
        numbers = segmented[at] if segmented else entries[at]
        form = "B" if depth == 8 else f"{order}H"
        data = b"".join(struct.pack(form, number) for number in numbers)
        tables[f"{kind}{color}PaletteColorLookupTableData"] = data + b"\0" * (len(data) % 2)
    words = numpy.array(values).astype("<u2" if stored == 16 else "u1").tobytes()
    more = {"PhotometricInterpretation": "PALETTE COLOR", "BitsAllocated": stored, "BitsStored": stored, **tables, **fields}
    put(name, words, order, "OW" if stored == 16 else "OB", **more)
    data = dcmread(folder / f"{name}.dcm")
    expected[name] = apply_color_lut(data.pixel_array, data).ravel().tolist()


indices = [(7 * i + 1) % 20 for i in range(COUNT)]
eight = [[(37 * i + 11 * c) % 256 for i in range(16)] for c in range(3)]
sixteen = [[(3701 * i + 911 * c) % 65536 for i in range(16)] for c in range(3)]
for order, end in (("<", ""), (">", "-big")):
    palette(f"palette-16{end}", indices, 16, 3, sixteen, order)
expected["palette-16-big"] = expected["palette-16"]  # pydicom takes the table for little-endian numbers.
palette("palette-8", indices, 8, 0, eight)
palette("palette-of-16", [value + 1000 for value in indices], 16, 1002, sixteen, stored=16)
# Three values as they are, a line of ten steps, and the first segment again.
segments = [[0, 3, 10 + c, 500, 40 * c, 1, 10, 3000 + 40 * c, 2, 1, 0, 0] for c in range(3)]
palette("palette-segments", indices, 16, 0, [[0] * 16] * 3, segmented=segments)
print(json.dumps(expected))
