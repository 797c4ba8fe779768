import { expect, test } from '@jest/globals';
import { writeNotebook } from './notebook';
import { showsRamp } from '../../tests/browser/ramp';
import { useJupyter } from './stand';
import { eventually } from '../../tests/browser/waiting';

const stand = useJupyter();

/**
 * A Python kernel that drives a SliceModel over a comm of its own, with nothing but the documented state and
 * frame: the volume is ramp.ts's, and no companion runs.
 */
const PYTHON_CELL = `
import struct
from array import array
from comm import create_comm
from IPython.display import display

PLANES = ["xy", "xz", "yz"]
SIZE = {"xy": (48, 32), "xz": (48, 20), "yz": (32, 20)}
COUNT = {"xy": 20, "xz": 32, "yz": 48}

def voxel(plane, index, column, row):
    x, y, z = {"xy": (column, row, index), "xz": (column, index, row), "yz": (index, column, row)}[plane]
    return (x * 67 + y * 131 + z * 577) % 4000

def level_voxels(size, level):
    step = 2 ** level
    return [min(size - 1, first + step // 2) for first in range(0, size, step)]

def frame(revision, tile):
    plane, index = tile["plane"], tile["index"]
    columns, rows = [level_voxels(size, level) for size, level in zip(SIZE[plane], tile["level"])]
    size = len(columns), len(rows)
    header = struct.pack(
        "<8B10I", 1, 1, PLANES.index(plane), 2, 1, 0, *tile["level"],
        tile["requestId"], revision, index, *size, 0, 0, *size, 0)
    values = [voxel(plane, index, column, row) for row in rows for column in columns]
    return header + array("H", values).tobytes()

def plane_info(plane):
    width, height = SIZE[plane]
    orientation = {"transpose": False, "flipX": False, "flipY": False}
    return {"count": COUNT[plane], "width": width, "height": height, "spacing": [1, 1],
            "orientation": orientation, "edges": None}

volume = {"revision": 1, "name": "from Python", "shape": [48, 32, 20], "dtype": "uint16", "rescale": None, "components": 1,
          "frames": 1, "channels": 1, "spacing": [1, 1, 1], "origin": [0, 0, 0], "direction": None, "unit": "px",
          "planes": {plane: plane_info(plane) for plane in PLANES}}
state = {
    "_model_module": "slicescope", "_model_module_version": "0.1.0", "_model_name": "SliceModel",
    "_view_module": "slicescope", "_view_module_version": "0.1.0", "_view_name": "SliceView",
    "volume": volume, "plane": "xy", "index": 10, "window": [0, 4000], "colormap": "gray",
    "position": [24, 16, 10],
}
view = create_comm(target_name="jupyter.widget", data={"state": state, "buffer_paths": []},
                   metadata={"version": "2.1.0"})

sent = set()

@view.on_msg
def on_message(message):
    data = message["content"]["data"]
    if data["method"] == "custom" and data["content"]["kind"] == "wishes":
        for tile in data["content"]["tiles"]:
            if tile["requestId"] not in sent:
                sent.add(tile["requestId"])
                view.send(data={"method": "custom", "content": {}}, buffers=[frame(data["content"]["revision"], tile)])
    elif data["method"] == "update":
        state.update(data["state"])

def push(**changes):
    view.send(data={"method": "update", "state": changes, "buffer_paths": []})

display({"application/vnd.jupyter.widget-view+json":
         {"version_major": 2, "version_minor": 0, "model_id": view.comm_id}}, raw=True)
`;

test('a kernel with comms drives the same model: slices come over its comm, exact, and changes go both ways', async () => {
  const kernel = { display_name: 'Python 3 (ipykernel)', language: 'python', name: 'python3' };
  writeNotebook(stand.server, 'comm.ipynb', [PYTHON_CELL], kernel);
  const { notebook, traffic } = await stand.openFresh('comm.ipynb');
  await notebook.runCell(0);
  const viewer = notebook.viewer();
  await showsRamp(viewer, { index: 10 });
  await viewer.slider.press('ArrowRight');
  await showsRamp(viewer, { index: 11 });
  await viewer.slider.press('End');
  await showsRamp(viewer, { index: 19 });
  expect(traffic.companions).toEqual([]);
  expect(traffic.lookups).toEqual([]);

  await viewer.slider.press('Home');
  await showsRamp(viewer, { index: 0 });
  await eventually(async () => {
    expect(await notebook.run('print(state["index"])')).toBe('0\n');
  });
  expect(await notebook.run('push(plane="yz", index=31, colormap="viridis")')).toBe('');
  await showsRamp(viewer, { plane: 'yz', index: 31, colormap: 'viridis' });
});
