"""From lines to batches: images loaded and kept, put together in shared memory, and brought to the device.

Worker processes import ``work`` from here, and no torch with it.
"""
