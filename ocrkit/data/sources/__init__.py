"""Data formats, one a module: each lists the samples at a location without opening their images."""

from ocrkit.data.sources.filename import open_filename
from ocrkit.data.sources.gt_txt import open_gt_txt, recognises_gt_txt
from ocrkit.data.sources.images import image_suffixes, unlabelled
from ocrkit.data.sources.labels import open_labels, recognises_labels
from ocrkit.data.sources.listed import ListedSamples
from ocrkit.data.sources.mjsynth import open_mjsynth, recognises_mjsynth

__all__ = [
    "ListedSamples",
    "image_suffixes",
    "open_filename",
    "open_gt_txt",
    "open_labels",
    "open_mjsynth",
    "recognises_gt_txt",
    "recognises_labels",
    "recognises_mjsynth",
    "unlabelled",
]
