"""Networks in the form that a CPU reads with: the same log-probabilities, in less time.

``form`` is the whole network, ``side_by_side`` its convolutions, ``doubt`` tells which readings rounding could change.
Nothing here is trained, and nothing here is kept in files.
"""
