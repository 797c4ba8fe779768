"""`GET <base>/slicescope/api/companions/<kernel id>`: where a kernel's companion listens, and its secret.

This is the only way to the secret, so an answer needs a request that Jupyter has authenticated, a user who
may read kernels, the id of a kernel that this server runs, and a record that nobody else can have written.
The secret is for users who may also execute code in kernels, because a view can be changed with it and its
kernel hears of that. Others get a secret with which a page can only look.
"""

import inspect
import re

from jupyter_core.paths import jupyter_runtime_dir
from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler
from jupyter_server.utils import url_path_join
from tornado import web

from .records import RecordError, answer_for, note_page, read_record, remove_record

_SERVED = "slicescope_served_kernels"
_KERNEL_ID = re.compile(r"[\w-]{1,128}", re.ASCII)


class CompanionHandler(APIHandler):
    """Serves the record of one kernel's companion."""

    auth_resource = "kernels"

    @web.authenticated
    @authorized
    async def get(self, kernel_id: str) -> None:
        self.set_header("Cache-Control", "no-store")
        self.set_header("X-Content-Type-Options", "nosniff")
        self._forget_ended()
        try:
            record = read_record(self._runtime_dir(), self._known(kernel_id))
            answer = answer_for(record, may_execute=await self._may_execute())
            note_page(self._runtime_dir(), kernel_id, self.request.host)
            self.settings[_SERVED].add(kernel_id)
        except RecordError as error:
            self.set_status(404)
            self.finish({"code": error.code, "message": f"{self._name(kernel_id)}: {error}"})
            return
        # The page compares it with its own address, and can say what is wrong before the companion refuses it.
        self.finish({**answer, "page": self.request.host})

    async def _may_execute(self) -> bool:
        """Jupyter checks the same right when a page opens a kernel's channels."""
        answer = self.authorizer.is_authorized(self, self.current_user, "execute", self.auth_resource)
        return bool(await answer if inspect.isawaitable(answer) else answer)

    def _known(self, kernel_id: str) -> str:
        """The id, if it is one of a kernel that this server runs: only then may it become part of a path."""
        if not _KERNEL_ID.fullmatch(kernel_id) or kernel_id not in self.kernel_manager:
            raise RecordError("unknown-kernel", "this server runs no such kernel; run the cell again")
        return kernel_id

    def _forget_ended(self) -> None:
        """Clean up after kernels that have ended since they were asked for: a busy one is killed, and can't."""
        served = self.settings[_SERVED]
        for kernel_id in [each for each in served if each not in self.kernel_manager]:
            served.remove(kernel_id)
            remove_record(self._runtime_dir(), kernel_id)

    def _runtime_dir(self) -> str:
        """The folder of the kernels' connection files, which is where their companions write."""
        return getattr(self.kernel_manager, "connection_dir", "") or jupyter_runtime_dir()

    @staticmethod
    def _name(kernel_id: str) -> str:
        return f"kernel {kernel_id}" if _KERNEL_ID.fullmatch(kernel_id) else "kernel"


def setup_handlers(web_app: web.Application) -> None:
    web_app.settings[_SERVED] = set()
    route = url_path_join(web_app.settings["base_url"], "slicescope", "api", "companions", "([^/]+)")
    web_app.add_handlers(".*$", [(route, CompanionHandler)])
