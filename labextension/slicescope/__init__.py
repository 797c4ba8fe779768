"""slicescope in JupyterLab: the built extension, and the server extension that lets it find a kernel."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("slicescope")
except PackageNotFoundError:  # imported from a source tree
    __version__ = "0+unknown"


def _jupyter_labextension_paths():
    return [{"src": "labextension", "dest": "@slicescope/labextension"}]


def _jupyter_server_extension_points():
    return [{"module": "slicescope"}]


def _load_jupyter_server_extension(server_app):
    from .handlers import setup_handlers

    setup_handlers(server_app.web_app)
