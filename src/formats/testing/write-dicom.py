"""Write DICOM files of what is easily read wrong: each pixel of time t and slice z is 100 t + z + 1000 x."""

import sys
from pathlib import Path

import numpy
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    RLELossless,
)

import shared_dicom
from shared_dicom import ct_image

folder = Path(sys.argv[1])
WIDTH, HEIGHT = 4, 3


def pixels(value):
    return (numpy.arange(WIDTH)[None, :] * 1000 + numpy.full((HEIGHT, 1), value)).astype("<u2")


def image(**fields):
    return ct_image(WIDTH, HEIGHT, **{"PixelData": pixels(0).tobytes(), **fields})


def put(name, data):
    shared_dicom.put(folder / name, data)


def with_syntax(syntax, data):
    data.file_meta.TransferSyntaxUID = syntax
    data.set_original_encoding(syntax.is_implicit_VR, syntax.is_little_endian)
    return data


def put_series(name, images):
    """Their file names are in no order of theirs."""
    for at, data in enumerate(images):
        put(f"{name}/{(at * 7) % 31:02}.dcm", data)


def in_time(name, fields_of):
    """Three slices at three times; `fields_of` says what tells them apart."""
    put_series(
        name,
        [
            image(ImagePositionPatient=[0, 0, 5 * z], PixelData=pixels(100 * t + z).tobytes(), **fields_of(t, z))
            for t in range(3)
            for z in range(3)
        ],
    )


in_time("temporal-position", lambda t, z: {"TemporalPositionIdentifier": t + 1, "InstanceNumber": z + 1})
in_time("acquisition-number", lambda t, z: {"AcquisitionNumber": t + 7, "InstanceNumber": 9 - 3 * t - z})
in_time("trigger-time", lambda t, z: {"TriggerTime": 30.5 * t, "InstanceNumber": z + 1})
in_time("echo-time", lambda t, z: {"EchoTime": 2.5 + t, "InstanceNumber": 9 - t})
in_time("b-value", lambda t, z: {"DiffusionBValue": 500.0 * t, "InstanceNumber": 9 - t})
# In the evening: slices have times of their own, which do not cross.
in_time("acquisition-time", lambda t, z: {"AcquisitionTime": f"2{t}0000.{z}00000", "InstanceNumber": z + 1})
in_time("instance-number", lambda t, z: {"InstanceNumber": 3 * t + z})
in_time("midnight", lambda t, z: {"AcquisitionDateTime": ["20240229235930.5", "20240301000030.75", "20240301000130"][t], "InstanceNumber": z + 1})
in_time("reference-time", lambda t, z: {"FrameReferenceTime": [1500, 4500, 9000][t], "InstanceNumber": 3 * t + z})
in_time("both", lambda t, z: {"EchoTime": 5, "DiffusionBValue": [0.0, 700.5, 1000.0][t], "AcquisitionTime": "101530", "InstanceNumber": t})
in_time("nothing", lambda t, z: {"InstanceNumber": z + 1})


def enhanced(name, order, content_of, group_of=lambda t, z: {}):
    """One file with a frame for each time and slice, in this order."""
    data = image(ImageOrientationPatient=None, ImagePositionPatient=None)
    data.NumberOfFrames = len(order)
    shared = Dataset()
    shared.PlaneOrientationSequence = Sequence([Dataset()])
    shared.PlaneOrientationSequence[0].ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    data.SharedFunctionalGroupsSequence = Sequence([shared])
    groups = []
    for t, z in order:
        group = Dataset()
        group.PlanePositionSequence = Sequence([Dataset()])
        group.PlanePositionSequence[0].ImagePositionPatient = [0, 0, 5 * z]
        group.FrameContentSequence = Sequence([content_of(t, z)])
        for sequence, fields in group_of(t, z).items():
            setattr(group, sequence, Sequence([content(**fields)]))
        groups.append(group)
    data.PerFrameFunctionalGroupsSequence = Sequence(groups)
    data.PixelData = b"".join(pixels(100 * t + z).tobytes() for t, z in order)
    put(name, data)


def content(**fields):
    data = Dataset()
    for name, value in fields.items():
        setattr(data, name, value)
    return data


mixed = [(t, z) for z in range(3) for t in (2, 0, 1)]
enhanced("temporal-index.dcm", mixed, lambda t, z: content(TemporalPositionIndex=t + 1))
enhanced("dimensions.dcm", mixed, lambda t, z: content(DimensionIndexValues=[1, z + 1, t + 1]))

enhanced(
    "frame-times.dcm",
    mixed,
    lambda t, z: content(TemporalPositionIndex=t + 1, FrameAcquisitionDateTime=f"2024030112{t}000.25"),
    lambda t, z: {"MRDiffusionSequence": {"DiffusionBValue": 50.0 * t}, "MREchoSequence": {"EffectiveEchoTime": 80.0}},
)
enhanced(
    "heart.dcm",
    mixed,
    lambda t, z: content(TemporalPositionIndex=t + 1),
    lambda t, z: {"CardiacSynchronizationSequence": {"NominalCardiacTriggerDelayTime": 12.5 + 40.0 * t}},
)

put_series("two-digits", [image(ImagePositionPatient=[0, 0, round(z / 1.5, 2)]) for z in range(9)])
put_series("one-digit", [image(ImagePositionPatient=[0, 0, round(-50 + z * 0.625, 1)]) for z in range(9)])
put_series("missing", [image(ImagePositionPatient=[0, 0, round(z / 1.5, 2)]) for z in (0, 1, 2, 4, 5, 6)])
put_series("spacings", [image(ImagePositionPatient=[0, 0, z], PixelSpacing=[2, 0.6 if z == 2 else 0.5]) for z in range(4)])

dose = {"NumberOfFrames": 3, "PixelData": b"".join(pixels(z).tobytes() for z in range(3)), "ImagePositionPatient": [1, 2, -30]}
put("dose-relative.dcm", image(GridFrameOffsetVector=[0, 4, 8], **dose))
put("dose-absolute.dcm", image(GridFrameOffsetVector=[-30, -26, -22], **dose))
put("dose-nowhere.dcm", image(GridFrameOffsetVector=[7, 11, 15], **dose))
put("slices.dcm", image(SpacingBetweenSlices=0.5, **dose))
put("slices-down.dcm", image(SpacingBetweenSlices=-4, SliceThickness=5, **dose))
put("film.dcm", image(SpacingBetweenSlices=0.5, FrameTime=40, **dose))
put("film-uneven.dcm", image(FrameTimeVector=[0, 30, 70.5], **dose))
put("tiles.dcm", image(TotalPixelMatrixColumns=8, TotalPixelMatrixRows=6, **dose))

put("aspect.dcm", image(PixelSpacing=None, PixelAspectRatio=[2, 1]))
put("narrow.dcm", image(WindowCenter=0.25, WindowWidth=0.5))
put("exact.dcm", image(WindowCenter=100, WindowWidth=50, VOILUTFunction="LINEAR_EXACT"))
put("linear.dcm", image(WindowCenter=100, WindowWidth=50))

table = Dataset()
table.LUTDescriptor = [4, 1000, 16]
table["LUTDescriptor"].VR = "US"
table.ModalityLUTType = "OD"
table.add_new("LUTData", "US", [5, 70, 900, 22500])
put("table.dcm", image(ModalityLUTSequence=Sequence([table]), PixelData=(pixels(0) // 1000 + 1000).astype("<u2").tobytes()))

def voi(values, first=1000, vr="US", bits=16):
    """A table for the picture: from `first` on."""
    item = Dataset()
    item.LUTDescriptor = [len(values), first, bits]
    item["LUTDescriptor"].VR = vr
    if bits == 8:
        item.add_new("LUTData", "OW", bytes(values))
    else:
        item.add_new("LUTData", "US", values)
    return Sequence([item])


film = {"PhotometricInterpretation": "MONOCHROME1"}
falling = [60000, 40000, 20000, 0]
put("film-sense.dcm", image(**film))
put("table-falls.dcm", image(VOILUTSequence=voi(falling)))
put("table-falls-film.dcm", image(VOILUTSequence=voi(falling), **film))
put("table-rises-film.dcm", image(VOILUTSequence=voi(falling[::-1]), **film))
put("table-level-ends.dcm", image(VOILUTSequence=voi([7, 7, 7, 100, 200, 200], bits=8)))
put("table-up-and-down.dcm", image(VOILUTSequence=voi([0, 5, 0, 7])))
put("table-and-window.dcm", image(VOILUTSequence=voi(falling), WindowCenter=100, WindowWidth=50))
below_zero = {"RescaleSlope": 1, "RescaleIntercept": -1024}
put("table-below-zero.dcm", image(VOILUTSequence=voi(falling, -1000, "SS"), **below_zero))
implicit = image(VOILUTSequence=voi(falling, -1000, "SS"), **below_zero)
put("table-below-zero-implicit.dcm", with_syntax(ImplicitVRLittleEndian, implicit))

of_frames = image(NumberOfFrames=3, PixelData=b"".join(pixels(z).tobytes() for z in range(3)))
of_frames.PerFrameFunctionalGroupsSequence = Sequence([Dataset() for _ in range(3)])
for at, group in enumerate(of_frames.PerFrameFunctionalGroupsSequence):
    group.PlanePositionSequence = Sequence([Dataset()])
    group.PlanePositionSequence[0].ImagePositionPatient = [0, 0, 5 * at]
    group.FrameVOILUTSequence = Sequence([Dataset()])
    group.FrameVOILUTSequence[0].VOILUTSequence = voi(falling, 10 * at)
put("table-of-frames.dcm", of_frames)

signed = {"PixelRepresentation": 1}


def padded(values, **fields):
    """Values in a row of four, and the other rows as it."""
    data = numpy.tile(numpy.array(values, "<i2"), (HEIGHT, 1))
    return image(PixelData=data.tobytes(), **fields)


put("padding.dcm", padded([-2000, 1, 2, 3], PixelPaddingValue=-2000, **signed))
put("padding-range.dcm", padded([-2000, -1990, 2, 3], PixelPaddingValue=-1990, PixelPaddingRangeLimit=-2000, **signed))
put("padding-unsigned.dcm", padded([-1, 1, 2, 3], PixelPaddingValue=65535))
put("padding-12-bits.dcm", padded([-2000, 1, 2, 3], PixelPaddingValue=-2000, BitsStored=12, HighBit=11, **signed))
slope = {"RescaleSlope": -0.3, "RescaleIntercept": 7}
put("padding-rescaled.dcm", padded([-2000, 1, 2, 3], PixelPaddingValue=-2000, **slope, **signed))
put_series(
    "padding-slopes",
    [
        padded([0, 1, 2, 3], PixelPaddingValue=0, RescaleSlope=z + 1, RescaleIntercept=0, ImagePositionPatient=[0, 0, z])
        for z in range(3)
    ],
)
put_series(
    "padding-differs",
    [padded([0, 1, 2, 3], PixelPaddingValue=z, ImagePositionPatient=[0, 0, z]) for z in range(3)],
)


def young(syntax, data):
    """With elements of the value representations of 2019, in the file and in a sequence of it."""
    item = Dataset()
    item.add_new(0x00091010, "SV", -5)
    data.add_new(0x00089215, "SQ", Sequence([item]))
    data.add_new(0x00091011, "UV", [2**63, 7])
    data.add_new(0x7FE00001, "OV", b"\0" * 8)
    data.add_new(0x7FE00002, "OV", b"\0" * 8)
    return with_syntax(syntax, data)


put("young.dcm", young(ExplicitVRLittleEndian, image()))
put("young-big-endian.dcm", young(ExplicitVRBigEndian, image(PixelData=pixels(0).byteswap().tobytes())))
put("young-deflated.dcm", young(DeflatedExplicitVRLittleEndian, image()))
packed = image()
packed.compress(RLELossless)
put("young-packed.dcm", young(RLELossless, packed))

for name, charset, text in [
    ("utf-8", "ISO_IR 192", "Schädel nativ – 頭部"),
    ("latin-1", "ISO_IR 100", "Schädel"),
    ("cyrillic", "ISO_IR 144", "череп"),
    ("gb18030", "GB18030", "头部"),
]:
    put(f"{name}.dcm", image(SpecificCharacterSet=charset, SeriesDescription=text))
