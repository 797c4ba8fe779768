"""
Print what other libraries read of files that were written: a line of JSON for each path, which come as lines on stdin. Values
are x fastest, and places in LPS, as the matrix of steps along x, y and z (row by row) and the origin.
"""

import io
import json
import sys

import mrcfile
import nibabel
import nrrd
import numpy
import SimpleITK

LPS = numpy.diag([-1.0, -1.0, 1.0])


def of_nibabel(path):
    image = nibabel.load(path)
    header = image.header
    raw = numpy.asarray(image.dataobj)
    if raw.dtype.names:
        raw = numpy.stack([raw[name] for name in raw.dtype.names])
    said = {"values": raw.ravel(order="F").tolist(), "dtype": str(header.get_data_dtype()), "shape": image.shape}
    said["stored"] = numpy.asarray(image.dataobj.get_unscaled()).dtype.name
    said["units"] = header.get_xyzt_units()
    said["zooms"] = [float(zoom) for zoom in header.get_zooms()]
    said["start"] = float(header["toffset"])
    said["window"] = [float(header["cal_min"]), float(header["cal_max"])]
    said["version"] = type(header).__name__
    if header["sform_code"] == 0:
        said["matrix"] = numpy.diag(header.get_zooms()[:3]).astype("f8").ravel().tolist()
        return said
    said["matrix"] = (LPS @ image.affine[:3, :3]).ravel().tolist()
    said["origin"] = (LPS @ image.affine[:3, 3]).tolist()
    if header["qform_code"] != 0:
        said["byQuaternion"] = (LPS @ image.get_qform()[:3, :3]).ravel().tolist()
    return said


def of_itk(path):
    image = SimpleITK.ReadImage(path)
    rank = image.GetDimension()
    direction = numpy.array(image.GetDirection()).reshape(rank, rank)
    matrix = (direction @ numpy.diag(image.GetSpacing()))[:3, :3]
    values = SimpleITK.GetArrayFromImage(image)
    said = {"values": values.ravel().tolist(), "dtype": values.dtype.name, "shape": image.GetSize()}
    said.update(matrix=matrix.ravel().tolist(), origin=image.GetOrigin()[:3])
    if rank == 4:
        said.update(start=image.GetOrigin()[3], step=image.GetSpacing()[3])
    return said


def of_pynrrd(path):
    data, header = nrrd.read(path)
    said = of_itk(path)
    said["byPynrrd"] = data.ravel(order="F").tolist()
    said["dtype"] = data.dtype.name
    said["header"] = {name: str(value) for name, value in header.items()}
    return said


def of_mrcfile(path):
    found = io.StringIO()
    assert mrcfile.validate(path, print_file=found), found.getvalue()
    with mrcfile.open(path) as file:
        data, header = file.data, file.header
        size = file.voxel_size
        return {
            "values": data.ravel().tolist(),
            "dtype": data.dtype.name,
            "shape": data.shape[::-1],
            "matrix": numpy.diag([float(size.x), float(size.y), float(size.z)]).ravel().tolist(),
            "origin": [float(header.origin[axis]) for axis in "xyz"],
            "ends": [float(header.dmin), float(header.dmax), float(header.dmean), float(header.rms)],
        }


def of_numpy(path):
    data = numpy.load(path)
    return {"values": data.ravel().tolist(), "dtype": data.dtype.name, "shape": data.shape[::-1]}


READERS = {"nii": of_nibabel, "gz": of_nibabel, "nrrd": of_pynrrd, "nhdr": of_pynrrd, "mha": of_itk, "mhd": of_itk}
READERS.update(mrc=of_mrcfile, npy=of_numpy)

for line in sys.stdin:
    path = line.strip()
    print(json.dumps({"path": path, **READERS[path.rsplit(".", 1)[1]](path)}))
