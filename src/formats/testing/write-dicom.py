"""Write DICOM files of what is easily read wrong: each pixel of time t and slice z is 100 t + z + 1000 x."""

import sys
from pathlib import Path

import numpy
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

folder = Path(sys.argv[1])
WIDTH, HEIGHT = 4, 3


def pixels(value):
    return (numpy.arange(WIDTH)[None, :] * 1000 + numpy.full((HEIGHT, 1), value)).astype("<u2")


def image(**fields):
    """One CT image at (0, 0, 0), with other fields, or without those that are None."""
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    data = FileDataset(None, {}, file_meta=meta, preamble=b"\0" * 128)
    data.SOPClassUID = CTImageStorage
    data.SOPInstanceUID = generate_uid()
    data.SeriesInstanceUID = "1.2.3"
    data.Rows, data.Columns = HEIGHT, WIDTH
    data.SamplesPerPixel, data.PhotometricInterpretation = 1, "MONOCHROME2"
    data.BitsAllocated, data.BitsStored, data.HighBit, data.PixelRepresentation = 16, 16, 15, 0
    data.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    data.ImagePositionPatient = [0, 0, 0]
    data.PixelSpacing = [2, 0.5]
    data.PixelData = pixels(0).tobytes()
    for name, value in fields.items():
        if value is None:
            delattr(data, name)
        else:
            setattr(data, name, value)
    return data


def put(name, data):
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    meta = data.file_meta
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = data.SOPClassUID, data.SOPInstanceUID
    data.save_as(path, enforce_file_format=True)


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

for name, charset, text in [
    ("utf-8", "ISO_IR 192", "Schädel nativ – 頭部"),
    ("latin-1", "ISO_IR 100", "Schädel"),
    ("cyrillic", "ISO_IR 144", "череп"),
    ("gb18030", "GB18030", "头部"),
]:
    put(f"{name}.dcm", image(SpecificCharacterSet=charset, SeriesDescription=text))
