"""Write a CT and structure sets (PS3.3 A.19) over it, and print which voxels of it their contours go round.

A voxel is in a polygon if the angles at which its middle sees the polygon's lines add up to a turn, or if it lies on a line.
"""

import json
import sys
from pathlib import Path

import numpy
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import (
    CTImageStorage,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    RTStructureSetStorage,
    generate_uid,
)

folder = Path(sys.argv[1])
WIDTH, HEIGHT, SLICES = 24, 20, 6
SPACING, DISTANCE, ORIGIN = [1.5, 2], 3, numpy.array([-31.5, 12.25, 100])
A, B = 0.3, 0.2
ROW = numpy.array([numpy.cos(A), numpy.sin(A), 0])
COLUMN = numpy.array([-numpy.sin(A) * numpy.cos(B), numpy.cos(A) * numpy.cos(B), numpy.sin(B)])
NORMAL = numpy.cross(ROW, COLUMN)
FRAME, OTHER_FRAME, SERIES, STRUCTURES = "1.2.7", "1.2.8", "1.2.3", "1.2.9"
said = {}


def position(voxel):
    x, y, z = voxel
    return ORIGIN + x * SPACING[1] * ROW + y * SPACING[0] * COLUMN + z * DISTANCE * NORMAL


def rounded(numbers, digits=8):
    return [round(float(number), digits) for number in numbers]


def item(**fields):
    data = Dataset()
    for name, value in fields.items():
        if value is not None:
            setattr(data, name, value)
    return data


def file(sop_class, syntax=ExplicitVRLittleEndian, **fields):
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = syntax
    meta.MediaStorageSOPClassUID = sop_class
    meta.MediaStorageSOPInstanceUID = generate_uid()
    data = FileDataset(None, {}, file_meta=meta, preamble=b"\0" * 128)
    data.SOPClassUID, data.SOPInstanceUID = sop_class, meta.MediaStorageSOPInstanceUID
    for name, value in fields.items():
        if value is not None:
            setattr(data, name, value)
    data.set_original_encoding(syntax.is_implicit_VR, syntax.is_little_endian)
    return data


def put(name, data):
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    data.save_as(path, enforce_file_format=True)


PATIENT = {
    "SpecificCharacterSet": "ISO_IR 100",
    "PatientName": "Müller^Änne",
    "PatientID": "P-1",
    "PatientBirthDate": "19700102",
    "PatientSex": "F",
    "PatientAge": "050Y",
    "StudyInstanceUID": "1.2.4",
    "StudyDate": "20200304",
    "StudyTime": "050607",
    "StudyDescription": "Prüfung",
    "AccessionNumber": "A-9",
    "StudyID": "S-1",
    "ReferringPhysicianName": "Doe^Jane",
}


def ct(z, series=SERIES, **fields):
    values = numpy.full((fields.get("Rows", HEIGHT), WIDTH), 100 * z, "<u2")
    bits = {"BitsAllocated": 16, "BitsStored": 16, "HighBit": 15, "PixelRepresentation": 0}
    place = {"ImageOrientationPatient": rounded([*ROW, *COLUMN], 12), "ImagePositionPatient": rounded(position((0, 0, z)))}
    size = {"Rows": HEIGHT, "Columns": WIDTH, "SamplesPerPixel": 1, "PhotometricInterpretation": "MONOCHROME2", "PixelSpacing": SPACING}
    names = {"Modality": "CT", "SeriesDescription": "abdomen", "SeriesInstanceUID": series, "FrameOfReferenceUID": FRAME}
    return file(CTImageStorage, **{"PixelData": values.tobytes(), **PATIENT, **bits, **place, **size, **names, **fields})


def contour(z, corners, kind="CLOSED_PLANAR", digits=6, **fields):
    """`corners` are x and y of each, in voxels."""
    points = [number for x, y in corners for number in rounded(position((x, y, z)), digits)]
    return item(ContourGeometricType=kind, NumberOfContourPoints=len(corners), ContourData=points, **fields)


def structures(name, drawn, over=(SERIES,), numbers=None, frames=None, syntax=ExplicitVRLittleEndian, undefined=False, rows=None, **fields):
    """`drawn` has the contours of each structure by its name."""
    numbers = numbers or range(1, len(drawn) + 1)
    frames = frames or [FRAME] * len(drawn)
    series = [
        item(SeriesInstanceUID=uid, ContourImageSequence=Sequence([item(ReferencedSOPClassUID=CTImageStorage, ReferencedSOPInstanceUID="1.2.3.4")]))
        for uid in over
    ]
    study = item(ReferencedSOPClassUID="1.2.840.10008.3.1.2.3.1", ReferencedSOPInstanceUID="1.2.4", RTReferencedSeriesSequence=Sequence(series))
    data = file(
        RTStructureSetStorage,
        syntax,
        **{**PATIENT, "SpecificCharacterSet": "ISO_IR 192"},
        Modality="RTSTRUCT",
        SeriesInstanceUID=STRUCTURES,
        StructureSetLabel="plan",
        ReferencedFrameOfReferenceSequence=Sequence([item(FrameOfReferenceUID=FRAME, RTReferencedStudySequence=Sequence([study]))]),
        StructureSetROISequence=Sequence(
            [
                item(ROINumber=number, ReferencedFrameOfReferenceUID=frame, ROIName=label, ROIGenerationAlgorithm="")
                for number, frame, label in zip(numbers, frames, drawn)
            ]
        ),
        ROIContourSequence=Sequence(
            rows
            or [
                item(ROIDisplayColor=[250, 10 * number % 256, 0], ContourSequence=Sequence(contours) if contours else None, ReferencedROINumber=number)
                for number, contours in zip(numbers, drawn.values())
            ]
        ),
        RTROIObservationsSequence=Sequence([]),
        **fields,
    )
    if undefined:
        for element in data.iterall():
            if element.VR == "SQ":
                element.is_undefined_length = True
                for each in element.value:
                    each.is_undefined_length_sequence_item = True
    put(name, data)


def inside(corners):
    """Voxels of a slice that are in a polygon, as booleans: rows of x."""
    middles = numpy.stack(numpy.meshgrid(numpy.arange(WIDTH), numpy.arange(HEIGHT)), -1).reshape(-1, 2).astype(float)
    corners = numpy.array(corners, float)
    ends = numpy.roll(corners, -1, 0)
    one, other = corners[None] - middles[:, None], ends[None] - middles[:, None]
    turns = numpy.arctan2(one[..., 0] * other[..., 1] - one[..., 1] * other[..., 0], (one * other).sum(-1)).sum(1) / (2 * numpy.pi)
    length = numpy.hypot(*(ends - corners).T)
    along = numpy.clip(-(one * (ends - corners)[None]).sum(-1) / numpy.maximum(length**2, 1e-30)[None], 0, 1)
    near = numpy.hypot(*numpy.moveaxis(one + along[..., None] * (ends - corners)[None], -1, 0)).min(1) < 1e-7
    return (numpy.abs(turns) > 0.5).reshape(HEIGHT, WIDTH), near.reshape(HEIGHT, WIDTH)


def filled(planes):
    """The indices of all voxels of a structure, `planes` being its polygons by slice."""
    volume = numpy.zeros((SLICES, HEIGHT, WIDTH), bool)
    for z, polygons in planes.items():
        on_line = numpy.zeros((HEIGHT, WIDTH), bool)
        for corners in polygons:
            within, near = inside(corners)
            volume[z] ^= within & ~near
            on_line |= near
        volume[z] |= on_line
    return numpy.flatnonzero(volume).tolist()


def circle(x, y, radius, count=40, start=0.1):
    angles = start + numpy.arange(count) * 2 * numpy.pi / count
    return numpy.stack([x + radius * numpy.cos(angles), y + radius * numpy.sin(angles)], -1).tolist()


def keyhole(x, y, outer, inner):
    """One line around a ring: there and back through a channel without width."""
    out, back = circle(x, y, outer), circle(x, y, inner)[::-1]
    return [*out, out[0], back[-1], *back]


def star(x, y, radius):
    return [point for at in range(5) for point in (circle(x, y, radius, 5)[at], circle(x, y, radius / 3, 5, 0.1 + numpy.pi / 5)[at])]


for z in range(SLICES):
    put(f"ct/{(5 * z) % 7}.dcm", ct(z))
    put(f"study/{(5 * z) % 7}.dcm", ct(z))
    put(f"other/{z}.dcm", ct(z, series="1.2.5", FrameOfReferenceUID=OTHER_FRAME))
    put(f"again/{z}.dcm", ct(z, series="1.2.6"))

LIVER = {z: [circle(8.3, 7.2, 5.1 + 0.3 * z)] for z in range(1, 5)}
LIVER[2] += [circle(8.1, 7.4, 2.2), circle(8.2, 7.5, 1.1)]
SPLEEN = {3: [keyhole(18.2, 12.1, 4.4, 1.9)], 5: [circle(17.1, 11.3, 3.3), circle(3.2, 15.1, 2.1)]}
EDGE = {0: [star(1.3, 2.2, 6.1), star(23.1, 18.4, 5.3)]}
ORGANS = {"liver": LIVER, "Milz – größer": SPLEEN, "at the edge": EDGE}


def contours(planes, **fields):
    return [contour(z, corners, **fields) for z, polygons in planes.items() for corners in polygons]


usual = {label: contours(planes) for label, planes in ORGANS.items()}
said["organs"] = [filled(planes) for planes in ORGANS.values()]
structures("study/rs.dcm", usual)
structures("alone.dcm", usual)
structures("xor.dcm", {label: contours(planes, kind="CLOSEDPLANAR_XOR") for label, planes in ORGANS.items()})
structures("implicit.dcm", usual, syntax=ImplicitVRLittleEndian)
structures("big-endian.dcm", usual, syntax=ExplicitVRBigEndian)
structures("deflated.dcm", usual, syntax=DeflatedExplicitVRLittleEndian)
structures("undefined.dcm", usual, undefined=True)
structures("implicit-undefined.dcm", usual, undefined=True, syntax=ImplicitVRLittleEndian)
structures("unsaid-series.dcm", usual, over=())

LONG = {2: [circle(10.3, 9.2, 7.3, 6000)]}
structures("long.dcm", {"long": contours(LONG, digits=8)})
said["long"] = [filled(LONG)]
# All corners are middles of voxels: those on the lines belong to it, and one that is nothing but a corner.
SQUARE = {1: [[(3, 4), (9, 4), (9, 8), (3, 8)], [(15, 2), (15, 2)]], 2: [[(4, 5), (10, 5), (4, 11)], [(20, 10)]]}
structures("on-voxels.dcm", {"square": contours(SQUARE)})
said["on-voxels"] = [filled(SQUARE)]

structures("overlap.dcm", {"body": contours({1: [circle(10, 9, 8)]}), "liver": usual["liver"]})
structures("numbers.dcm", usual, numbers=[0, 70_000, 7])
structures("great.dcm", usual, numbers=[1, 300, 7])
structures(
    "remarks.dcm",
    {
        "marker": [contour(2, [(3, 4)], kind="POINT")],
        "needle": [contour(0, circle(5.1, 5.2, 2.2)), contour(1, [(3, 4), (9, 5)], kind="OPEN_PLANAR")],
        "between": [contour(3.3, circle(5.2, 14.3, 2.4)), contour(3.45, circle(5.2, 14.3, 1.4))],
        "outside": [contour(0, circle(18.2, 14.3, 2.4)), contour(-0.6, circle(18.2, 14.3, 2.4)), contour(6, circle(18.2, 14.3, 2.4))],
        "elsewhere": [contour(0, circle(12.2, 14.3, 2.4))],
        "empty": [],
    },
    frames=[FRAME] * 4 + [OTHER_FRAME, FRAME],
)
said["remarks"] = [
    [],
    filled({0: [circle(5.1, 5.2, 2.2)]}),
    filled({3: [circle(5.2, 14.3, 2.4)]}),
    filled({0: [circle(18.2, 14.3, 2.4)]}),
]

one = {"one": contours(EDGE)}
structures("moved.dcm", {"one": contours(EDGE, ContourOffsetVector=[0, 0, 1])})
structures("tilted.dcm", {"one": [item(ContourGeometricType="CLOSED_PLANAR", NumberOfContourPoints=3, ContourData=[0, 0, 0, 9, 0, 30, 9, 9, 60])]})
structures("unknown-type.dcm", {"one": contours(EDGE, kind="SPIRAL")})
structures("undescribed.dcm", one, rows=[item(ContourSequence=Sequence(one["one"]), ReferencedROINumber=5)])
structures("twice.dcm", one, rows=[item(ContourSequence=Sequence(one["one"]), ReferencedROINumber=1)] * 2)
structures("miscounted.dcm", {"one": [item(ContourGeometricType="CLOSED_PLANAR", NumberOfContourPoints=4, ContourData=[1, 2, 3] * 3)]})

# A line along y through 20 000 rows and back, again and again.
TALL = 20_000
put("tall/0.dcm", ct(0, Rows=TALL))
ends = [number for y in (0.4, TALL - 1.4) for number in rounded(position((2.3, y, 0)), 3)]
structures("up-and-down.dcm", {"one": [item(ContourGeometricType="CLOSED_PLANAR", ContourData=ends * 10_000)]})
print(json.dumps(said))
