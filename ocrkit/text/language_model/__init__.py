"""N-gram language models from texts; ``ocrkit.ctc.NgramModel`` reads what is written here."""

from ocrkit.text.language_model.building import BuiltLanguageModel, build_language_model
from ocrkit.text.language_model.scoring import TextScore, score_texts

__all__ = ["BuiltLanguageModel", "TextScore", "build_language_model", "score_texts"]
