"""Write src/shading/colormap-data.ts: matplotlib's colour maps, 256 RGB triples each, in hexadecimal.

Run it with a Python that has matplotlib, after adding a name; matplotlib's maps are BSD-compatible (its
viridis family is CC0) and are the ones that the field compares its pictures with.
"""

from pathlib import Path

import matplotlib
import numpy as np

NAMES = ["gray", "viridis", "magma", "inferno", "plasma", "cividis", "turbo", "bone", "hot"]

lines = [
    f"// Written by scripts/colormaps.py from matplotlib {matplotlib.__version__}: 256 RGB triples each, in hexadecimal.",
    f"export type ColormapName = {' | '.join(repr(name) for name in NAMES)};\n",
    "export const COLORMAP_DATA: { readonly [name in ColormapName]: string } = {",
]
for name in NAMES:
    table = (matplotlib.colormaps[name](np.arange(256))[:, :3] * 255).round().astype(np.uint8)
    lines.append(f"  {name}:\n    '{table.tobytes().hex()}',")
lines.append("};\n")
target = Path(__file__).parent.parent / "src" / "shading" / "colormap-data.ts"
target.write_text("\n".join(lines))
