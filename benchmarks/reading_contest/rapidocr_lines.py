"""Reads the lines of a list with rapidocr: image names on stdin, ``name<TAB>text`` on stdout; one thread.

It runs in an environment of its own, where rapidocr and onnxruntime are installed.
"""

import sys

from rapidocr import RapidOCR

reader = RapidOCR(
    params={
        "Global.log_level": "error",
        "EngineConfig.onnxruntime.intra_op_num_threads": 1,
        "EngineConfig.onnxruntime.inter_op_num_threads": 1,
    }
)
for listed in sys.stdin:
    name = listed.rstrip("\n")
    found = reader(name, use_det=False, use_cls=False, use_rec=True)
    print(name, " ".join(found.txts or ()), sep="\t")
