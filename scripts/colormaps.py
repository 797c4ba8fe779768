"""Write src/shading/colormap-data.ts: the colour maps, 256 RGB triples each, in hexadecimal.

Run it with a Python that has matplotlib and glasbey, after adding a name. Matplotlib's maps are BSD-compatible
(its viridis family is CC0) and are the ones that the field compares its pictures with. The channels' go from
black to one colour. Labels have 255 colours that differ as much as they can from all before them, made by
glasbey (MIT; Glasbey et al. 2007, doi:10.1002/col.20327); the first triple stands for no label and is not drawn.
"""

from importlib.metadata import version
from pathlib import Path

import glasbey
import matplotlib
import numpy as np

NAMES = ["gray", "viridis", "magma", "inferno", "plasma", "cividis", "turbo", "bone", "hot"]
DIVERGING = ["coolwarm", "RdBu", "PuOr", "berlin"]
CHANNELS = {
    "red": (1, 0, 0),
    "green": (0, 1, 0),
    "blue": (0, 0, 1),
    "cyan": (0, 1, 1),
    "magenta": (1, 0, 1),
    "yellow": (1, 1, 0),
}


def labels():
    # Neither so dark nor so light that they drown in gray slices.
    colors = glasbey.create_palette(255, lightness_bounds=(40, 92), chroma_bounds=(20, 100), as_hex=False)
    return np.concatenate([[(0, 0, 0)], colors])


steps = np.arange(256)
tables = {name: matplotlib.colormaps[name](steps)[:, :3] for name in [*NAMES, *DIVERGING]}
tables |= {name: np.outer(steps / 255, color) for name, color in CHANNELS.items()}
tables["labels"] = labels()

versions = f"matplotlib {matplotlib.__version__} and glasbey {version('glasbey')}"
lines = [
    f"// Written by scripts/colormaps.py with {versions}: 256 RGB triples each, in hexadecimal.",
    f"export type NamedColormap = {' | '.join(repr(name) for name in tables)};\n",
    "export const COLORMAP_DATA: { readonly [name in NamedColormap]: string } = {",
]
for name, colors in tables.items():
    table = (np.asarray(colors) * 255).round().astype(np.uint8)
    assert table.shape == (256, 3)
    lines.append(f"  {name}:\n    '{table.tobytes().hex()}',")
lines.append("};\n")
target = Path(__file__).parent.parent / "src" / "shading" / "colormap-data.ts"
target.write_text("\n".join(lines))
