"""The segmenter ``bands``: lines as bands of ink, found without weights.

``sorting`` tells letters from rules, pictures and dirt, ``turning`` how the page lies, ``columns`` which white strips
part columns, ``rows`` where lines run, and ``shaping`` what ink is theirs.
"""
