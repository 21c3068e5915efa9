"""The language of typed conditions on stars, such as `latent_1 > 0 & u - g < 0.6`; never evaluated as Python."""

from stellar_gui.analysis.expression.evaluation import evaluate
from stellar_gui.analysis.expression.parser import ExpressionError, parse
from stellar_gui.analysis.expression.tree import Expression, names_of, text_of

__all__ = ["Expression", "ExpressionError", "evaluate", "names_of", "parse", "text_of"]
