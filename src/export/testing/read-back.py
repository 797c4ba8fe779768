"""Print what Pillow, tifffile and NumPy read of files: for each line of input, a list of paths, a line of JSON."""

import json
import sys
from pathlib import Path

import numpy
import tifffile
from PIL import Image


def read(name):
    suffix = Path(name).suffix
    info = {}
    if suffix == ".npy":
        values = numpy.load(name)
    elif suffix == ".tif":
        with tifffile.TiffFile(name) as file:
            values = file.asarray()
            tags = file.pages[0].tags
            info = {key: tags[key].value for key in ["ImageDescription", "Software", "XResolution", "YResolution"] if key in tags}
    else:
        with Image.open(name) as image:
            frames = []
            durations = []
            for at in range(getattr(image, "n_frames", 1)):
                image.seek(at)
                frames.append(numpy.asarray(image if suffix == ".png" else image.convert("RGB")))
                durations.append(image.info.get("duration"))
            values = numpy.stack(frames) if len(frames) > 1 else frames[0]
            info = {
                "mode": image.mode,
                "dpi": [float(each) for each in image.info.get("dpi", [])],
                "description": image.getexif().get(270),
                "durations": durations,
                "loop": image.info.get("loop"),
            }
    return {"shape": values.shape, "dtype": str(values.dtype), "values": values.ravel().tolist(), "info": info}


for line in sys.stdin:
    print(json.dumps([read(name) for name in json.loads(line)]), flush=True)
