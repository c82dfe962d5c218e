"""The third stock, and the making of rows that the stocks after it share: a stock is five modules of names, formats, numbers, texts and harmless things."""
from . import harmless, numbers, texts, tokens, words
