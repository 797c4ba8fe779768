"""Write an image with three levels: of the finest each voxel has (7 x + 13 y + 31 z) % 4096, of the others 5000 and 6000."""

import sys

import numpy
import zarr

WIDTH, HEIGHT, DEPTH = 3000, 2600, 6

is_3 = int(zarr.__version__.split(".")[0]) >= 3
group = zarr.open_group(sys.argv[1], mode="w", **({"zarr_format": 2} if is_3 else {}))
z, y, x = numpy.ogrid[:DEPTH, :HEIGHT, :WIDTH]
levels = [(7 * x + 13 * y + 31 * z) % 4096]
levels += [numpy.full((DEPTH, HEIGHT // 2**n, WIDTH // 2**n), 4000 + 1000 * n) for n in (1, 2)]
datasets = []
for n, values in enumerate(levels):
    how = {"shape": values.shape, "chunks": (2, 256, 256), "dtype": "<u2"}
    array = group.create_array(str(n), **how) if is_3 else group.create_dataset(str(n), **how)
    array[...] = values.astype("<u2")
    scale = [1, 2.0**n, 2.0**n]
    datasets.append({"path": str(n), "coordinateTransformations": [{"type": "scale", "scale": scale}]})
axes = [{"name": name, "type": "space", "unit": "micrometer"} for name in "zyx"]
group.attrs["multiscales"] = [{"version": "0.4", "name": "embryo", "axes": axes, "datasets": datasets}]
