"""Write a CT and segmentations (PS3.3 C.8.20) of it, and print what pydicom reads of their frames."""

import json
import sys
from pathlib import Path

import numpy
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.pixels import pack_bits
from pydicom.sequence import Sequence
from pydicom.uid import (
    CTImageStorage,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    RLELossless,
)
from shared_dicom import dicom_file, put

folder = Path(sys.argv[1])
# Frames of 15 bits begin within bytes.
WIDTH, HEIGHT, SLICES = 5, 3, 6
ORIENTATION, SPACING, DISTANCE = [0, 1, 0, 0, 0, -1], [2, 0.5], 2.5
SEGMENTATION, LABEL_MAP = "1.2.840.10008.5.1.4.1.1.66.4", "1.2.840.10008.5.1.4.1.1.66.7"
said = {}


def place(z, shift=0):
    """Slices go along −x, the normal of rows along y and columns along −z, each shifted along y against the one before."""
    return [100 - DISTANCE * z, -20 + shift * z, 30]


def item(**fields):
    data = Dataset()
    for name, value in fields.items():
        if value is not None:
            setattr(data, name, value)
    return data


def file(sop_class, syntax=ExplicitVRLittleEndian, **fields):
    return dicom_file(sop_class, syntax, Rows=HEIGHT, Columns=WIDTH, **fields)


def bits(count):
    return {"BitsAllocated": count, "BitsStored": count, "HighBit": count - 1, "PixelRepresentation": 0}


def ct(z):
    values = numpy.full((HEIGHT, WIDTH), 100 * z, "<u2")
    fields = {"ImageOrientationPatient": ORIENTATION, "ImagePositionPatient": place(z), "PixelSpacing": SPACING, "SeriesInstanceUID": "1.2.3"}
    return file(CTImageStorage, Modality="CT", SeriesDescription="abdomen", PixelData=values.tobytes(), **bits(16), **fields)


ORGANS = {1: "liver", 2: "Milz – größer"}


def cielab(color):
    """The three numbers of 16 bits that DICOM has for a colour of sRGB (PS3.3 C.10.7.1.1), with the white D65."""
    parts = numpy.array([int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    linear = numpy.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    to_xyz = [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.072175], [0.0193339, 0.119192, 0.9503041]]
    ratio = numpy.array(to_xyz) @ linear / (0.95047, 1, 1.08883)
    x, y, z = numpy.where(ratio > (6 / 29) ** 3, numpy.cbrt(ratio), ratio * 841 / 108 + 4 / 29)
    lab = numpy.array([(116 * y - 16) / 100, (500 * (x - y) + 128) / 255, (200 * (y - z) + 128) / 255])
    return numpy.rint(65535 * lab).astype(int).tolist()


def segmentation(
    name, frames, kind="BINARY", segments=ORGANS, colors={}, between=DISTANCE, shared=None, sop_class=SEGMENTATION, syntax=ExplicitVRLittleEndian, pack=None, shift=0, **fields
):
    """`frames` are the segment of each (None: it does not say it), its z, in slices of the CT (None: without), and its values."""
    data = file(
        sop_class,
        syntax,
        Modality="SEG",
        SeriesInstanceUID="1.2.9",
        SeriesDescription="organs",
        SpecificCharacterSet="ISO_IR 192",
        SegmentationType=kind,
        NumberOfFrames=len(frames),
        SegmentSequence=Sequence(
            [
                item(SegmentNumber=number, SegmentLabel=label, SegmentAlgorithmType="MANUAL", RecommendedDisplayCIELabValue=colors.get(number))
                for number, label in segments.items()
            ]
        ),
    )
    measures = item(PixelSpacing=SPACING, SliceThickness=7, SpacingBetweenSlices=between)
    groups = item(PixelMeasuresSequence=Sequence([measures]))
    if frames[0][1] is not None:
        groups.PlaneOrientationSequence = Sequence([item(ImageOrientationPatient=ORIENTATION)])
    if shared is not None:
        groups.SegmentIdentificationSequence = Sequence([item(ReferencedSegmentNumber=shared)])
    data.SharedFunctionalGroupsSequence = Sequence([groups])
    each = []
    for number, z, _ in frames:
        group = Dataset()
        if z is not None:
            group.PlanePositionSequence = Sequence([item(ImagePositionPatient=place(z, shift))])
        if number is not None:
            group.SegmentIdentificationSequence = Sequence([item(ReferencedSegmentNumber=number)])
        each.append(group)
    data.PerFrameFunctionalGroupsSequence = Sequence(each)
    values = numpy.array([values for _, _, values in frames])
    size = 1 if kind == "BINARY" and pack is None else 16 if values.max() > 255 else 8
    for field, value in {**bits(size), **fields}.items():
        setattr(data, field, value)
    if size == 1:
        # As bytes, which both orders have alike.
        data.PixelData = pack_bits(values.astype("u1").ravel(), pad=True)
        data["PixelData"].VR = "OB"
    else:
        raw = values.astype("<u2" if size == 16 else "u1").tobytes()
        data.PixelData = raw + b"\0" * (len(raw) % 2)
        data["PixelData"].VR = "OW" if size == 16 else "OB"
    if pack is not None:
        data.compress(pack, generate_instance_uid=False)
    put(folder / name, data)
    read = dcmread(folder / name)
    arrays = read.pixel_array.reshape(len(frames), HEIGHT, WIDTH)
    said[name] = [
        {"segment": number or shared, "place": None if z is None else place(z), "values": arrays[at].ravel().tolist()}
        for at, (number, z, _) in enumerate(frames)
    ]


random = numpy.random.default_rng(17)
side = random.integers(0, 2, (SLICES, HEIGHT, WIDTH))
split = random.integers(0, 2, (SLICES, HEIGHT, WIDTH))
LIVER, SPLEEN = side & split, side & ~split & 1


def masks(*which):
    return [(number, z, (LIVER if number == 1 else SPLEEN)[round(z) % SLICES]) for number, z in which]


for z in range(SLICES):
    put(folder / "study" / f"{(5 * z) % 7}.dcm", ct(z))
usual = masks((1, 2), (1, 1), (2, 5), (2, 2))
segmentation("study/seg.dcm", usual)
segmentation("organs.dcm", usual, colors={1: cielab("#dd8265")})
segmentation("implicit.dcm", usual, syntax=ImplicitVRLittleEndian)
segmentation("big-endian.dcm", usual, syntax=ExplicitVRBigEndian)
segmentation("bytes-packed.dcm", usual, pack=RLELossless)
segmentation("one-segment.dcm", [(None, z, LIVER[z]) for z in (0, 1)], segments={300: "liver"}, shared=300)

segmentation("tilted.dcm", usual, shift=1)
segmentation("two-far.dcm", masks((1, 0), (1, 4)))
segmentation("between-unknown.dcm", masks((1, 0), (1, 1), (1, 4)), between=None)
segmentation("between-wrong.dcm", masks((1, 0), (1, 1), (1, 2)), between=1)
segmentation("two-and-three.dcm", masks((1, 0), (1, 2), (1, 5)), between=None)
segmentation("one-slice.dcm", masks((1, 3), (2, 3)), between=None)
segmentation("uneven.dcm", masks((1, 0), (1, 1), (1, 2.43)), between=None)
segmentation("nowhere.dcm", [(1, None, LIVER[0]), (2, None, SPLEEN[0])])
segmentation("nowhere-several.dcm", [(1, None, LIVER[0]), (1, None, LIVER[1])])
segmentation("too-far.dcm", masks((1, 0), (1, 1e7)), between=0.001)

both = [(1, 0, LIVER[0]), (2, 0, SPLEEN[0]), (2, 1, LIVER[1]), (1, 1, LIVER[1])]
segmentation("overlap.dcm", both)
segmentation("twice.dcm", masks((1, 0), (2, 0), (1, 0)))
segmentation("none-described.dcm", masks((1, 0), (2, 0)), segments={})
segmentation("undescribed.dcm", masks((1, 0), (2, 0)), segments={1: "liver"})
segmentation("unsaid.dcm", [(1, 0, LIVER[0]), (None, 1, LIVER[1])])

share = {"kind": "FRACTIONAL", "SegmentationFractionalType": "PROBABILITY"}
segmentation("fractional-whole.dcm", [(n, z, 200 * values) for n, z, values in usual], MaximumFractionalValue=200, **share)
parts = random.integers(0, 201, (2, HEIGHT, WIDTH))
parts[:, 0, :3] = [0, 200, 50]
segmentation("fractional.dcm", [(1, 1, LIVER[1] * 200), (2, 2, parts[0]), (2, 4, parts[1])], MaximumFractionalValue=200, **share)
segmentation("fractional-above.dcm", [(1, 1, LIVER[1] * 250)], MaximumFractionalValue=200, **share)

numbers = {"kind": "LABELMAP", "sop_class": LABEL_MAP}
named = {1: "liver", 3: "spleen"}
segmentation("labels.dcm", [(None, z, LIVER[z] + 3 * SPLEEN[z]) for z in (1, 3)], segments={0: "background", **named}, PixelPaddingValue=0, **numbers)
wide = {300: "liver", 1000: "spleen"}
segmentation("labels-wide.dcm", [(None, z, 9 + LIVER[z] * 291 + 991 * SPLEEN[z]) for z in (1, 3)], segments=wide, PixelPaddingValue=9, **numbers)
many = {1 + at: color for at, color in enumerate(["#000000", "#ffffff", "#ff0000", "#00ff00", "#0000ff", "#010203", "#808080", "#ffff00"])}
lab = {number: cielab(color) for number, color in many.items()} | {9: [30000, 65535, 0], 10: [1, 2]}
segmentation("colors.dcm", [(1, 0, LIVER[0])], segments={number: f"organ {number}" for number in range(1, 11)}, colors=lab)
palette = {"PhotometricInterpretation": "PALETTE COLOR"}
for name, table in {"Red": [0, 0x12FF, 2, 0xFFFF], "Green": [0, 0x34FF, 2, 0x8000], "Blue": [0, 0x5600, 2, 0]}.items():
    palette[f"{name}PaletteColorLookupTableDescriptor"] = [4, 0, 16]
    palette[f"{name}PaletteColorLookupTableData"] = numpy.array(table, "<u2").tobytes()
segmentation("labels-palette.dcm", [(None, 1, LIVER[1] + 3 * SPLEEN[1])], segments=named, PixelPaddingValue=0, **palette, **numbers)
palette["GreenPaletteColorLookupTableData"] = b"\0\0"
segmentation("labels-odd-palette.dcm", [(None, 1, LIVER[1])], segments=named, colors={1: cielab("#dd8265")}, **palette, **numbers)
segmentation("labels-undescribed.dcm", [(None, 0, LIVER[0] * 2)], segments=named, **numbers)
segmentation("labels-of-zero.dcm", [(None, 0, LIVER[0])], segments={0: "air", 1: "liver"}, PixelPaddingValue=5, **numbers)
print(json.dumps(said))
