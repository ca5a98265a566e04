"""Networks: ``options`` (no torch), the backbones ``vgg`` and ``resnet``, and ``crnn``, the whole recogniser.

Import from the modules: this package itself imports nothing, so that options are read without torch.
"""
