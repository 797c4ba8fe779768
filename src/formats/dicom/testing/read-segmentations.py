"""Print what pydicom finds in segmentations, one line of JSON for each."""

import json
import sys

import numpy
from pydicom import dcmread
from pydicom.pixels import unpack_bits

FIELDS = """
SOPClassUID Modality PatientName PatientID PatientBirthDate PatientSex PatientAge StudyInstanceUID StudyDate StudyTime
StudyDescription AccessionNumber StudyID ReferringPhysicianName FrameOfReferenceUID PatientIdentityRemoved SegmentationType
SegmentsOverlap ImageType LossyImageCompression
""".split()


def code(items):
    return [[str(item.CodeValue), str(item.CodingSchemeDesignator), str(item.CodeMeaning)] for item in items]


def said(path):
    data = dcmread(path)
    count = int(data.NumberOfFrames)
    size = data.Rows * data.Columns
    # From the bits themselves, besides pydicom's own decoder.
    bits = unpack_bits(data.PixelData)[: count * size].reshape(count, -1)
    assert (data.pixel_array.reshape(count, -1) == bits).all()
    (shared,) = data.SharedFunctionalGroupsSequence
    frames = []
    for group, mask in zip(data.PerFrameFunctionalGroupsSequence, bits, strict=True):
        derivations = group.get("DerivationImageSequence", [])
        frames.append(
            {
                "segment": group.SegmentIdentificationSequence[0].ReferencedSegmentNumber,
                "position": [float(each) for each in group.PlanePositionSequence[0].ImagePositionPatient],
                "index": list(group.FrameContentSequence[0].DimensionIndexValues),
                "sources": [[str(s.ReferencedSOPInstanceUID), s.get("ReferencedFrameNumber")] for d in derivations for s in d.SourceImageSequence],
                "voxels": numpy.flatnonzero(mask).tolist(),
            }
        )
    (series,) = data.ReferencedSeriesSequence
    return {
        "fields": {name: data[name].value if name in ("ImageType",) else str(data[name].value) for name in FIELDS if name in data} | {"ImageType": list(data.ImageType)},
        "meta": [str(data.file_meta.MediaStorageSOPClassUID), data.file_meta.MediaStorageSOPInstanceUID == data.SOPInstanceUID],
        "size": [data.Columns, data.Rows],
        "segments": [[s.SegmentNumber, s.SegmentLabel, s.SegmentAlgorithmType, list(s.RecommendedDisplayCIELabValue)] for s in data.SegmentSequence],
        "kind": code(data.SegmentSequence[0].SegmentedPropertyTypeCodeSequence),
        "orientation": [float(each) for each in shared.PlaneOrientationSequence[0].ImageOrientationPatient],
        "spacing": [float(each) for each in shared.PixelMeasuresSequence[0].PixelSpacing],
        "distance": float(shared.PixelMeasuresSequence[0].SpacingBetweenSlices),
        "series": str(series.SeriesInstanceUID),
        "instances": [str(each.ReferencedSOPInstanceUID) for each in series.ReferencedInstanceSequence],
        "frames": frames,
        "errors": [str(element.tag) for element in data.iterall() if element.VR in ("DS", "IS", "UI", "LO", "SH") and element.is_empty and element.tag.group > 0x40],
    }


for path in sys.argv[1:]:
    print(json.dumps(said(path), default=str))
