"""DICOM files of one or several frames: what scripts that write them share."""

from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid


def dicom_file(sop_class, syntax=ExplicitVRLittleEndian, **fields):
    """Elements that each file has, with others, but for those that are None."""
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = syntax
    data = FileDataset(None, {}, file_meta=meta, preamble=b"\0" * 128)
    data.SOPClassUID, data.SOPInstanceUID = sop_class, generate_uid()
    data.SamplesPerPixel, data.PhotometricInterpretation = 1, "MONOCHROME2"
    for name, value in fields.items():
        if value is not None:
            setattr(data, name, value)
    data.set_original_encoding(syntax.is_implicit_VR, syntax.is_little_endian)
    return data


def ct_image(width, height, **fields):
    """One CT image of 16 bits at (0, 0, 0), with other fields, or without those that are None."""
    usual = {
        "SeriesInstanceUID": "1.2.3",
        "Rows": height,
        "Columns": width,
        "BitsAllocated": 16,
        "BitsStored": 16,
        "HighBit": 15,
        "PixelRepresentation": 0,
        "ImageOrientationPatient": [1, 0, 0, 0, 1, 0],
        "ImagePositionPatient": [0, 0, 0],
        "PixelSpacing": [2, 0.5],
    }
    return dicom_file(CTImageStorage, **{**usual, **fields})


def put(path, data):
    path.parent.mkdir(parents=True, exist_ok=True)
    meta = data.file_meta
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = data.SOPClassUID, data.SOPInstanceUID
    data.save_as(path, enforce_file_format=True)
