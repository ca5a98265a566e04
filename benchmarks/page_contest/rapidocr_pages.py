"""Reads the pages of a list with rapidocr: image names on stdin, a page of JSON a line on stdout; one thread.

It runs in an environment of its own, where rapidocr and onnxruntime are installed.
"""

import json
import sys

from PIL import Image
from rapidocr import RapidOCR

reader = RapidOCR(
    params={
        "Global.log_level": "error",
        "EngineConfig.onnxruntime.intra_op_num_threads": 1,
        "EngineConfig.onnxruntime.inter_op_num_threads": 1,
    }
)
for listed in sys.stdin:
    image = Image.open(listed.rstrip("\n")).convert("RGBA")
    flat = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")
    found = reader(flat, use_det=True, use_cls=False, use_rec=True)
    boxes = [] if found.boxes is None else found.boxes
    lines = [
        {"outline": [[round(float(x)), round(float(y))] for x, y in box], "text": text}
        for box, text in zip(boxes, found.txts or (), strict=False)
    ]
    print(json.dumps(lines), flush=True)
