"""Write slices of 4 x 3 with Pillow; slice z of gray16 has 5000 (x + 4 y) + z, that of the others a 257th of it."""

import sys
from pathlib import Path

import numpy
import tifffile
from PIL import Image

folder = Path(sys.argv[1])
for kind in ["gray16", "gray8", "rgb", "jpeg"]:
    (folder / kind).mkdir()
    for z in range(12):
        values = (numpy.arange(12).reshape(3, 4) * 5000 + z).astype("u2")
        bytes = (values // 257).astype("u1")
        if kind == "gray16": Image.fromarray(values).save(folder / kind / f"slice{z}.png")
        if kind == "gray8": Image.fromarray(bytes).save(folder / kind / f"slice{z}.png")
        if kind == "rgb": Image.fromarray(numpy.stack([bytes, bytes, 255 - bytes], -1)).save(folder / kind / f"slice{z}.png")
        if kind == "jpeg": Image.fromarray(bytes).save(folder / kind / f"{z:03}.jpg", quality=100)
for kind in ["u1", "u2", "i2", "f4", "rgb", "imagej"]:
    (folder / f"tiff-{kind}").mkdir()
    for z in range(12):
        values = numpy.arange(12).reshape(3, 4) + z
        path = folder / f"tiff-{kind}" / f"slice{z}.tif"
        if kind == "rgb": tifffile.imwrite(path, numpy.stack([values, values, 255 - values], -1).astype("u1"), photometric="rgb")
        elif kind == "imagej": tifffile.imwrite(path, values.astype("u2"), imagej=True, resolution=(2, 2), metadata={"unit": "um"})
        else: tifffile.imwrite(path, values.astype(kind))
tifffile.imwrite(folder / "pages.tif", numpy.zeros((2, 3, 4), "u2"), photometric="minisblack")
for name in ["a", "b"]: numpy.save(folder / f"{name}.npy", values)
