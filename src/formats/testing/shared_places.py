"""Where voxels lie: what scripts that write files with a place share."""

import numpy

LPS = numpy.diag([-1.0, -1.0, 1.0])


def turned(x, y, z):
    """A rotation by degrees around each axis."""
    a, b, c = numpy.radians([x, y, z])
    around_x = numpy.array([[1, 0, 0], [0, numpy.cos(a), -numpy.sin(a)], [0, numpy.sin(a), numpy.cos(a)]])
    around_y = numpy.array([[numpy.cos(b), 0, numpy.sin(b)], [0, 1, 0], [-numpy.sin(b), 0, numpy.cos(b)]])
    around_z = numpy.array([[numpy.cos(c), -numpy.sin(c), 0], [numpy.sin(c), numpy.cos(c), 0], [0, 0, 1]])
    return around_x @ around_y @ around_z


# A turn, tilted slices, and axes none of which are at right angles.
OBLIQUE = turned(20, -35, 50)
TILT = numpy.array([[1, 0, 0.3], [0, 1, -0.2], [0, 0, 1]])
SKEW = numpy.array([[1, 0.4, 0.3], [0, 1, -0.2], [0.1, 0, 1]])
