"""Print, for each NIfTI file that comes with nibabel, what nibabel reads of it: a line of JSON each."""

import json
from pathlib import Path

import nibabel
import numpy

for path in sorted(Path(nibabel.__file__).parent.glob("tests/data/*.nii*")):
    image = nibabel.load(path)
    if not isinstance(image, nibabel.Nifti1Pair):
        print(json.dumps({"path": str(path), "isVolume": False}))
        continue
    values = image.get_fdata()
    # LPS.
    affine = numpy.diag([-1, -1, 1, 1]) @ image.affine
    flat = values.ravel(order="F").astype("f8")
    every = max(1, flat.size // 50)
    print(
        json.dumps(
            {
                "path": str(path),
                "isVolume": True,
                "shape": values.shape,
                "origin": affine[:3, 3].tolist(),
                "spacing": numpy.sqrt((affine[:3, :3] ** 2).sum(axis=0)).tolist(),
                "every": every,
                "samples": [value if numpy.isfinite(value) else None for value in flat[::every].tolist()],
            }
        )
    )
