"""The article's server: a volume in memory, a slider's index up, a JPEG in base64 down."""

import base64
import os
from pathlib import Path

import cv2
import numpy as np
from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from fastapi.responses import FileResponse
from fastapi.staticfiles import StaticFiles

here = Path(__file__).parent
volume = np.fromfile(os.environ["VOLUME"], dtype=np.uint16).reshape(256, 512, 512)
volume = (volume * (255 / 4095)).astype(np.uint8)

app = FastAPI()
app.mount("/three", StaticFiles(directory=os.environ["THREE"]))


@app.get("/")
def page():
    return FileResponse(here / "index.html")


@app.websocket("/ws")
async def slices(websocket: WebSocket):
    await websocket.accept()
    try:
        while True:
            index = int(await websocket.receive_text())
            _, jpeg = cv2.imencode(".jpg", volume[index])
            await websocket.send_text(base64.b64encode(jpeg).decode())
    except WebSocketDisconnect:
        pass
