"""Print what pydicom and nibabel say of the headers of their own test files: {path: {name: text}}, by this project's names."""

import json
import re
from pathlib import Path

import nibabel
import pydicom

said = {}
for name in ("CT_small.dcm", "MR_small.dcm", "rtdose.dcm", "SC_rgb_rle.dcm", "JPEG2000.dcm"):
    path = Path(pydicom.__file__).parent / "data/test_files" / name
    fields = {}
    for element in pydicom.dcmread(path):
        value = element.value
        # What pydicom makes numbers of is compared as it is written, which is what this project tells.
        if element.VR in ("CS", "LO", "SH", "UI", "DA", "TM", "DS", "IS", "US", "UL", "SS") and element.keyword and element.VM > 0:
            parts = value if element.VM > 1 else [value]
            text = [getattr(each, "original_string", None) or str(each) for each in parts]
            fields[element.keyword] = "\\".join(text)
    said[str(path)] = fields
for path in sorted(Path(nibabel.__file__).parent.glob("tests/data/*.nii*")):
    image = nibabel.load(path)
    if type(image) in (nibabel.Nifti1Image, nibabel.Nifti2Image):
        header = image.header
        said[str(path)] = {
            "dims": " ".join(str(each) for each in header["dim"]),
            "datatypeCode": str(header["datatype"]),
            "sform_code": str(header["sform_code"]),
            "qform_code": str(header["qform_code"]),
            "description": re.sub("[\0-\x20]+", " ", header["descrip"].item().decode("latin1")).strip(),
        }
print(json.dumps(said))
